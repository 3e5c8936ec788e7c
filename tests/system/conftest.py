# SPDX-License-Identifier: Apache-2.0
"""One installation for all system tests, the claims of each test, and the seed of what is drawn by chance."""
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile

import pytest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cluster_says import what_it_says  # noqa: E402
from slipway import Slipway  # noqa: E402

INSTALLATION = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="whole matrices instead of samples")
    parser.addoption("--list-claims", action="store_true", help="with --collect-only: print each test's claims")


def pytest_configure(config):
    config.addinivalue_line("markers", "claims(*sentences): sentences of tests/features.yaml that the test shows")


def claims_of(item):
    return [sentence for mark in item.iter_markers("claims") for sentence in mark.args]


def pytest_collection_modifyitems(config, items):
    for item in items:
        item.user_properties += [("claims", sentence) for sentence in claims_of(item)]
        if config.getoption("--list-claims"):
            print(f"tests/system/{item.nodeid.split('tests/system/')[-1]}: {' '.join(claims_of(item))}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Below each failure stands what the cluster says while it is as it was."""
    report = (yield).get_result()
    installation = item.config.stash.get(INSTALLATION, None)
    if report.failed and installation and installation.api:
        report.sections.append(("What the cluster says", what_it_says(installation.api)))


@pytest.fixture(scope="session")
def seed():
    value = int(os.environ.get("SLIPWAY_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"SLIPWAY_SEED={value}")
    return value


@pytest.fixture(scope="session")
def full(request):
    """Whether whole matrices and real durations are wanted."""
    return request.config.getoption("--full")


@pytest.fixture(scope="session")
def drawn(full, seed):
    """Groups of what shares one creation: `samples` drawn by the seed, with --full all of it; `size` to a group."""
    def draw(choices, samples, size):
        order = random.Random(seed).sample(choices, len(choices) if full else samples)
        return [order[i:i + size] for i in range(0, len(order), size)]
    return draw


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class World:
    """An installation made by deploy/quickstart in a state directory of its own."""

    def __init__(self):
        self.state = tempfile.mkdtemp(prefix="slipway-test-", dir="/var/lib")
        self.listen = f"127.0.0.1:{free_port()}"
        self.api = None
        self.first_output = ""

    def quickstart(self, *options, check=True, timeout=1500):
        done = subprocess.run([f"{TREE}/deploy/quickstart", "--state", self.state, *options],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        print(done.stdout, done.stderr)
        if check:
            assert done.returncode == 0, f"quickstart {options} ended with {done.returncode}"
        return done

    def up(self):
        done = self.quickstart("--listen", self.listen)
        self.first_output = done.stdout + done.stderr
        self.api = Slipway(self.state)

    def down(self):
        return self.quickstart("--down", check=False)


@pytest.fixture(scope="session")
def world(pytestconfig):
    installation = World()
    pytestconfig.stash[INSTALLATION] = installation
    try:
        installation.up()
        yield installation
    finally:
        if installation.api:
            installation.api.contract.write_seen(f"{TREE}/build/logs/system-contract.log")
        for name in ("quickstart.log", "controller.log"):
            path = os.path.join(installation.state, name)
            if os.path.exists(path):
                os.makedirs(f"{TREE}/build/logs", exist_ok=True)
                shutil.copy(path, f"{TREE}/build/logs/system-{name}")
        if os.path.exists(installation.state):
            installation.down()


@pytest.fixture(scope="session")
def api(world):
    return world.api


@pytest.fixture(scope="module")
def browser(api, full):
    from browser import Browser  # which has TREE of this file
    one = Browser(api, pictures=full)
    yield one
    one.close()


@pytest.fixture(scope="session")
def drawn_look(seed):
    """How the console looks in the flows for which that is all the same."""
    drawn = random.Random(seed)
    return {"language": drawn.choice(("zh-CN", "en")), "look": drawn.choice(("light", "dark"))}


@pytest.fixture(scope="session")
def admin(api):
    return {"user": "admin", "password": api.summary["password"]}
