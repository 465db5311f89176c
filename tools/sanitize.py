#!/usr/bin/env python3
"""Builds what some folders and the whole program do under a sanitizer preset, and runs it.

Usage: tools/sanitize.py PRESET FOLDER...        (presets: asan, tsan)

Runs the unit tests of the folders, then build-PRESET/weir under those of the scripts in tests/ that
need no ClickHouse engine (its allocator and the sanitizers' cannot share a process); asan also runs
every fuzz target for a moment. Whatever any process reports is printed; the status is then 1.
"""

import os
import shutil
import subprocess
import sys
import time

SYMBOLIZER = "/usr/bin/llvm-symbolizer-19"
OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:"
                    f"external_symbolizer_path={SYMBOLIZER}",
    "ASAN_SYMBOLIZER_PATH": SYMBOLIZER,
    # This one starts the program with the ClickHouse engine.
    "GTEST_FILTER": "-SupervisorTest.AKilledStoreLosesNothing",
    # How many random histories a test tries: each costs ten times as much as in a release build.
    "WEIR_TEST_HISTORIES": "6",
}
# ctest entries that drive the program.
SCRIPTS = {
    "asan": ["golden_.*", "cli_errors", "cli_lanes", "clients_broker", "clients_kafka_groups"],
    "tsan": ["golden_window_.*", "golden_query_.*", "cli_lanes", "clients_broker",
             "clients_kafka_groups"],
}
REPORT_LINES = 80


def options(reports):
    """OPTIONS, with reports written to files of that folder."""
    path = os.path.join(os.path.abspath(reports), "report")
    return {key: f"{value}:log_path={path}" if key.endswith("_OPTIONS") else value
            for key, value in OPTIONS.items()}


def show(reports):
    """Prints what the sanitizers wrote; how many files."""
    names = sorted(os.listdir(reports))
    for name in names:
        with open(os.path.join(reports, name), encoding="utf-8", errors="replace") as file:
            print(f"\n{name}\n" + "".join(file.readlines()[:REPORT_LINES]))
    return len(names)


def main():
    preset, folders = sys.argv[1], sys.argv[2:]
    build = f"build-{preset}"
    started = time.monotonic()
    tests = [f for f in folders if any(name.endswith("_test.cc") for _, _, names in
                                       os.walk(os.path.join("src", f)) for name in names)]
    if not tests:
        print(f"none of the folders {folders} has a test")
        return 1
    subprocess.run(["cmake", "--preset", preset, "--log-level=WARNING"], check=True,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(build, "fuzz_targets.txt"), encoding="utf-8") as file:
        fuzz = file.read().split() if preset == "asan" else []
    print(f"{preset}: {len(tests)} test programs, {len(fuzz)} fuzz targets and weir", flush=True)
    subprocess.run(["ninja", "-C", build, "--quiet", "weir"] +
                   [f"weir_{folder}_test" for folder in tests] + fuzz, check=True)
    reports = os.path.join(build, "reports")
    shutil.rmtree(reports, ignore_errors=True)
    os.makedirs(reports)
    pattern = "^(" + "|".join([f"unit_{f}" for f in tests] + [f"fuzz_{f}" for f in fuzz] +
                              SCRIPTS[preset]) + ")$"
    status = subprocess.run([sys.executable, "tools/run_tests.py", build, "-R", pattern],
                            env={**os.environ, **options(reports)}, check=False).returncode
    found = show(reports)
    print(f"{preset}: {found} reports, {time.monotonic() - started:.0f} s with the build")
    return 1 if status or found else 0


if __name__ == "__main__":
    sys.exit(main())
