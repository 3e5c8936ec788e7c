# SPDX-License-Identifier: Apache-2.0
"""The gate: runs the parts of tests/run, some beside each other, and prints minutes against budgets."""
import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import parts  # noqa: E402
import sabotage  # noqa: E402
from results import Results  # noqa: E402


def run_part(part, options, results):
    """Runs one part; its output goes to build/logs/<part>.log, failures also to the screen."""
    began = time.monotonic()
    print(f"-> {part.name} ...", flush=True)
    log = os.path.join(TREE, "build", "logs", part.name + ".log")
    with open(log, "w") as out:
        try:
            tests = part.run(TREE, out, options)
        except subprocess.CalledProcessError as error:
            tests = [{"name": part.name, "result": "failed", "why": f"{error.cmd} ended with {error.returncode}"}]
        except Exception as error:  # a broken part is a failed part, whatever broke it
            tests = [{"name": part.name, "result": "failed", "why": repr(error)}]
    minutes = (time.monotonic() - began) / 60
    results.add(part.name, minutes, part.budget_minutes, tests)
    failed = [t for t in tests if t["result"] == "failed"]
    over = "  OVER BUDGET" if minutes > part.budget_minutes else ""
    print(f"{'FAILED' if failed else 'ok':7}{part.name:10} {len(tests):5} tests "
          f"{minutes:6.1f} of {part.budget_minutes} min{over}", flush=True)
    for test in failed:
        print(f"        {test['name']}: {test.get('why', '')}", flush=True)
    if failed:
        with open(log, errors="replace") as lines:
            print("        " + "        ".join(lines.readlines()[-40:]), flush=True)
    return not failed


def main():
    parser = argparse.ArgumentParser(prog="tests/run")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", action="append", metavar="PART", choices=[p.name for p in parts.ALL])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--sabotage", metavar="SEED", type=int)
    options = parser.parse_args()
    os.makedirs(os.path.join(TREE, "build", "logs"), exist_ok=True)
    parts.prepare_environment(TREE)
    if options.full:
        os.environ["SLIPWAY_FULL"] = "1"  # for the simulations
    if options.list:
        return parts.list_system_tests(TREE)
    if options.sabotage is not None:
        return sabotage.main(TREE, options.sabotage, options.full)

    began = time.monotonic()
    results = Results(os.path.join(TREE, "build", "results.json"))
    chosen = [p for p in parts.ALL if not options.only or p.name in options.only]
    # What hardly needs the cores runs beside the parts that follow it; the rest in order.
    with ThreadPoolExecutor(max_workers=2) as pool:
        beside = []
        for part in chosen:
            if part.beside:
                beside.append(pool.submit(run_part, part, options, results))
                continue
            if part.needs_beside:
                for other in beside:
                    other.result()
            run_part(part, options, results)
        for other in beside:
            other.result()
    results.save()
    print(f"\nminutes used: {(time.monotonic() - began) / 60:.1f} "
          f"(cold budget 75, warm 40); results: build/results.json, logs: build/logs/")
    passed, failed, skipped, unsteady = results.counts()
    for test in results.tests:
        if test["result"] == "unsteady":
            print(f"unsteady: {test['name']} failed, then passed: {test['why']}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "") + (f", {unsteady} unsteady" if unsteady else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
