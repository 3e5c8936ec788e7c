# SPDX-License-Identifier: Apache-2.0
"""The controller as a unit of a host whose PID 1 is systemd."""
import os

import pytest
import yaml

from conftest import TREE
from slipway import wait_for
from systemd_host import SystemdHost, root_layer, start_by_quickstart

claims = pytest.mark.claims
STATE, LISTEN = "/var/lib/slipway", "127.0.0.1:8443"


def unit(host, name):
    return host.run("systemctl", "show", "-p", name, "--value", "slipway-controller").stdout.strip()


def is_ready(host):
    return host.run("curl", "-fsS", "-m", "2", "--cacert", f"{STATE}/ca.crt", f"https://{LISTEN}/readyz").returncode == 0


@claims("Q1.unit")
def test_the_unit_starts_restarts_boots_and_goes(world):
    with open(f"{world.state}/controller.yaml") as text:
        image = yaml.safe_load(text)["cloud"]["image"]
    with SystemdHost(root_layer(image), TREE, os.environ.get("SLIPWAY_CACHE", "/var/cache/slipway")) as host:
        started = start_by_quickstart(host, STATE, image, LISTEN)
        assert started.returncode == 0 and f"https://{LISTEN}" in started.stderr, started.stderr
        verified = host.run("systemd-analyze", "verify", "slipway-controller.service", check=True)
        assert "slipway-controller" not in verified.stderr, verified.stderr
        assert unit(host, "ActiveState") == "active" and unit(host, "UnitFileState") == "enabled"
        assert is_ready(host), "active means ready"
        assert "runs already" in start_by_quickstart(host, STATE, image, LISTEN).stderr

        host.run("systemctl", "kill", "-s", "KILL", "--kill-who=main", "slipway-controller", check=True)
        wait_for("the killed controller is back", lambda: unit(host, "NRestarts") == "1" and unit(host, "ActiveState") == "active", 60)
        assert is_ready(host)

        host.boot()
        wait_for("the controller is back after a boot", lambda: unit(host, "ActiveState") == "active", 60)
        assert is_ready(host)

        down = host.run(f"{TREE}/deploy/quickstart", "--state", STATE, "--down", check=True)
        assert "nothing of /var/lib/slipway is left" in down.stdout
        assert unit(host, "LoadState") == "not-found" and host.run("test", "-e", STATE).returncode == 1
