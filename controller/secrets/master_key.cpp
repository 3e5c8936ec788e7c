// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "controller/secrets/secrets.hpp"

namespace slipway::secrets {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr char kFormat = 1;  ///< first byte of a sealed text

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// A descriptor that is closed with its scope.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

base::Result<std::string> read_key(const std::filesystem::path& path) {
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (file.get() < 0) {
    const auto code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kDenied;
    return fail(code, "master key " + path.string() + ": " + std::strerror(errno));
  }
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::kInvalid, "master key " + path.string() + " is not a plain file");
  }
  if ((facts.st_mode & 077) != 0) {
    return fail(ErrorCode::kDenied, "master key " + path.string() +
                                        " may be read by others: chmod 600, and think of who did");
  }
  std::string key(kKeyBytes + 1, '\0');
  const ssize_t got = ::read(file.get(), key.data(), key.size());
  if (got != static_cast<ssize_t>(kKeyBytes)) {
    return fail(ErrorCode::kInvalid, "master key " + path.string() + " must have exactly " +
                                         std::to_string(kKeyBytes) + " bytes");
  }
  key.resize(kKeyBytes);
  return key;
}

/// Beside the name first, then linked: a crash leaves either no key or a whole one.
base::Result<std::string> make_key(const std::filesystem::path& path) {
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  const std::string half = path.string() + ".new";
  ::unlink(half.c_str());
  const File file{::open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  const bool written = file.get() >= 0 && ::fchmod(file.get(), 0600) == 0 &&
                       ::write(file.get(), key.data(), key.size()) == ssize_t{kKeyBytes} &&
                       ::fsync(file.get()) == 0 && ::link(half.c_str(), path.c_str()) == 0;
  const std::string why = std::strerror(errno);
  ::unlink(half.c_str());
  if (!written) {
    return fail(ErrorCode::kUnavailable,
                "cannot make the master key " + path.string() + ": " + why);
  }
  return key;
}

}  // namespace

base::Result<MasterKey> MasterKey::load_existing(const std::filesystem::path& file) {
  start_sodium();
  auto key = read_key(file);
  if (!key) return fail(key);
  return MasterKey{std::move(*key)};
}

base::Result<MasterKey> MasterKey::load(const std::filesystem::path& file) {
  auto found = load_existing(file);
  if (found || found.error().code != ErrorCode::kNotFound) return found;
  auto made = make_key(file);
  if (!made) return fail(made);
  return MasterKey{std::move(*made)};
}

MasterKey MasterKey::random() {
  start_sodium();
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  return MasterKey{std::move(key)};
}

MasterKey::~MasterKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

MasterKey::MasterKey(MasterKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
  other.bytes_.clear();
}

MasterKey& MasterKey::operator=(MasterKey&& other) noexcept {
  if (this != &other) bytes_.swap(other.bytes_);
  return *this;
}

std::string MasterKey::seal(std::string_view plain, std::string_view label) const {
  std::string sealed(1 + kNonceBytes + plain.size() + kTagBytes, '\0');
  sealed[0] = kFormat;
  randombytes_buf(sealed.data() + 1, kNonceBytes);
  unsigned char* nonce = bytes(sealed) + 1;
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, bytes(plain),
                                             plain.size(), bytes(label), label.size(), nullptr,
                                             nonce, bytes(std::string_view{bytes_}));
  return sealed;
}

base::Result<std::string> MasterKey::open(std::string_view sealed, std::string_view label) const {
  if (sealed.size() < 1 + kNonceBytes + kTagBytes || sealed[0] != kFormat) {
    return fail(ErrorCode::kInternal, "a sealed text is damaged");
  }
  const std::string_view nonce = sealed.substr(1, kNonceBytes);
  const std::string_view cipher = sealed.substr(1 + kNonceBytes);
  std::string plain(cipher.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes(plain), nullptr, nullptr, bytes(cipher), cipher.size(), bytes(label), label.size(),
          bytes(nonce), bytes(std::string_view{bytes_})) != 0) {
    return fail(ErrorCode::kInternal,
                "a sealed text does not open: another master key, or damaged");
  }
  return plain;
}

}  // namespace slipway::secrets
