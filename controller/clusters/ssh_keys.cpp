// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/ssh_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>

#include "protocol/base/files.hpp"
#include "protocol/base/process.hpp"

namespace slipway::clusters {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t kPrivateKeyLimitBytes = 64 << 10;
constexpr std::array<std::string_view, 7> kKinds{"ssh-ed25519 ",
                                                 "ssh-rsa ",
                                                 "ecdsa-sha2-nistp256 ",
                                                 "ecdsa-sha2-nistp384 ",
                                                 "ecdsa-sha2-nistp521 ",
                                                 "sk-ssh-ed25519@openssh.com ",
                                                 "sk-ecdsa-sha2-nistp256@openssh.com "};

std::unexpected<base::Error> refused(const std::string& why) {
  return fail(ErrorCode::kInvalid, "publicKey " + why, "publicKey");
}

std::string trimmed(std::string text) {
  const auto space = [](unsigned char c) { return std::isspace(c) != 0; };
  text.erase(std::ranges::find_if_not(text.rbegin(), text.rend(), space).base(), text.end());
  text.erase(text.begin(), std::ranges::find_if_not(text, space));
  return text;
}

/// A folder for one key, 0700, gone with this.
class KeyFolder {
 public:
  KeyFolder() {
    std::string pattern = (fs::temp_directory_path() / "slipway-key-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~KeyFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  KeyFolder(const KeyFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

Task<Result<SshPublicKey>> read_ssh_public_key(std::string text) {
  std::string line = trimmed(std::move(text));
  if (line.find("PRIVATE KEY") != line.npos) co_return refused("is a private key: keep it secret");
  if (line.size() > kMaxPublicKeyBytes) co_return refused("is longer than 8 KiB");
  if (std::ranges::any_of(line, [](unsigned char c) { return std::iscntrl(c) != 0; })) {
    co_return refused("is more than one line");
  }
  // The key's kind first: options in front of it would be an administrator's of the node.
  if (std::ranges::none_of(kKinds, [&](auto kind) { return line.starts_with(kind); })) {
    co_return refused("does not begin with a kind of key, such as ssh-ed25519");
  }
  base::Command check{.argv = {"ssh-keygen", "-l", "-E", "sha256", "-f", "-"}};
  check.input = line + "\n";
  auto told = co_await base::run(std::move(check));
  if (!told) co_return fail(told);
  const auto begin = told->output.find("SHA256:");
  if (told->code != 0 || begin == told->output.npos) co_return refused("is no public key of SSH");
  const auto end = told->output.find_first_of(" \n", begin);
  co_return SshPublicKey{std::move(line), told->output.substr(begin, end - begin)};
}

Task<Result<SshKeyPair>> make_ssh_key(std::string comment) {
  const KeyFolder folder;
  if (folder.path().empty()) co_return fail(ErrorCode::kUnavailable, "no folder for a key");
  const auto file = folder.path() / "key";
  auto made = co_await base::run_ok({.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
                                              std::move(comment), "-f", file.string()}});
  if (!made) co_return fail(made);
  auto own = base::read_file(file, kPrivateKeyLimitBytes);
  if (!own) co_return fail(own);
  auto line = base::read_file(file.string() + ".pub", kMaxPublicKeyBytes);
  if (!line) co_return fail(line);
  auto read = co_await read_ssh_public_key(std::move(*line));
  if (!read) co_return fail(read);
  co_return SshKeyPair{std::move(*read), std::move(*own)};
}

}  // namespace slipway::clusters
