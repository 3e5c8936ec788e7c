# SPDX-License-Identifier: Apache-2.0
"""The parts of the gate. Each returns rows {name, result, seconds, why, claims}."""
import glob
import os
import subprocess
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

import claims
import pages
import programs
import sabotage

FUZZ_SECONDS, FUZZ_SECONDS_FULL = 20, 600
SWARM = "tests/system/test_38_swarm.py"
FAILURES_MAX = 8    # tests of the system part that fail before it is given up
UNSTEADY_FILES = 2  # files of it that get a second look in the gate


@dataclass
class Part:
    """One part: `beside` runs while the parts after it do, `needs_beside` waits for those first."""
    name: str
    budget_minutes: float
    run: Callable
    beside: bool = False
    needs_beside: bool = False


def prepare_environment(tree):
    cache = os.environ.setdefault("SLIPWAY_CACHE", "/var/cache/slipway")
    os.environ.setdefault("CCACHE_DIR", cache + "/ccache")
    os.environ["CCACHE_BASEDIR"] = tree
    os.environ["CCACHE_NOHASHDIR"] = "1"
    os.environ.setdefault("CCACHE_MAXSIZE", "8G")


def sh(tree, out, *command, **more):
    out.write("+ " + " ".join(command) + "\n")
    out.flush()
    subprocess.run(command, cwd=tree, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                   check=True, **more)


def one(name, claims=()):
    return [{"name": name, "result": "passed", "claims": list(claims)}]


def build(tree, out, preset, *targets):
    sh(tree, out, "cmake", "--preset", preset)
    sh(tree, out, "ninja", "-C", f"build/{preset}", *targets)


