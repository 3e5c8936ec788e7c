// SPDX-License-Identifier: Apache-2.0
// The one place where Beast is compiled as a library.
#include <boost/beast/src.hpp>
