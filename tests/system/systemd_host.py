# SPDX-License-Identifier: Apache-2.0
"""A host whose PID 1 is systemd: a container made of the node image's root file system, with this tree and its build."""
import json
import os
import shutil
import subprocess
import tempfile
import time

from conftest import TREE


def mount(destination, kind, source, *options):
    return {"destination": destination, "type": kind, "source": source, "options": list(options)}


def capabilities():
    """All that this process may hand on."""
    told = subprocess.run(["setpriv", "--dump"], capture_output=True, text=True, check=True).stdout
    bounding = next(line for line in told.splitlines() if line.startswith("Capability bounding set:"))
    return ["CAP_" + name.upper() for name in bounding.split(":", 1)[1].strip().split(",")]


class SystemdHost:
    """Boots on entry; what it writes outlives boot(), as on a disk."""

    def __init__(self, root_layer, *shown):
        self.folder = tempfile.mkdtemp(prefix="slipway-test-", dir="/var/lib")
        self.name = os.path.basename(self.folder)
        self.root = f"{self.folder}/root"
        for name in ("upper", "work", "root"):
            os.mkdir(f"{self.folder}/{name}")
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={root_layer},upperdir={self.folder}/upper,"
                        f"workdir={self.folder}/work", self.root], check=True)
        self.add_libraries(f"{TREE}/build/release/controller/slipway-controller")
        with open(f"{self.folder}/config.json", "w") as spec:
            json.dump(self.spec(shown), spec)

    def add_libraries(self, program):
        """Those that a host has from its packages and a node has not; both are the same Debian."""
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for path in (line.split()[2] for line in told.splitlines() if "=> /" in line):
            if not os.path.exists(self.root + path):
                os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
                shutil.copy(path, self.root + path)

    def spec(self, shown):
        held = capabilities()
        return {
            "ociVersion": "1.0.2", "hostname": "host", "root": {"path": self.root},
            "process": {"user": {"uid": 0, "gid": 0}, "args": ["/usr/local/sbin/machine-init"], "cwd": "/",
                        "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "container=oci"],
                        "capabilities": {"bounding": held, "effective": held, "permitted": held}},
            "mounts": [mount("/proc", "proc", "proc"), mount("/dev", "tmpfs", "tmpfs", "mode=755"),
                       mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666"),
                       mount("/dev/shm", "tmpfs", "shm"), mount("/sys", "sysfs", "sysfs"),
                       mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw"),
                       mount("/run", "tmpfs", "tmpfs", "mode=755"), mount("/tmp", "tmpfs", "tmpfs", "mode=1777"),
                       *(mount(path, "bind", path, "rbind", "ro") for path in shown)],
            "linux": {"cgroupsPath": f"/{self.name}",
                      "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "cgroup", "network")],
                      "devices": [{"path": "/dev/loop-control", "type": "c", "major": 10, "minor": 237}],
                      "resources": {"devices": [{"allow": True, "access": "rwm"}]}}}

    def runc(self, *words, **more):
        return subprocess.run(["runc", "--root", f"{self.folder}/runc", *words], **more)

    def boot(self):
        self.power_off()
        with open(f"{self.folder}/console", "ab") as console:
            self.runc("run", "--detach", "--bundle", self.folder, self.name, stdin=subprocess.DEVNULL, stdout=console,
                      stderr=console, check=True)
        deadline = time.monotonic() + 60
        while self.run("systemctl", "is-system-running").stdout.strip() not in ("running", "degraded"):
            assert time.monotonic() < deadline, open(f"{self.folder}/console", errors="replace").read()[-2000:]
            time.sleep(0.1)

    def run(self, *command, check=False):
        done = self.runc("exec", self.name, *command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        print(command, done.returncode, done.stdout, done.stderr)
        assert done.returncode == 0 or not check, f"{command}: {done.returncode} {done.stdout} {done.stderr}"
        return done

    def power_off(self):
        self.runc("delete", "--force", self.name, stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.boot()
        return self

    def __exit__(self, *_):
        self.power_off()
        subprocess.run(["umount", self.root], check=True)
        subprocess.run(["rm", "-rf", "--one-file-system", self.folder], check=True)
        subprocess.run(["bash", "-c", f"find /sys/fs/cgroup -depth -type d -path '*/{self.name}*' -exec rmdir {{}} +"])


def root_layer(image):
    """The layer of a node image that holds systemd."""
    import yaml
    with open(f"{image}/manifest.yaml") as text:
        layers = yaml.safe_load(text)["layers"]
    return next(layer for layer in layers if os.path.exists(f"{layer}/usr/lib/systemd/systemd"))


def start_by_quickstart(host, state, image, listen):
    """quickstart's own step "controller", without the steps before and after it."""
    script = f"""set -euo pipefail; cd {TREE}; TREE={TREE} STATE={state} IMAGE={image} LISTEN={listen} UNIT=slipway-controller
. deploy/lib.sh; . deploy/controller.sh
CONTROLLER={TREE}/build/release/controller/slipway-controller
mkdir -p $STATE; begin_log up; step controller start_controller; echo "$NOTE" """
    return host.run("bash", "-c", script)
