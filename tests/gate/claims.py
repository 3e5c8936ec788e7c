# SPDX-License-Identifier: Apache-2.0
"""Which system test claims which sentence of tests/features.yaml: read from the tests themselves, without running them."""
import subprocess

import yaml


class EachKeyOnce(yaml.SafeLoader):
    """YAML takes the last of two values with the same key and says nothing: a sentence would be lost."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"twice there: {', '.join(sorted(twice))}", node.start_mark)
        return super().construct_mapping(node, deep)


def sentences(tree):
    """{"E1.reboot": the sentence} of every feature."""
    with open(f"{tree}/tests/features.yaml") as text:
        features = yaml.load(text, EachKeyOnce)
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
