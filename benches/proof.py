#!/usr/bin/env python3
"""What proof of play costs: recording on the screen, sending a day's backlog, asking the server.

`append` measures the screen's side on the disk that --folder names.
"""

import argparse
import importlib
import json
import pathlib
import subprocess

import players
import served

PARTS = {"append": None, "upload": "proof_upload", "query": "proof_query"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["append"], choices=sorted(PARTS), help="what to measure; numbers for upload and query follow --")
    parser.add_argument("--folder", type=pathlib.Path, default=players.ROOT / "target", help="a folder on the disk to measure")
    arguments, rest = parser.parse_known_args()
    print(f"\n{served.machine()}\n")
    for part in arguments.parts:
        if PARTS[part] is None:
            append(arguments.folder)
        else:
            importlib.import_module(PARTS[part]).main(rest)


def append(folder):
    build = ["cargo", "build", "--quiet", "--release", "--workspace", "--example", "proof_append"]
    subprocess.run(build, cwd=players.ROOT, check=True)
    program = players.ROOT / "target/release/examples/proof_append"
    said = subprocess.run([program, str(folder)], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(said)
    rows = [
        ["hand a record to the log (the conductor's part)", f"{found['note_us']:.2f} µs"],
        ["append a record", f"{found['append_us']:.2f} µs"],
        ["seal and make last, median", f"{found['seal_ms']:.2f} ms"],
        ["seal and make last, 99 of 100", f"{found['seal_p99_ms']:.2f} ms"],
        [f"open a log of {found['bytes'] / 1e6:.0f} MB", f"{found['open_ms']:.1f} ms"],
        [f"make a batch of {found['batch_records']:,} records", f"{found['batch_ms']:.1f} ms"],
    ]
    players.print_table(["recording on the screen", "cost"], rows)


if __name__ == "__main__":
    main()
