#!/usr/bin/env python3
"""A show of 2,000 items and 300 entries: planning a day, finding what is next, and memory over a simulated year.
"""

import json
import os
import subprocess

import players
import served


def main():
    build = ["cargo", "build", "--release", "-q", "--workspace", "--example", "plan_days"]
    if os.environ.get("MOTCUA_BUILT") is None:
        subprocess.run(build, cwd=players.ROOT, check=True)
    example = players.ROOT / "target/release/examples/plan_days"
    report = json.loads(subprocess.run([example], check=True, capture_output=True, text=True).stdout)
    day, lookup = report["day_ms"], report["next_change_us"]
    memory = [kib / 1024 for kib in report["resident_kib_by_month"]]
    print(f"\n{served.machine()}\n")
    heads = [f"{report['items']:,} items, {report['entries']} entries", "median", "p99", "most"]
    players.print_table(
        heads,
        [
            ["planning a day, ms", *(f"{day[key]:.2f}" for key in ("median", "p99", "most"))],
            ["what is next, µs", *(f"{lookup[key]:.2f}" for key in ("median", "p99", "most"))],
        ],
    )
    print(f"\nmade ready from the read show: {report['made_ready_ms']:.1f} ms")
    print(f"the first day, with every rule counted from its first day on: {report['first_day_ms']:.1f} ms")
    print(f"a year of {report['slots_a_year']:,} slots: {memory[1]:.1f} MiB after a month, {memory[-1]:.1f} MiB at its end")


if __name__ == "__main__":
    main()
