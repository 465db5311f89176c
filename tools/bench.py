#!/usr/bin/env python3
"""Runs every micro-benchmark of a release build and writes one JSON file.

Usage: tools/bench.py BUILD_DIR OUT.json [FILTER]

The file is a list of objects {workload, engine, version, wall_ns, cpu_ns, items_per_core_second,
bytes_per_core_second, counters, machine, commit, settings}; rates are per second of CPU, so that a
busy machine changes them little. A benchmark that fails ends the run with status 1.
"""

import json
import os
import subprocess
import sys


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if "model name" in line), "?")
    return f"{model}, {os.cpu_count()} cores"


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True,
                          text=True, check=False)
    return done.stdout.strip() or "unknown"


STANDARD = {"name", "family_index", "per_family_instance_index", "run_name", "run_type", "threads",
            "repetitions", "repetition_index", "iterations", "real_time", "cpu_time", "time_unit",
            "items_per_second", "bytes_per_second", "label", "error_occurred", "error_message"}


def rows_of(target, report):
    nanoseconds = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    for run in report["benchmarks"]:
        unit = nanoseconds[run["time_unit"]]
        yield {
            "workload": f"{target}/{run['name']}", "engine": "weir", "version": "0.1.0",
            "wall_ns": run["real_time"] * unit, "cpu_ns": run["cpu_time"] * unit,
            "items_per_core_second": run.get("items_per_second"),
            "bytes_per_core_second": run.get("bytes_per_second"),
            "counters": {key: run[key] for key in run if key not in STANDARD},
            "machine": machine(), "commit": commit(), "settings": "release",
        }


def rate(value, unit):
    return "" if not value else f"{value / 1e6:10.1f} M{unit}/s"


def main():
    build, out = sys.argv[1:3]
    pattern = sys.argv[3] if len(sys.argv) > 3 else "."
    with open(os.path.join(build, "bench_targets.txt"), encoding="utf-8") as file:
        targets = file.read().split()
    rows = []
    for target in targets:
        print(target, flush=True)
        done = subprocess.run([os.path.join(build, target), "--benchmark_format=json",
                               f"--benchmark_filter={pattern}", "--benchmark_min_time=0.3"],
                              stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode or not done.stdout.strip():
            print(f"{target} failed with status {done.returncode}")
            return 1
        for row in rows_of(target[len("weir_"):-len("_bench")], json.loads(done.stdout)):
            rows.append(row)
            print(f"  {row['workload']:60} {row['cpu_ns']:14.1f} ns"
                  f"{rate(row['items_per_core_second'], 'items')}"
                  f"{rate(row['bytes_per_core_second'], 'B')}", flush=True)
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
        file.write("\n")
    print(f"{len(rows)} benchmarks -> {out}")
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())
