#!/usr/bin/env python3
"""Taking in a day's backlog of 10,000 screens: rows a second on one core, on SQLite and PostgreSQL.

A screen that shows an item every 12 s for 10 hours writes 6,000 records and 60 of its work. SCREENS of them are sent
one after the other (unpacked, verified, kept, countersigned, added up); the rest of 10,000 is multiplied, because each
screen costs the same: the factor stands in the output.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import proof_database

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "target/release/examples/proof_upload"
FLEET = 10_000
RECORDS = 6_000


def measure(screens):
    subprocess.run(
        ["cargo", "build", "--release", "-q", "--workspace", "--example", "proof_upload"], cwd=ROOT, check=True
    )
    for name, address in proof_database.addresses():
        run = subprocess.run(
            ["taskset", "-c", "0", PROGRAM, address, str(screens), str(RECORDS)],
            check=True, stdout=subprocess.PIPE, text=True,
        )
        found = json.loads(run.stdout)
        factor = FLEET / screens
        hours = found["seconds"] * factor / 3600
        print(f"{name}: {found['rows']} rows of {screens} screens in {found['seconds']:.1f} s")
        print(f"  {found['rows_per_second']:.0f} rows/s on one core; longest batch {found['longest_batch_ms']:.0f} ms")
        print(f"  {found['sent_bytes_per_row']:.0f} bytes a row sent, {found['kept_bytes_per_row']:.0f} kept raw")
        print(f"  {FLEET} screens: {hours:.2f} h on one core (measured x {factor:.0f})")


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        proof_database.FOLDER = pathlib.Path(folder)
        measure(int(arguments[0]) if arguments else 100)


if __name__ == "__main__":
    main(sys.argv[1:])
