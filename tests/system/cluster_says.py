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
    """Of a line of `kubectl get pods -A`: not all its containers are ready, though it is no Job's that is through."""
    words = line.split()
    ready, _, all_ = words[2].partition("/")
    return words[3] != "Completed" and (ready != all_ or words[3] != "Running")


def journal(api):
    """Warnings and errors of the worker's kubelet."""
    pid = Machine(api, WORKER).pid()
    if not pid:
        return [f"{WORKER} is off"]
    lines = asked("nsenter", "-t", str(pid), "-m", "journalctl", "-u", "kubelet", "-o", "cat", "--no-pager", f"--since=-{JOURNAL_MINUTES}min")
    return [line for line in lines if line[:1] in "EW" and "perf_event" not in line]  # which machines in containers have not


def what_it_says(api):
    """The load of the host, pods that are not well, the last events, and the complaints of the worker's kubelet."""
    pods = [line for line in asked(*api.kubectl_command("get", "pods", "-A", "--no-headers")) if len(line.split()) < 4 or not_well(line)]
    events = asked(*api.kubectl_command("get", "events", "-A", "--sort-by=.lastTimestamp", "--no-headers"))
    parts = {"pods": pods, "events": events, "kubelet": journal(api)}
    lines = [f"load: {' '.join(f'{load:.1f}' for load in os.getloadavg())}"]
    for name, said in parts.items():
        lines += [f"{name}: {' '.join(line.split())}"[:COLUMNS] for line in said[-LINES:]]
    return "\n".join(lines)
