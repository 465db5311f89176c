#!/usr/bin/env python3
"""Runs ctest over a build folder and ends with one line: `N passed, N failed`.

Usage: tools/run_tests.py BUILD_DIR [CTEST_ARGUMENT...]

A GoogleTest binary counts with each of its cases (it leaves an XML file in BUILD_DIR/results), any
other ctest entry counts once. No test at all is a failure. What was skipped counts as neither and
is listed with its reason.
"""

import glob
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml


def unit_cases(results):
    """{ctest entry: (passed, [failed case...], [skipped case...])} of GoogleTest's reports."""
    cases = {}
    for path in glob.glob(os.path.join(results, "unit_*.xml")):
        name = os.path.basename(path)[:-4]
        passed, failed, skipped = 0, [], []
        try:
            root = xml.parse(path).getroot()
        except xml.ParseError:  # the binary died while it wrote: ctest's own verdict stands
            continue
        for case in root.iter("testcase"):
            label = f"{case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None:
                failed.append(label)
            elif case.find("skipped") is not None:
                reason = case.find("skipped").get("message", "").strip().splitlines()
                skipped.append(f"{label} ({reason[-1] if reason else 'no reason'})")
            elif case.get("status") == "run":
                passed += 1
        cases[name] = (passed, failed, skipped)
    return cases


def count(junit, cases):
    """(passed, [failed name...], [skipped name...]) over ctest's JUnit report and the unit tests'
    own cases."""
    passed, failed, skipped = 0, [], []
    for entry in xml.parse(junit).getroot().iter("testcase"):
        name, ok = entry.get("name"), entry.get("status") == "run"
        if entry.get("status") in ("disabled", "notrun") and entry.find("failure") is None:
            skipped.append(name)
            continue
        case_passed, case_failed, case_skipped = cases.get(name, (1 if ok else 0, [], []))
        passed += case_passed
        skipped += [f"{name}: {case}" for case in case_skipped]
        failed += [f"{name}: {case}" for case in case_failed]
        if not ok and not case_failed:
            failed.append(name)
    return passed, failed, skipped


def main():
    build, extra = sys.argv[1], sys.argv[2:]
    results = os.path.join(build, "results")
    shutil.rmtree(results, ignore_errors=True)
    os.makedirs(results)
    junit = os.path.abspath(os.path.join(results, "ctest.xml"))
    started = time.monotonic()
    command = ["ctest", "--test-dir", build, "--parallel", "2",
               "--output-on-failure", "--no-tests=error", "--output-junit", junit]
    if sys.stdout.isatty():
        command.append("--progress")
    status = subprocess.run(command + extra).returncode
    if not os.path.exists(junit):
        print("ctest wrote no report\n0 passed, 1 failed")
        return 1
    passed, failed, skipped = count(junit, unit_cases(results))
    print(f"\n{time.monotonic() - started:.0f} s")
    for name in skipped:
        print(f"SKIPPED {name}")
    for name in failed:
        print(f"FAILED {name}")
    if failed:
        entries = sorted({name.split(":")[0] for name in failed})
        print("Run one alone: ctest --test-dir " + build + " --output-on-failure -R '^" +
              entries[0] + "$'")
    elif passed:
        print("Next: `make run` runs a pipeline; `make help` lists the rest.")
    if not passed and not failed:
        failed = ["no test ran"]
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or status else 0


if __name__ == "__main__":
    sys.exit(main())