def ctest(tree, out, preset, *more):
    report = f"{tree}/build/{preset}/junit.xml"
    if os.path.exists(report):
        os.remove(report)
    status = subprocess.run(["ctest", "--test-dir", f"build/{preset}", "-j2", "--output-on-failure",
                             "--output-junit", report, *more], cwd=tree, stdout=out,
                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode
    rows = []
    for case in xml.parse(report).getroot().iter("testcase"):
        state = case.get("status")
        result = {"run": "passed", "disabled": "skipped", "notrun": "skipped"}.get(state, "failed")
        rows.append({"name": f"{preset}:{case.get('name')}", "result": result,
                     "seconds": float(case.get("time") or 0)})
    if status != 0 and not any(row["result"] == "failed" for row in rows):
        rows.append({"name": preset, "result": "failed", "why": f"ctest ended with {status}"})
    if not rows:
        rows.append({"name": preset, "result": "failed", "why": "no test was found"})
    return rows


def run_release(tree, out, options):
    build(tree, out, "release", "slipway-controller", "slipway-agent")
    size = os.path.getsize(f"{tree}/build/release/agent/slipway-agent")
    if size >= 20_000_000:
        return [{"name": "agent-size", "result": "failed", "why": f"{size} bytes, limit 20 MB"}]
    return one("release-build") + one("agent-size")


def run_asan(tree, out, options):
    build(tree, out, "asan")
    return programs.run_all(tree, out, "asan", options.full)


def run_tsan(tree, out, options):
    build(tree, out, "tsan")
    return programs.run_all(tree, out, "tsan", options.full)


def fuzz(tree, target, seconds):
    """Runs one fuzzer on one core; what it printed and its row."""
    name = os.path.basename(target)
    corpus = f"{tree}/build/fuzz/corpus/{name}"
    os.makedirs(corpus, exist_ok=True)
    seeds = [d for d in [f"{tree}/tests/fuzz/corpus/{name}"] if os.path.isdir(d)]
    done = subprocess.run([target, f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=10",
                           f"-artifact_prefix={tree}/build/fuzz/{name}-", corpus, *seeds],
                          cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          text=True, errors="replace")
    return done.stdout, judged(name, [f"ended with {done.returncode}"] if done.returncode else [])


def run_fuzz(tree, out, options):
    """All fuzzers, two at once."""
    build(tree, out, "fuzz")
    seconds = FUZZ_SECONDS_FULL if options.full else FUZZ_SECONDS
    targets = [t for t in sorted(glob.glob(f"{tree}/build/fuzz/tests/fuzz/fuzz_*")) if os.access(t, os.X_OK) and not os.path.isdir(t)]
    rows = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        done = list(pool.map(lambda target: fuzz(tree, target, seconds), targets))
    for text, row in sorted(done, key=lambda one: one[1][0]["result"] == "failed"):  # the log's end is shown
        out.write(text)
        rows += row
    return rows or [{"name": "fuzz", "result": "failed", "why": "no fuzz target was built"}]


def run_image(tree, out, options):
    sh(tree, out, "bootstrap/build", "--until", "50-store", "--cache", os.environ["SLIPWAY_CACHE"])
    return one("image-without-agent")


def judged(name, complaints):
    """A row that failed with what is complained of, or passed."""
    why = "; ".join(complaints)
    return [{"name": name, "result": "failed" if why else "passed", **({"why": why} if why else {})}]


def run_tidy(tree, out, options):
    sh(tree, out, "tests/tidy")
    sh(tree, out, "/usr/bin/python3", "tests/system/openapi_check.py")
    rows = one("tidy") + one("openapi")
    rows += judged("claims", claims.problems(claims.sentences(tree), claims.of_tests(tree)))
    return rows + judged("faults", sabotage.unfit(tree)) + judged("pages", pages.problems(tree))


def run_lint(tree, out, options):
    sh(tree, out, "/usr/bin/python3", "tests/gate/lint.py", *(["--all"] if options.full else []))
    return one("clang-tidy")


def run_machines(tree, out, options):
    """The unit tests' other half: the local cloud, exec and etcd's discovery on real machines and real programs."""
    build(tree, out, "release", "slipway-agent")
    build(tree, out, "asan")
    image = subprocess.run(["bootstrap/build", "--agent", "build/release/agent/slipway-agent", "--cache", os.environ["SLIPWAY_CACHE"]],
                           cwd=tree, stdout=subprocess.PIPE, stderr=out, stdin=subprocess.DEVNULL, text=True, check=True).stdout
    os.environ["SLIPWAY_IMAGE"] = image.split()[-1]
    return ctest(tree, out, "asan", "-L", "system")


def pytest(tree, out, name, *more):
    report = f"{tree}/build/{name}.xml"
    command = ["/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider", "-v", f"--junitxml={report}", *more]
    status = subprocess.run(command, cwd=tree, stdout=out, stderr=subprocess.STDOUT,
                            stdin=subprocess.DEVNULL).returncode
    rows = []
    for case in xml.parse(report).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        claims = [p.get("value") for p in case.iter("property") if p.get("name") == "claims"]
        why = next((child.get("message", "") for child in case if child.tag in ("failure", "error")), "")
        rows.append({"name": f"{case.get('classname')}.{case.get('name')}",
                     "result": "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed",
                     "seconds": float(case.get("time") or 0), "claims": claims, **({"why": why.splitlines()[0][:300]} if why else {})})
    if status not in (0, 1) or status == 1 and not any(row["result"] == "failed" for row in rows):
        rows.append({"name": name, "result": "failed", "why": f"pytest ended with {status}"})
    return rows


def looked_at_again(rows, again):
    """The rows after a second run of some files: a test that failed and then passed is `unsteady`, its first failure told."""
    first = {row["name"]: row for row in rows}
    second = {row["name"]: row for row in again}
    for name, row in second.items():
        before = first.get(name, row)
        if row["result"] == "passed" and before["result"] == "failed":
            row |= {"result": "unsteady", "why": before.get("why", "")}
    return list({**first, **second}.values())


def files_of(rows):
    """tests.system.test_50_enrolment.test_x -> tests/system/test_50_enrolment.py of each row that failed."""
    return sorted({"/".join(row["name"].split(".")[:3]) + ".py" for row in rows if row["result"] == "failed"})


def run_system(tree, out, options):
    """All of it with --full, where every failure counts; else up to two files that failed run once more in an installation of their own."""
    if options.full:
        return pytest(tree, out, "system", "tests/system", f"--ignore={SWARM}", "--full")
    rows = pytest(tree, out, "system", "tests/system", f"--ignore={SWARM}", f"--maxfail={FAILURES_MAX}")
    files = files_of(rows)
    whole = sum(row["result"] == "failed" for row in rows) < FAILURES_MAX and all(os.path.exists(f"{tree}/{name}") for name in files)
    if not whole or not 0 < len(files) <= UNSTEADY_FILES:
        return rows
    return looked_at_again(rows, pytest(tree, out, "system-again", *files))


def run_swarm(tree, out, options):
    """Its controller and agents are its own; most of its time it waits for links that fell silent."""
    build(tree, out, "release", "slipway-controller", "slipway-agent")
    return pytest(tree, out, "swarm", SWARM, "--full" if options.full else "-x")


def list_system_tests(tree):
    """Every system test with the ids of the sentences that it claims."""
    for test, names in claims.of_tests(tree).items():
        print(f"{' '.join(names) or '-':44} {test}")
    return 0


ALL = [
    Part("image", 20, run_image, beside=True),
    Part("tidy", 1, run_tidy),
    Part("release", 16, run_release),
    Part("asan", 16, run_asan),
    Part("tsan", 5, run_tsan),
    Part("swarm", 6, run_swarm, beside=True),
    Part("fuzz", 5, run_fuzz),
    Part("lint", 8, run_lint),
    Part("system", 28, run_system, needs_beside=True),
    Part("machines", 5, run_machines, needs_beside=True),
]
