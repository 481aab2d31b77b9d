#!/usr/bin/env python3
"""Reports over roll-ups that are worth 100 million records: a year of 300 screens, on SQLite and PostgreSQL.

The roll-ups are filled directly (60 items and 8 topics a screen and day, 50 units with a release a month of 300
procedures); each question is asked TIMES times for random units, screens, procedures and months.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import proof_database

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "target/release/examples/proof_query"


def measure(screens, days, times):
    subprocess.run(
        ["cargo", "build", "--release", "-q", "--workspace", "--example", "proof_query"], cwd=ROOT, check=True
    )
    for name, address in proof_database.addresses():
        run = subprocess.run(
            [PROGRAM, address, str(screens), str(days), str(times)], check=True, stdout=subprocess.PIPE, text=True
        )
        print(f"{name}: {screens} screens, {days} days, {screens * days * 913 / 1e6:.0f} million records' worth")
        print(f"  {'question':28} {'p50 ms':>9} {'p95 ms':>9} {'rows':>7}")
        for line in run.stdout.splitlines():
            found = json.loads(line)
            print(f"  {found['question']:28} {found['p50_ms']:9.1f} {found['p95_ms']:9.1f} {found['rows']:7}")


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        proof_database.FOLDER = pathlib.Path(folder)
        asked = [int(argument) for argument in arguments] + [300, 365, 20][len(arguments):]
        measure(*asked)


if __name__ == "__main__":
    main(sys.argv[1:])
