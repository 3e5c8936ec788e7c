// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/resolver.hpp"

#include "tests/unit/protocol/net/fixture.hpp"

namespace slipway::net {
namespace {

TEST(Resolver, AddressesAreThemselves) {
  run([](asio::any_io_executor executor) -> Task<> {
    EXPECT_EQ((co_await resolve(executor, "10.1.2.3"))->at(0).to_string(), "10.1.2.3");
    EXPECT_EQ((co_await resolve(executor, "fd00::1"))->at(0).to_string(), "fd00::1");
  });
}

TEST(Resolver, NamesOfTheHostsFileAreFound) {
  run([](asio::any_io_executor executor) -> Task<> {
    auto found = co_await resolve(executor, "localhost");
    EXPECT_TRUE(found) << found.error().message;
    if (!found) co_return;
    for (const auto& address : *found) EXPECT_TRUE(address.is_loopback());
  });
}

TEST(Resolver, NonsenseIsAnErrorThatNamesIt) {
  run([](asio::any_io_executor executor) -> Task<> {
    // A label over 63 bytes is refused before any server is asked.
    const std::string name(64, 'x');
    auto found = co_await resolve(executor, name + ".invalid");
    EXPECT_FALSE(found);
    if (!found) EXPECT_NE(found.error().message.find(name), std::string::npos);
  });
}

}  // namespace
}  // namespace slipway::net
