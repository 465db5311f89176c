#!/usr/bin/env python3
"""Builds the unit tests of some folders under a sanitizer preset and runs them.

Usage: tools/sanitize.py PRESET FOLDER...        (presets: asan, tsan)
"""

import os
import subprocess
import sys

OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
    "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19",
}


def main():
    preset, folders = sys.argv[1], sys.argv[2:]
    build = f"build-{preset}"
    tests = [f for f in folders if any(name.endswith("_test.cc") for _, _, names in
                                       os.walk(os.path.join("src", f)) for name in names)]
    if not tests:
        print(f"none of the folders {folders} has a test")
        return 1
    subprocess.run(["cmake", "--preset", preset, "--log-level=WARNING"], check=True)
    targets = [f"weir_{folder}_test" for folder in tests]
    with open(os.path.join(build, "fuzz_targets.txt"), encoding="utf-8") as file:
        fuzz = file.read().split() if preset == "asan" else []
    print(f"{preset}: {len(targets)} test programs and {len(fuzz)} fuzz targets", flush=True)
    subprocess.run(["ninja", "-C", build, "--quiet"] + targets + fuzz, check=True)
    pattern = "^(unit_(" + "|".join(tests) + ")" + "".join(f"|fuzz_{f}" for f in fuzz) + ")$"
    return subprocess.run([sys.executable, "tools/run_tests.py", build, "-R", pattern],
                          env={**os.environ, **OPTIONS}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
