# SPDX-License-Identifier: Apache-2.0
"""Which pages the console has, by its routes, and which of them tests/browser/pages.md says that somebody looked at."""
import re

ROUTES = "controller/console/src/app/routes.tsx"
TABLE = "tests/browser/pages.md"
ROW = re.compile(r"^\| (\S+) \| `(\S+)` \| ([^|]+) \| ([^|]+) \| (\d{4}-\d\d-\d\d) \|$")
NONE = {"management", "business", "business/:cluster/:namespace", "*"}  # frames and ways, which are no pages


def rows(tree):
    """{name: (address, verdict in zh-CN, in en, date)}."""
    with open(f"{tree}/{TABLE}") as text:
        found = [ROW.match(line) for line in text.read().splitlines() if line.startswith("| ") and "`" in line]
    return {row[1]: (row[2], row[3].strip(), row[4].strip(), row[5]) for row in found if row}


def routes(tree):
    """Patterns of addresses, whole: what stands within the view's lists has its view's beginning."""
    views = {"management": "/management/", "business": "/business/:cluster/:namespace/"}
    found, view = [], ""
    with open(f"{tree}/{ROUTES}") as text:
        for line in text:
            begins = re.match(r"const (management|business): RouteObject\[\]", line)
            view = views[begins[1]] if begins else "" if line.startswith("];") else view
            for path in re.findall(r'\bpath: "([^"]+)"', line):
                if path not in NONE:
                    found.append(path if path.startswith("/") else f"{view or '/'}{path}")
    return found


def fits(pattern, address):
    parts = "".join("(/[^/]+)?" if part.endswith("?") else "/[^/]+" if part.startswith(":") else "/" + re.escape(part) for part in pattern.strip("/").split("/"))
    return re.fullmatch(parts, address.split("?")[0]) is not None


def problems(tree):
    known = rows(tree)
    found = [f"{TABLE}: no row for the page {pattern}" for pattern in routes(tree) if not any(fits(pattern, row[0]) for row in known.values())]
    return found + [f"{TABLE}: {name} is no page of {ROUTES}" for name, row in known.items() if not any(fits(pattern, row[0]) for pattern in routes(tree))]
