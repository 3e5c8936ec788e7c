# SPDX-License-Identifier: Apache-2.0
"""tests/run --sabotage SEED: plants product faults in a copy of the tree, one at a time, and says which no test notices.

A fault is a row of tests/gate/faults.yaml: a file, a text that stands in it once, and what stands there instead."""
import os
import random
import subprocess
import sys

import yaml

FAULTS_DRAWN = 12
MUST_BE_NOTICED = 10


def run(command, cwd, out):
    return subprocess.run(command, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode


def copy_of(tree):
    copy = os.path.join(tree, "build", "sabotage", "tree")
    os.makedirs(copy, exist_ok=True)
    subprocess.run(["rsync", "-a", "--delete", "--exclude=/build", "--exclude=/.git", f"{tree}/", f"{copy}/"], check=True)
    return copy


def noticed(copy, log):
    """What noticed the fault: the compiler, a test by name, or nothing."""
    if run(["ninja", "-C", "build/dev"], copy, log):
        return "the compiler"
    report = os.path.join(copy, "build", "dev", "failed.txt")
    done = subprocess.run(["ctest", "--test-dir", "build/dev", "-j2", "-LE", "system", "--stop-on-failure"], cwd=copy,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    log.write(done.stdout)
    if done.returncode == 0:
        return None
    with open(report, "w") as text:
        text.write(done.stdout)
    failed = [line for line in done.stdout.splitlines() if "***" in line]
    return failed[0].split(":", 1)[-1].split(".....")[0].strip() if failed else "ctest"


def plant(copy, fault):
    path = os.path.join(copy, fault["file"])
    with open(path) as text:
        sound = text.read()
    if sound.count(fault["find"]) != 1:
        sys.exit(f"faults.yaml: {fault['name']}: its text stands {sound.count(fault['find'])} times in {fault['file']}")
    with open(path, "w") as text:
        text.write(sound.replace(fault["find"], fault["replace"]))
    return path, sound


def main(tree, seed):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults.yaml")) as text:
        faults = yaml.safe_load(text)
    drawn = random.Random(seed).sample(faults, min(FAULTS_DRAWN, len(faults)))
    copy = copy_of(tree)
    os.environ["CCACHE_BASEDIR"] = copy
    caught = 0
    with open(os.path.join(tree, "build", "logs", "sabotage.log"), "w") as log:
        if run(["cmake", "--preset", "dev"], copy, log) or noticed(copy, log):
            sys.exit("the tree does not pass without a fault: see build/logs/sabotage.log")
        for fault in drawn:
            path, sound = plant(copy, fault)
            by = noticed(copy, log)
            with open(path, "w") as text:
                text.write(sound)
            caught += by is not None
            print(f"{'noticed' if by else 'MISSED':8} {fault['name']}: {fault['what']}  [{by or 'no test'}]", flush=True)
    print(f"sabotage with seed {seed}: {caught} of {len(drawn)} noticed, at least {MUST_BE_NOTICED} of {FAULTS_DRAWN} must be")
    print(f"{caught} passed, {len(drawn) - caught} failed")
    return 0 if caught * FAULTS_DRAWN >= MUST_BE_NOTICED * len(drawn) else 1
