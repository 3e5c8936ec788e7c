// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/containers/names.hpp"
#include "protocol/base/descriptor.hpp"
#include "protocol/base/result.hpp"

namespace slipway::logs {

/// An open log file, plain or compressed; reads go on where the last one ended. Blocking.
class LogFile {
 public:
  LogFile(base::Descriptor fd, bool compressed);

  /// Bytes read, 0 at the present end.
  base::Result<std::size_t> read(char* into, std::size_t size);
  void seek(off_t offset);  ///< plain files only
  void rewind();
  off_t size() const;
  off_t position() const { return position_; }
  ino_t inode() const { return inode_; }
  bool compressed() const { return gz_ != nullptr; }
  int fd() const { return fd_.get(); }

 private:
  struct CloseGz {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  base::Descriptor fd_;
  std::unique_ptr<gzFile_s, CloseGz> gz_;
  ino_t inode_ = 0;
  off_t position_ = 0;
};

/// The directory of one container's logs, found and opened beneath the pods' root without following
/// a link. A run of the container is `N.log`; what kubelet rotated is `N.log.<time>[.gz]`.
class LogDirectory {
 public:
  /// The pod of that uid or, where that is empty, the newest of that name. kNotFound, kInvalid
  /// (names, or several containers and none named).
  static base::Result<LogDirectory> open(const std::filesystem::path& pods_dir,
                                         const containers::ContainerName& name,
                                         const std::string& pod_uid = {});

  /// Numbers of the runs whose logs are there, ascending.
  std::vector<unsigned> runs() const;
  /// Files of a run, oldest first, the one being written last.
  std::vector<std::string> files(unsigned run) const;
  base::Result<LogFile> open_file(const std::string& name) const;
  int fd() const { return fd_.get(); }
  const std::string& pod_uid() const { return pod_uid_; }

 private:
  LogDirectory(base::Descriptor fd, std::string pod_uid)
      : fd_(std::move(fd)), pod_uid_(std::move(pod_uid)) {}
  base::Descriptor fd_;
  std::string pod_uid_;
};

}  // namespace slipway::logs
