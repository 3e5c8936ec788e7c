// SPDX-License-Identifier: Apache-2.0
#include "controller/workloads/revisions.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "controller/workloads/object_reading.hpp"
#include "controller/workloads/workload_actions.hpp"

namespace slipway::workloads {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxShownBytes = 400;
constexpr int kMaxDepth = 24;
constexpr char kRevisionNumber[] = "deployment.kubernetes.io/revision";
constexpr char kCause[] = "kubernetes.io/change-cause";

bool owned_by(const json::object& kept, const std::string& uid) {
  const auto* owners = member(kept, "metadata").if_contains("ownerReferences");
  if (owners == nullptr || !owners->is_array()) return false;
  return std::ranges::any_of(owners->get_array(), [&](const json::value& owner) {
    return owner.is_object() && text_in(owner.get_object(), "uid") == uid;
  });
}

/// Takes members away, and the object itself once it is empty.
void take_out(json::object& from, std::string_view key, std::initializer_list<const char*> names) {
  auto* value = from.if_contains(key);
  if (value == nullptr || !value->is_object()) return;
  for (const char* name : names) value->get_object().erase(name);
  if (value->get_object().empty()) from.erase(key);
}

/// The template as people wrote it: without what controllers add, and without what stops it.
json::object bare(json::object pod_template) {
  pod_template.erase("$patch");
  if (auto* metadata = pod_template.if_contains("metadata"); metadata && metadata->is_object()) {
    take_out(metadata->get_object(), "labels", {"pod-template-hash"});
  }
  if (auto* spec = pod_template.if_contains("spec"); spec && spec->is_object()) {
    take_out(spec->get_object(), "nodeSelector", {kStoppedSelector});
  }
  return pod_template;
}

std::uint64_t number_in(const json::object& kept) {
  const auto text = text_in(member(member(kept, "metadata"), "annotations"), kRevisionNumber);
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ptr != end) return 0;
  if (!text.empty()) return number;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number_of(kept, "revision", 0), 0));
}

/// A ReplicaSet has it in its spec, a ControllerRevision in what it keeps of one.
const json::object& template_of(const json::object& kept) {
  const auto& own = member(member(kept, "spec"), "template");
  return own.empty() ? member(member(member(kept, "data"), "spec"), "template") : own;
}

std::vector<std::string> images_of(const json::object& pod_template) {
  std::vector<std::string> images;
  const auto* containers = member(pod_template, "spec").if_contains("containers");
  if (containers == nullptr || !containers->is_array()) return images;
  for (const auto& container : containers->get_array()) {
    if (container.is_object()) images.push_back(text_in(container.get_object(), "image"));
  }
  return images;
}

std::string shown(const json::value& value) {
  auto text = json::serialize(value);
  if (text.size() > kMaxShownBytes) {
    auto end = kMaxShownBytes;
    while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not amid a character
    text = text.substr(0, end) + "…";
  }
  return text;
}

/// Walks two values side by side.
class Comparison {
 public:
  void compare(const std::string& path, const json::value* from, const json::value* to, int depth) {
    if (found.size() >= kMaxDifferences) return;
    if (from != nullptr && to != nullptr && *from == *to) return;
    const bool both = from != nullptr && to != nullptr && depth < kMaxDepth;
    if (both && from->is_object() && to->is_object()) {
      return objects(path, from->get_object(), to->get_object(), depth + 1);
    }
    if (both && from->is_array() && to->is_array()) {
      return arrays(path, from->get_array(), to->get_array(), depth + 1);
    }
    Difference one{path, {}, {}};
    if (from != nullptr) one.from = shown(*from);
    if (to != nullptr) one.to = shown(*to);
    found.push_back(std::move(one));
  }

  std::vector<Difference> found;

 private:
  void objects(const std::string& path, const json::object& from, const json::object& to,
               int depth) {
    const auto below = [&](std::string_view key) {
      return (path.empty() ? "" : path + ".") + std::string(key);
    };
    for (const auto& [key, value] : from) compare(below(key), &value, to.if_contains(key), depth);
    for (const auto& [key, value] : to) {
      if (!from.contains(key)) compare(below(key), nullptr, &value, depth);
    }
  }
  void arrays(const std::string& path, const json::array& from, const json::array& to, int depth) {
    for (std::size_t i = 0; i < std::max(from.size(), to.size()); ++i) {
      compare(path + "[" + std::to_string(i) + "]", i < from.size() ? &from[i] : nullptr,
              i < to.size() ? &to[i] : nullptr, depth);
    }
  }
};

}  // namespace

json::object present_template(const json::object& workload) {
  return bare(member(member(workload, "spec"), "template"));
}

std::vector<Revision> revisions_of(const json::object& workload, const json::array& kept) {
  const auto uid = text_of(workload, "metadata", "uid");
  const auto present = present_template(workload);
  std::vector<Revision> all;
  for (const auto& one : kept) {
    if (!one.is_object() || !owned_by(one.get_object(), uid)) continue;
    const auto& object = one.get_object();
    Revision revision;
    revision.number = number_in(object);
    revision.created = text_of(object, "metadata", "creationTimestamp");
    revision.cause = text_in(member(member(object, "metadata"), "annotations"), kCause);
    revision.pod_template = bare(template_of(object));
    revision.images = images_of(revision.pod_template);
    if (revision.number > 0) all.push_back(std::move(revision));
  }
  std::ranges::sort(all, std::greater{}, &Revision::number);
  const auto same = std::ranges::find(all, present, &Revision::pod_template);
  if (same != all.end()) same->present = true;
  return all;
}

Ruled<Revision> revision_at(const std::vector<Revision>& all, std::uint64_t number) {
  const auto found = std::ranges::find(all, number, &Revision::number);
  if (found != all.end()) return *found;
  std::string numbers;
  for (const auto& one : all) numbers += (numbers.empty() ? "" : ", ") + std::to_string(one.number);
  return std::unexpected(
      Refusal{base::ErrorCode::kInvalid, "revision", "revision",
              "there is no revision " + std::to_string(number) +
                  (numbers.empty() ? "; none is kept" : "; there are " + numbers)});
}

std::vector<Difference> differences(const json::value& from, const json::value& to) {
  Comparison comparison;
  comparison.compare({}, &from, &to, 0);
  return std::move(comparison.found);
}

}  // namespace slipway::workloads
