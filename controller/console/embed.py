# SPDX-License-Identifier: Apache-2.0
"""embed.py DIST OUT.cpp: writes the table of the page's files; the compiler takes their bytes in (#embed)."""
import hashlib
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json", ".png": "image/png"}
dist, out = os.path.realpath(sys.argv[1]), sys.argv[2]
arrays, rows = [], []
for folder, _, names in sorted(os.walk(dist)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        ending = os.path.splitext(name)[1]
        if ending in (".gz", ".br"):
            continue
        if ending not in TYPES:
            sys.exit(f"embed.py: {path}: nobody said what kind of file that is")
        with open(path, "rb") as plain:
            digest = hashlib.sha256(plain.read()).hexdigest()[:32]
        parts = []
        for form in ("", ".gz", ".br"):
            arrays.append(f'constexpr char k{len(arrays)}[] = {{\n#embed "{path}{form}"\n}};')
            parts.append(f"{{k{len(arrays) - 1}, sizeof k{len(arrays) - 1}}}")
        rows.append(f'    {{"{os.path.relpath(path, dist)}", "{TYPES[ending]}", "\\"{digest}\\"", {", ".join(parts)}}},')
text = "\n".join(["// Made by controller/console/embed.py.", '#include "controller/console/console_files.hpp"', "",
                  '#pragma clang diagnostic ignored "-Wc23-extensions"', "", "namespace slipway::console {", "namespace {", "",
                  *arrays, "", "constexpr File kFiles[] = {", *rows, "};", "", "}  // namespace", "",
                  "std::span<const File> files() { return kFiles; }", "", "}  // namespace slipway::console", ""])
with open(out, "w") as file:
    file.write(text)
