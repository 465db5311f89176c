#!/usr/bin/env python3
"""Runs every fuzz target of a build with fresh random seeds for a time each.

Usage: tools/fuzz.py BUILD_DIR SECONDS_EACH

A target that dies prints the seed with which it dies again and leaves its last input in a file;
the status is 1 if one did.
"""

import os
import subprocess
import sys
import time


def main():
    build, seconds = sys.argv[1], float(sys.argv[2])
    with open(os.path.join(build, "fuzz_targets.txt"), encoding="utf-8") as file:
        targets = file.read().split()
    failed = []
    for target in targets:
        seed = time.time_ns() & 0xFFFFFFFF
        done = subprocess.run([os.path.join(build, target), "--seconds", str(seconds), "--seed",
                               str(seed)], stdout=subprocess.PIPE, text=True, check=False)
        verdict = "" if done.returncode == 0 else f"; DIED with status {done.returncode}"
        print(f"{target}: {done.stdout.strip()}{verdict}", flush=True)
        if done.returncode:
            failed.append(target)
    print(f"{len(targets) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not targets else 0


if __name__ == "__main__":
    sys.exit(main())
