// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <vector>

#include "agent/bootstrap/host.hpp"

namespace slipway::net {
class HttpClient;
}

namespace slipway::bootstrap {

/// The machine that the process runs on. Needs root.
class SystemHost : public Host {
 public:
  SystemHost(boost::asio::any_io_executor executor, const base::Clock& clock);
  ~SystemHost() override;

  base::Task<base::Result<base::Exit>> run(base::Command command) override;
  base::Task<base::Result<Answer>> call(Call call) override;
  base::Task<> sleep(base::Duration duration) override;
  base::Result<std::string> read(const std::filesystem::path& path) override;
  base::Result<std::string> read_head(const std::filesystem::path& path,
                                      std::size_t bytes) override;
  bool exists(const std::filesystem::path& path) override;
  base::Result<Space> space(const std::filesystem::path& path) override;
  std::vector<std::string> list(const std::filesystem::path& directory) override;
  base::Result<> write(const std::filesystem::path& path, std::string content, int mode,
                       std::string owner) override;
  base::Result<> set(const std::filesystem::path& path, std::string_view value) override;
  base::Result<> make_directory(const std::filesystem::path& path, int mode,
                                std::string owner) override;
  base::Result<> remove(const std::filesystem::path& path) override;
  base::Result<> set_clock(base::UtcTime time) override;
  const base::Clock& clock() const override { return clock_; }

 private:
  struct Connection;  // a client kept for the polls that follow
  boost::asio::any_io_executor executor_;
  const base::Clock& clock_;
  std::vector<std::shared_ptr<Connection>> connections_;  // shared with calls under way
};

}  // namespace slipway::bootstrap
