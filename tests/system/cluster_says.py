# SPDX-License-Identifier: Apache-2.0
"""What the demo cluster says of itself while a test of it fails: few enough lines that they fit where a failure is shown."""
import os
import subprocess

from outside import Machine

WORKER = "demo-worker-1"
LINES = 8          # of each kind, the last ones
COLUMNS = 220
SECONDS = 20       # that a question may take
JOURNAL_MINUTES = 2


def asked(*command):
    """The lines that it prints, or why it does not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [str(error)]
    return (done.stdout or done.stderr).splitlines()


def not_well(line):
    """Of a line of `kubectl get pods -A`: it is not ready, though no Job's that is through, or it is a part of the cluster that began anew."""
    space, _, ready, status, restarts = (line.split() + [""] * 5)[:5]
    has, _, of = ready.partition("/")
    return status != "Completed" and (has != of or status != "Running" or space == "kube-system" and restarts != "0")


def journal(api):
    """Warnings and errors of the worker's kubelet."""
    pid = Machine(api, WORKER).pid()
    if not pid:
        return [f"{WORKER} is off"]
    lines = asked("nsenter", "-t", str(pid), "-m", "journalctl", "-u", "kubelet", "-o", "cat", "--no-pager", f"--since=-{JOURNAL_MINUTES}min")
    return [line for line in lines if line[:1] in "EW" and "perf_event" not in line]  # which machines in containers have not


def what_it_says(api):
    """The load of the host, pods that are not well, the last events, and the complaints of the worker's kubelet."""
    lines = [f"load: {' '.join(f'{load:.1f}' for load in os.getloadavg())}"]
    try:
        pods = [line for line in asked(*api.kubectl_command("get", "pods", "-A", "--no-headers")) if not_well(line)]
        events = asked(*api.kubectl_command("get", "events", "-A", "--sort-by=.lastTimestamp", "--no-headers"))
        for name, said in {"pods": pods, "events": events, "kubelet": journal(api)}.items():
            lines += [f"{name}: {' '.join(line.split())}"[:COLUMNS] for line in said[-LINES:]]
    except Exception as error:  # the installation is gone, or half of it: the failure above is what counts
        lines.append(f"nothing more: {error!r}")
    return "\n".join(lines)
