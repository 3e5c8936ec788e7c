// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "agent/bootstrap/steps.hpp"

namespace slipway::bootstrap {
namespace {

constexpr auto kArchives = "/var/lib/slipway-images";
constexpr std::chrono::minutes kImportLimit{5};

base::Task<base::Result<std::vector<std::string>>> missing_images(const StepContext& context) {
  auto listed = co_await context.ask({"ctr", "--namespace", "k8s.io", "images", "list", "--quiet"});
  if (!listed) co_return base::fail(listed);
  if (listed->code != 0)
    co_return base::fail(base::ErrorCode::kInternal,
                         "ctr cannot list containerd's images: " + listed->output);
  std::set<std::string, std::less<>> present;
  std::string_view text = listed->output;
  while (!text.empty()) {
    const auto end = text.find('\n');
    present.emplace(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  std::vector<std::string> missing;
  std::set<std::string> wanted(context.desired.kubernetes().images().begin(),
                               context.desired.kubernetes().images().end());
  if (const auto& sandbox = context.desired.kubernetes().sandbox_image(); !sandbox.empty())
    wanted.insert(sandbox);
  for (const auto& image : wanted)
    if (!present.contains(image)) missing.push_back(image);
  co_return missing;
}

/// k8s.gcr.io/kube-proxy:v1.20.2 lies in kube-proxy.tar.
std::string archive_name(std::string_view image) {
  if (const auto slash = image.rfind('/'); slash != image.npos) image.remove_prefix(slash + 1);
  return std::string(image.substr(0, image.find_first_of(":@"))) + ".tar";
}

StepResult import_archive(const StepContext& context, std::string name) {
  const auto file = std::filesystem::path(kArchives) / name;
  context.log("importing " + file.string());
  auto imported = co_await context.command(
      {"ctr", "--namespace", "k8s.io", "images", "import", file.string()}, kImportLimit);
  if (!imported) co_return base::fail(imported);
  co_return base::Result<>{};
}

}  // namespace

StepResult run_images(const StepContext& context) {
  auto missing = co_await missing_images(context);
  if (!missing) co_return base::fail(missing);
  if (missing->empty()) co_return base::Result<>{};

  std::set<std::string> archives;
  for (const auto& name : context.host.list(kArchives))
    if (name.ends_with(".tar")) archives.insert(name);
  for (const auto& image : *missing) {
    const auto found = archives.find(archive_name(image));
    if (found == archives.end()) continue;
    auto imported = co_await import_archive(context, *found);
    if (!imported) co_return imported;
    archives.erase(found);
  }
  missing = co_await missing_images(context);
  if (!missing) co_return base::fail(missing);
  if (!missing->empty()) {  // under another name perhaps
    for (const auto& name : archives) {
      auto imported = co_await import_archive(context, name);
      if (!imported) co_return imported;
    }
    if (!archives.empty()) missing = co_await missing_images(context);
    if (!missing) co_return base::fail(missing);
  }
  if (missing->empty()) co_return base::Result<>{};
  std::string names;
  for (const auto& image : *missing)
    names +=
        fmt::format("{}{} (archive {})", names.empty() ? "" : ", ", image, archive_name(image));
  co_return base::fail(base::ErrorCode::kNotFound,
                       fmt::format("neither containerd's store nor an archive in {} holds {}: "
                                   "the node image is of another Kubernetes version, or damaged",
                                   kArchives, names));
}

}  // namespace slipway::bootstrap
