// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace slipway::console {

/// A file of the web page, in the forms that it is sent in.
struct File {
  std::string_view path;  ///< below the page's root: "index.html", "assets/index-1a2b.js"
  std::string_view type;  ///< Content-Type
  std::string_view etag;  ///< with its quotes
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
};

/// All files of the page that was built into this program, by path.
std::span<const File> files();

}  // namespace slipway::console
