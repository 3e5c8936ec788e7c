# SPDX-License-Identifier: Apache-2.0
"""clang-tidy on the files that changed since main (or in the last commit), within a budget of minutes.

--all: every file, without a budget. A file whose result is known (same content, same headers' hash) is skipped."""
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUDGET_SECONDS = 7 * 60


def git(*words):
    return subprocess.run(["git", *words], cwd=TREE, capture_output=True, text=True).stdout.split("\n")


def changed():
    base = next((line for line in git("merge-base", "HEAD", "origin/main") if line), "")
    head = git("rev-parse", "HEAD")[0]
    if not base or base == head:
        base = "HEAD~1"
    names = git("diff", "--name-only", base) + git("ls-files", "-o", "--exclude-standard")
    return [n for n in names if n.endswith(".cpp") and os.path.exists(os.path.join(TREE, n))]


def digest(path):
    """Over the file, every header of ours and the configuration: what the verdict depends on."""
    sums = hashlib.sha256()
    headers = [n for n in git("ls-files") if n.endswith(".hpp")]
    for name in [path, ".clang-tidy", *headers]:
        try:
            with open(os.path.join(TREE, name), "rb") as data:
                sums.update(data.read())
        except FileNotFoundError:
            pass
    return sums.hexdigest()[:24]


def main():
    everything = "--all" in sys.argv
    files = [n for n in git("ls-files", "*.cpp")] if everything else changed()
    files = [n for n in files if n and n.startswith(("agent/", "controller/", "protocol/", "cloud-init/"))]
    known = os.path.join(os.environ.get("SLIPWAY_CACHE", "/var/cache/slipway"), "lint")
    os.makedirs(known, exist_ok=True)
    began, left, failed = time.monotonic(), [], []

    def check(name):
        mark = os.path.join(known, digest(name))
        if os.path.exists(mark):
            return
        if not everything and time.monotonic() - began > BUDGET_SECONDS:
            left.append(name)
            return
        done = subprocess.run(["nice", "clang-tidy-19", "-p", "build/asan", "--quiet", name], cwd=TREE,
                              capture_output=True, text=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
        else:
            open(mark, "w").close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(check, files))
    print(f"clang-tidy: {len(files)} files, {len(failed)} with findings, {len(left)} not reached in {BUDGET_SECONDS} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
