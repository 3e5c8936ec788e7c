// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace slipway::logs {

/// A pods' root in a temporary directory, with one pod `default/web` and its container `main`.
class PodLogs : public testing::Test {
 protected:
  PodLogs() {
    char name[] = "/tmp/slipway-logs-XXXXXX";
    root_ = ::mkdtemp(name);
    main_ = root_ / "default_web_0a1b-2c" / "main";
    std::filesystem::create_directories(main_);
  }
  ~PodLogs() override { std::filesystem::remove_all(root_); }

  /// `line 7` of a log, at second 7 of an hour.
  static std::string record(int number, const std::string& tag = "F") {
    char time[64];
    std::snprintf(time, sizeof time, "2026-01-02T12:%02d:%02d.%09dZ", number / 60 % 60, number % 60,
                  number);
    return std::string(time) + " stdout " + tag + " line " + std::to_string(number) + "\n";
  }
  static std::string records(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i) text += record(i);
    return text;
  }
  static std::string lines(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
  }
  void append(const std::string& file, const std::string& text) const {
    std::ofstream(main_ / file, std::ios::app | std::ios::binary) << text;
  }
  void compress(const std::string& file) const {
    std::ifstream in(main_ / file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    gzFile out = gzopen((main_ / (file + ".gz")).c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    std::filesystem::remove(main_ / file);
  }
  /// As kubelet rotates: the file gets a name with a time, the runtime opens a new one.
  void rotate(const std::string& time) const {
    std::filesystem::rename(main_ / "0.log", main_ / ("0.log." + time));
    append("0.log", "");
  }

  std::filesystem::path root_;
  std::filesystem::path main_;
};

}  // namespace slipway::logs
