// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "agent/kube/base64.hpp"
#include "protocol/net/http_server.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::fakes {

/// An API server on a TLS port of its own, and the admin.conf that leads there.
class TlsKubeApi {
 public:
  TlsKubeApi(boost::asio::any_io_executor executor, const std::filesystem::path& kubeconfig,
             net::HttpServer::Handler handler)
      : server_(executor, options(), std::move(handler), nullptr) {
    EXPECT_TRUE(server_.start());
    const auto admin = issue("kubernetes-admin", pki::Usage::kClient);
    std::ofstream(kubeconfig) << "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
                                 "contexts:\n- {name: a, context: {cluster: k, user: admin}}\n"
                                 "clusters:\n- name: k\n  cluster:\n    server: https://127.0.0.1:"
                              << server_.port() << "\n    certificate-authority-data: "
                              << kube::to_base64(ca_.certificate_pem)
                              << "\nusers:\n- name: admin\n  user:\n    client-certificate-data: "
                              << kube::to_base64(admin.certificate_pem)
                              << "\n    client-key-data: " << kube::to_base64(admin.key_pem)
                              << "\n";
  }
  base::Task<> stop() { return server_.stop(std::chrono::milliseconds(0)); }

 private:
  static base::UtcTime now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  pki::KeyPair issue(const char* name, pki::Usage usage) const {
    return pki::issue(ca_, {.common_name = name,
                            .dns_names = {"kubernetes"},
                            .ip_addresses = {"127.0.0.1"},
                            .usage = usage,
                            .not_before = now() - std::chrono::hours(1),
                            .not_after = now() + std::chrono::hours(1)})
        .value();
  }
  net::HttpServerOptions options() const {
    const auto own = issue("kube-apiserver", pki::Usage::kServer);
    net::HttpServerOptions with;
    with.tls = net::TlsServer{.certificate_chain_pem = own.certificate_pem + ca_.certificate_pem,
                              .key_pem = own.key_pem,
                              .client_ca_pem = ca_.certificate_pem};
    return with;
  }

  pki::KeyPair ca_ =
      pki::make_ca("kubernetes", now() - std::chrono::hours(1), now() + std::chrono::hours(1));
  net::HttpServer server_;
};

}  // namespace slipway::fakes
