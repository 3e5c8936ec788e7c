# SPDX-License-Identifier: Apache-2.0
"""The test programs of a build, unit tests and simulations: each is run once with all of its tests, since a process for each test
would take longer than most of them do. Also what ends a program with all that it started."""
import contextlib
import os
import re
import signal
import subprocess
import tempfile
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor

PROGRAM_SECONDS, PROGRAM_SECONDS_FULL = 1200, 7200  # the longest simulation takes a third of it on a busy host
AT_ONCE = 2
ENDED = re.compile(r"^\[ +(OK|FAILED|SKIPPED) +\] (\S+?)(?:, .*)? \((\d+) ms\)$", re.MULTILINE)
RESULTS = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}


def names(tree, preset):
    """Their paths in build/<preset>."""
    rows = subprocess.run(["ninja", "-C", f"build/{preset}", "-t", "targets", "all"], cwd=tree, capture_output=True, text=True,
                          check=True).stdout.splitlines()
    pairs = [row.split(": ") for row in rows if ": " in row]
    return sorted(path for path, rule in pairs if rule.startswith("CXX_EXECUTABLE_LINKER")
                  and re.match(r"tests/(unit|simulation)/", path) and "/system_" not in path)


def end(child):
    """Ends a program with all that it started, whichever groups those made for themselves."""
    parents = {}
    os.kill(child.pid, signal.SIGSTOP)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                parents[int(pid)] = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:  # it ended meanwhile
            pass
    doomed = [child.pid]
    for pid in doomed:
        doomed += [other for other, parent in parents.items() if parent == pid]
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    child.wait()


def reported(preset, report):
    """A row for each test in the report that a program wrote; nothing when it wrote none that can be read."""
    try:
        cases = list(xml.parse(report).getroot().iter("testcase"))
    except (FileNotFoundError, xml.ParseError):
        return []
    rows = []
    for case in cases:
        failures = [child.get("message", "") for child in case if child.tag == "failure"]
        ran = case.get("status") == "run" and case.get("result") != "skipped"
        rows.append({"name": f"{preset}:{case.get('classname')}.{case.get('name')}",
                     "result": "failed" if failures else "passed" if ran else "skipped",
                     "seconds": float(case.get("time") or 0), **({"why": failures[0][:300]} if failures else {})})
    return rows


def printed(preset, said):
    """The same from what it printed until it died."""
    return [{"name": f"{preset}:{name}", "result": RESULTS[result], "seconds": int(ms) / 1000} for result, name, ms in ENDED.findall(said)]


def cause(said):
    """Where and of what a program died: the test that it was in, the sanitizer's verdict."""
    _, began, rest = said.rpartition("[ RUN      ] ")
    name = rest.split("\n", 1)[0]
    verdict = re.search(r"^SUMMARY: .*", said, re.MULTILINE)
    return (f" in {name}" if began and f"] {name} (" not in rest else "") + (f": {verdict[0][:300]}" if verdict else "")


def run(tree, preset, path, seconds):
    """What one program printed, and its rows. Who dies, is late or is refused by a sanitizer has a row of its own, too."""
    program = f"{tree}/build/{preset}/{path}"
    report = f"{program}.xml"
    if os.path.exists(report):
        os.remove(report)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GTEST_")}  # a filter would pass for the whole
    with tempfile.TemporaryFile("w+", errors="replace") as out:  # and no pipe: who is left behind by a dead program would hold it open
        child = subprocess.Popen([program, f"--gtest_output=xml:{report}"], cwd=os.path.dirname(program), env=environment,
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = child.wait(seconds)
            why = f"ended with {status}" if status else ""
        except subprocess.TimeoutExpired:
            why = f"took more than {seconds} s"
        finally:
            if child.poll() is None:
                end(child)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # whom it forked and left behind
        out.seek(0)
        said = out.read()
    rows = reported(preset, report)
    if not rows:
        rows, why = printed(preset, said), why or "it left no report"
    if why and (not any(row["result"] == "failed" for row in rows) or cause(said)):
        rows.append({"name": f"{preset}:{os.path.basename(path)}", "result": "failed", "why": why + cause(said)})
    return said, rows


def run_all(tree, out, preset, full):
    """All programs, two at once. What each printed goes to the log, that of the failed ones last: its end is shown."""
    seconds = PROGRAM_SECONDS_FULL if full else PROGRAM_SECONDS
    rows, shown_last = [], ""
    # The longest first, so that none of them is alone at the end: simulations, then by size.
    paths = sorted(names(tree, preset), key=lambda path: (not path.startswith("tests/simulation/"), -os.path.getsize(f"{tree}/build/{preset}/{path}")))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for path, (said, own) in zip(paths, pool.map(lambda path: run(tree, preset, path, seconds), paths)):
            rows += own
            text = f"+ {path}\n{said}"
            if any(row["result"] == "failed" for row in own):
                shown_last += text
            else:
                out.write(text)
                out.flush()
    out.write(shown_last)
    return rows or [{"name": preset, "result": "failed", "why": "no test program was built"}]
