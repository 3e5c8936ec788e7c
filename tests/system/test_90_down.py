# SPDX-License-Identifier: Apache-2.0
"""What is left when the quick start is taken down: nothing."""
import os
import subprocess

import pytest

claims = pytest.mark.claims


def output(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout


def processes_of(state):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                if state.encode() in line.read():
                    found.append(pid)
        except OSError:
            pass
    return found


@claims("Q1.down", "C11.all-gone")
def test_down_leaves_nothing(world):
    with open(f"{world.state}/installation") as text:
        installation = text.read().strip()
    assert len(installation) == 6
    done = world.down()
    assert done.returncode == 0, done.stdout + done.stderr
    assert not os.path.exists(world.state)
    assert world.state not in open("/proc/mounts").read()
    assert world.state not in output("losetup", "-a")
    assert installation not in output("ip", "netns", "list")
    cgroups = output("find", "/sys/fs/cgroup", "-type", "d", "-name", f"*{installation}*")
    assert not cgroups, cgroups
    assert not processes_of(world.state)
    assert installation not in output("ip", "link")
    again = world.quickstart("--down")
    assert again.returncode == 0
