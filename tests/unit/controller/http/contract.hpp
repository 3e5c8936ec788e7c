// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace slipway::http {

/// One operation of openapi.yaml.
struct Operation {
  std::string method;
  std::string path;
  YAML::Node body;  ///< by content type; none: it takes none
  bool body_required = false;
  YAML::Node parameters;  ///< a list, of the path and of the query
};

/// openapi.yaml as the tests walk it.
class Contract {
 public:
  Contract()
      : file_(YAML::LoadFile(std::string(SLIPWAY_SOURCES) + "/controller/http/openapi.yaml")) {
    const std::set<std::string> methods{"get", "post", "put", "patch", "delete", "head", "options"};
    for (const auto& path : file_["paths"]) {
      for (const auto& described : path.second) {
        auto method = described.first.Scalar();
        if (!methods.contains(method)) continue;
        std::ranges::transform(method, method.begin(),
                               [](unsigned char c) { return std::toupper(c); });
        Operation one{.method = method, .path = path.first.Scalar()};
        const auto body = described.second["requestBody"];
        if (body) one.body.reset(body["content"]);
        one.body_required = body && body["required"] && body["required"].as<bool>();
        for (const auto& list : {path.second["parameters"], described.second["parameters"]}) {
          for (const auto& parameter : list) one.parameters.push_back(resolve(parameter));
        }
        operations_.push_back(std::move(one));
      }
    }
  }

  const std::vector<Operation>& operations() const { return operations_; }

  /// What a `$ref` names, or the node itself.
  YAML::Node resolve(YAML::Node node) const {
    while (node.IsMap() && node["$ref"]) {
      auto rest = node["$ref"].Scalar().substr(2);
      YAML::Node at;
      at.reset(file_);
      while (!rest.empty()) {
        const auto slash = rest.find('/');
        at.reset(at[rest.substr(0, slash)]);
        rest = slash == std::string::npos ? std::string{} : rest.substr(slash + 1);
      }
      node.reset(at);
    }
    return node;
  }

 private:
  YAML::Node file_;
  std::vector<Operation> operations_;
};

}  // namespace slipway::http
