# SPDX-License-Identifier: Apache-2.0
"""tests/run --sabotage SEED: plants product faults in a copy of the tree, one at a time, and says which no test notices.

A fault is a row of tests/gate/faults.yaml: a file, a text that stands in it once, and what stands there instead. It
counts as noticed when a test is red twice with it and green without it. The tests of the fault's own folder are built and
run first, those of other folders only when the first stay green. With --full: every fault instead of a sample."""
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

import yaml

import programs

FAULTS_DRAWN = 20
MUST_BE_NOTICED = 19
PRESET = "asan"  # what the gate compiles anyway: the compiler cache has it
FOLDER_SECONDS = 900  # one folder's tests; each test has its own limit in tests/CMakeLists.txt


class BadFault(Exception):
    """A row of faults.yaml that cannot be judged; the message says why."""


def load(tree):
    with open(f"{tree}/tests/gate/faults.yaml") as text:
        return yaml.safe_load(text)


def unfit(tree):
    """What is wrong with faults.yaml: a fault's text must stand once in its file, and its name be its own."""
    found, names = [], set()
    for fault in load(tree):
        path = os.path.join(tree, fault["file"])
        count = 0
        if os.path.exists(path):
            with open(path) as text:
                count = text.read().count(fault["find"])
        if count != 1:
            found.append(f"faults.yaml: {fault['name']}: its text stands {count} times in {fault['file']}")
        if fault["name"] in names:
            found.append(f"faults.yaml: {fault['name']} is there twice")
        names.add(fault["name"])
    return found


def run(command, cwd, log, seconds=None):
    """(status, output); what it started ends with it, also when it is late or this program is interrupted."""
    log.write(f"+ {' '.join(command)}\n")
    log.flush()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                             text=True, errors="replace", start_new_session=True)
    try:
        output, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, ""
    finally:
        if child.poll() is None:
            programs.end(child)
    log.write(output)
    log.flush()
    return child.returncode, output


class Copy:
    """A copy of the tree with a build of its own; the true tree is only read."""

    def __init__(self, tree, log):
        self.path = os.path.join(tree, "build", "sabotage", "tree")
        self.log = log
        os.makedirs(self.path, exist_ok=True)
        # By content and without times: a file that an interrupted run left with its fault is new to the compiler.
        subprocess.run(["rsync", "-rlpc", "--delete", "--exclude=/build", "--exclude=/.git", "--exclude=__pycache__",
                        f"{tree}/", f"{self.path}/"], check=True)
        os.environ["CCACHE_BASEDIR"] = self.path
        if run(["cmake", "--preset", PRESET], self.path, log)[0]:
            sys.exit("cmake failed: see build/logs/sabotage.log")
        self.inputs = {program: self.ask("-t", "inputs", program) for program in programs.names(self.path, PRESET)}

    def ask(self, *words):
        return subprocess.run(["ninja", "-C", f"build/{PRESET}", *words], cwd=self.path, capture_output=True, text=True,
                              check=True).stdout

    def folders(self, file):
        """The test folders whose programs hold the file, nearest first: {folder: programs}."""
        found = {}
        for program, inputs in self.inputs.items():
            if f"/{file}\n" in inputs:
                found.setdefault(os.path.dirname(program), []).append(program)
        own = "tests/unit/" + os.path.dirname(file)

        def distance(folder):
            return (folder != own, not folder.startswith("tests/unit"), -len(os.path.commonprefix([folder, own])), folder)
        return {folder: found[folder] for folder in sorted(found, key=distance)}

    def build(self, programs):
        status, output = run(["ninja", "-C", f"build/{PRESET}", *programs], self.path, self.log)
        return "" if status == 0 else output

    def red(self, folder, only=".*"):
        """The first test of the folder that fails twice, by name; None: all are green."""
        status, output = run(["ctest", "--test-dir", f"build/{PRESET}/{folder}", "-j2", "-LE", "system", "-R", only, "-E", "_NOT_BUILT$",
                              "--stop-on-failure", "--repeat", "until-pass:2", "--output-on-failure"],
                             self.path, self.log, FOLDER_SECONDS)
        if status == 0:
            return None
        failed = re.search(r"The following tests FAILED:\s+\d+ - (\S+)", output)
        return failed[1] if failed else f"the time of {folder}" if status is None else f"ctest in {folder}"


class Planted:
    """With it the fault stands in the copy; after it the sound text does, also when interrupted."""

    def __init__(self, copy, fault):
        self.path = os.path.join(copy.path, fault["file"])
        self.fault = fault
        with open(self.path) as text:
            self.sound = text.read()

    def write(self, content):
        with open(self.path, "w") as text:
            text.write(content)

    def __enter__(self):
        self.write(self.sound.replace(self.fault["find"], self.fault["replace"]))

    def __exit__(self, *_):
        self.write(self.sound)


def judge(copy, fault):
    """What noticed the fault, or None. Raises BadFault when that cannot be said."""
    for folder, programs in copy.folders(fault["file"]).items():
        with Planted(copy, fault):
            if copy.build(programs):
                raise BadFault(f"{fault['name']}: the compiler refuses it: write it so that it compiles")
            test = copy.red(folder)
        if test is None:
            continue
        if why := copy.build(programs):
            sys.exit(f"the sound tree does not compile: {why[-2000:]}")
        if copy.red(folder, f"^{re.escape(test)}$" if "." in test else ".*"):
            raise BadFault(f"{fault['name']}: {test} is red without the fault too")
        return test
    return None


def save(tree, seed, rows):
    with open(os.path.join(tree, "build", "sabotage.json"), "w") as out:
        json.dump({"seed": seed, "noticed": sum(bool(row["noticed_by"]) for row in rows), "faults": rows}, out, indent=1)


def interrupt(*_):
    raise KeyboardInterrupt  # also for SIGTERM: what was planted is taken out, what was started ends


def main(tree, seed, every=False):
    if complaints := unfit(tree):
        sys.exit("\n".join(complaints))
    faults = load(tree)
    drawn = random.Random(seed).sample(faults, len(faults) if every else min(FAULTS_DRAWN, len(faults)))
    signal.signal(signal.SIGTERM, interrupt)
    rows = []
    with open(os.path.join(tree, "build", "logs", "sabotage.log"), "w") as log:
        copy = Copy(tree, log)
        for fault in drawn:
            began, by, why = time.monotonic(), None, "no test"
            log.write(f"=== {fault['name']}: {fault['what']}\n")
            try:
                by = judge(copy, fault)
            except BadFault as bad:
                why = str(bad)
            except KeyboardInterrupt:
                sys.exit(f"interrupted at {fault['name']}; what was judged is in build/sabotage.json")
            seconds = round(time.monotonic() - began, 1)
            rows.append({"name": fault["name"], "what": fault["what"], "file": fault["file"], "noticed_by": by,
                         "why": None if by else why, "seconds": seconds})
            save(tree, seed, rows)
            print(f"{'noticed' if by else 'MISSED':8} {fault['name']}: {fault['what']}  [{by or why}]  {seconds} s", flush=True)
    caught = sum(bool(row["noticed_by"]) for row in rows)
    print(f"sabotage with seed {seed}: {caught} of {len(drawn)} noticed, at least {MUST_BE_NOTICED} of {FAULTS_DRAWN} must be; "
          "results: build/sabotage.json, log: build/logs/sabotage.log")
    print(f"{caught} passed, {len(drawn) - caught} failed")
    return 0 if caught * FAULTS_DRAWN >= MUST_BE_NOTICED * len(drawn) else 1
