# SPDX-License-Identifier: Apache-2.0
"""Which system test claims which sentence of tests/features.yaml: read from the tests themselves, without running them."""
import os
import subprocess
import sys

import yaml

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))

from openapi_check import OneOfEachName  # noqa: E402


def sentences(tree):
    """{"E1.reboot": the sentence} of every feature."""
    with open(f"{tree}/tests/features.yaml") as text:
        features = yaml.load(text, OneOfEachName)
    return {f"{feature}.{key}": sentence for feature, body in features.items() for key, sentence in body.items()
            if key != "title"}


def of_tests(tree):
    """{test: the ids that it claims}, in the order of the run."""
    done = subprocess.run(["/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:terminal", "-s",
                           "tests/system", "--collect-only", "--list-claims"], cwd=tree, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the system tests cannot be listed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    rows = [row.rsplit(": ", 1) for row in done.stdout.splitlines()]
    return {test.removeprefix("tests/system/"): ids.split() for test, ids in rows}


def problems(known, claimed):
    """What does not fit: `known` {id: sentence}, `claimed` {test: ids}."""
    found = [f"{test} claims {name}, which is not in tests/features.yaml"
             for test, names in claimed.items() for name in names if name not in known]
    covered = {name for names in claimed.values() for name in names}
    return found + [f"{name}: no test claims \"{sentence}\"" for name, sentence in known.items() if name not in covered]
