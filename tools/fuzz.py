#!/usr/bin/env python3
"""Builds the fuzz targets under the address and undefined-behaviour sanitizers and runs them.

Usage: tools/fuzz.py SECONDS_EACH [TARGET...]

Each target runs under libFuzzer for SECONDS_EACH, two at a time. What it learns is kept in
build-asan/corpus/TARGET and used by the next run. An input that kills a target, takes longer than
20 s or more than 3 GB lies in build-asan/crashes; the status is 1 if there is one. Replay it with
`build-asan/TARGET FILE`.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

from sanitize import OPTIONS

BUILD = "build-asan"
AT_ONCE = 2


def targets():
    with open(os.path.join(BUILD, "fuzz_targets.txt"), encoding="utf-8") as file:
        return file.read().split()


def fuzz(target, seconds):
    """(target, its output, status) of one run."""
    corpus = os.path.join(BUILD, "corpus", target)
    os.makedirs(corpus, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="weir-fuzz-") as scratch:
        done = subprocess.run(
            [os.path.join(BUILD, target), f"-max_total_time={seconds}", "-timeout=20",
             "-rss_limit_mb=3000", f"-artifact_prefix={BUILD}/crashes/{target}-",
             "-print_final_stats=1", corpus],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            check=False, env={**os.environ, **OPTIONS, "TMPDIR": scratch})
    return target, done.stdout, done.returncode


def summary(output):
    runs = re.search(r"number_of_executed_units: (\d+)", output)
    new = re.search(r"new_units_added: +(\d+)", output)
    covered = re.findall(r" cov: (\d+) ", output)
    return (f"{runs.group(1) if runs else '?'} runs, {covered[-1] if covered else '?'} edges, "
            f"{new.group(1) if new else '?'} new inputs")


def main():
    seconds, chosen = int(sys.argv[1]), sys.argv[2:]
    subprocess.run(["cmake", "--preset", "asan", "--log-level=WARNING"], check=True,
                   stdout=subprocess.DEVNULL)
    chosen = chosen or targets()
    subprocess.run(["ninja", "-C", BUILD, "--quiet"] + chosen, check=True)
    os.makedirs(os.path.join(BUILD, "crashes"), exist_ok=True)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(fuzz, target, seconds) for target in chosen]
        for run in concurrent.futures.as_completed(runs):
            target, output, status = run.result()
            print(f"{target}: {summary(output)}", flush=True)
            if status != 0:
                print("\n".join(output.splitlines()[-60:]))
                print(f"FAILED {target}: status {status}", flush=True)
                failed.append(target)
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
