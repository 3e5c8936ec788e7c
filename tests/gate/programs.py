# SPDX-License-Identifier: Apache-2.0
"""The test programs of a build, unit tests and simulations: each is run once with all of its tests, since a process for each test
would take longer than most of them do."""
import os
import re
import subprocess
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor

PROGRAM_SECONDS, PROGRAM_SECONDS_FULL = 900, 7200
AT_ONCE = 2


def names(tree, preset):
    """Their paths in build/<preset>, simulations first: they are the longest."""
    rows = subprocess.run(["ninja", "-C", f"build/{preset}", "-t", "targets", "all"], cwd=tree, capture_output=True, text=True,
                          check=True).stdout.splitlines()
    pairs = [row.split(": ") for row in rows if ": " in row]
    return sorted(path for path, rule in pairs if rule.startswith("CXX_EXECUTABLE_LINKER")
                  and re.match(r"tests/(unit|simulation)/", path) and "/system_" not in path)


def rows_of(preset, report):
    """A row for each test in the report that a program wrote."""
    for case in xml.parse(report).getroot().iter("testcase"):
        failures = [child.get("message", "") for child in case if child.tag == "failure"]
        run = case.get("status") == "run" and case.get("result") != "skipped"
        yield {"name": f"{preset}:{case.get('classname')}.{case.get('name')}",
               "result": "failed" if failures else "passed" if run else "skipped",
               "seconds": float(case.get("time") or 0), **({"why": failures[0][:300]} if failures else {})}


def cut_off(said):
    """The test that a program was in when it ended, from what it printed."""
    _, began, rest = said.rpartition("[ RUN      ] ")
    name = rest.split("\n", 1)[0]
    return name if began and f"] {name} (" not in rest else ""


def run(tree, preset, path, seconds):
    """What one program printed, and its rows. Who dies before its end has no report: its row names the test that it died in."""
    program = f"{tree}/build/{preset}/{path}"
    report = f"{program}.xml"
    if os.path.exists(report):
        os.remove(report)
    try:
        done = subprocess.run([program, f"--gtest_output=xml:{report}"], cwd=os.path.dirname(program), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=seconds)
        said, end = done.stdout, f"ended with {done.returncode}" if done.returncode else ""
    except subprocess.TimeoutExpired as late:
        said, end = (late.stdout or b"").decode(errors="replace"), f"took more than {seconds} s"
    rows = list(rows_of(preset, report)) if os.path.exists(report) else []
    if not rows or end and not any(row["result"] == "failed" for row in rows):
        died_in = cut_off(said)
        rows.append({"name": f"{preset}:{os.path.basename(path)}", "result": "failed",
                     "why": (end or "it has no test") + (f" in {died_in}" if died_in else "")})
    return said, rows


def run_all(tree, out, preset, full):
    """All programs, two at once; what the failed ones printed is last in the log, whose end is shown."""
    seconds = PROGRAM_SECONDS_FULL if full else PROGRAM_SECONDS
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        done = list(pool.map(lambda path: run(tree, preset, path, seconds), names(tree, preset)))
    rows = []
    for said, own in sorted(done, key=lambda one: any(row["result"] == "failed" for row in one[1])):
        out.write(said)
        rows += own
    return rows or [{"name": preset, "result": "failed", "why": "no test program was built"}]
