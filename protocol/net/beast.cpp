// SPDX-License-Identifier: Apache-2.0
// The one place where Beast and asio/ssl are compiled as libraries.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
