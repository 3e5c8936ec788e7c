// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>

#include "agent/logs/directory_watch.hpp"
#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::logs {

struct LogOptions {
  std::filesystem::path pods_dir = "/var/log/pods";
  std::string journalctl = "journalctl";
};

/// Logs of this node, read where they lie: containers' CRI files and the units' journal. Files are
/// read and parsed on `pool`. Each serve() ends with its stream or its log.
class Logs {
 public:
  Logs(base::asio::any_io_executor executor, base::asio::thread_pool& pool,
       LogOptions options = {});

  base::Task<> serve(wire::LogOpen open, link::StreamPtr stream);
  base::Task<> serve(wire::JournalOpen open, link::StreamPtr stream);

 private:
  base::asio::thread_pool& pool_;
  LogOptions options_;
  DirectoryWatch watch_;
};

}  // namespace slipway::logs
