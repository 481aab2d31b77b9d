#!/usr/bin/env python3
"""Makes every file of the sample show's media again.

    media/make/make.py [--fonts FOLDER] [--out FOLDER] [NAME...]

NAME picks files by the beginning of their name; without one all are made. ../README.md lists what
has to be installed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import document
import film_feedback
import film_online
import film_visit
import form
import pictures
import spoken
from canvas import Faces

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, default=HERE.parent.parent / "ui" / "fonts")
    parser.add_argument("--out", type=Path, default=HERE.parent)
    parser.add_argument("name", nargs="*")
    wanted = parser.parse_args()
    faces = Faces.load(wanted.fonts)
    jobs = {name: lambda path, draw=draw: draw(faces, path) for name, draw in pictures.PICTURES.items()}
    jobs[document.NAME] = lambda path: document.make(wanted.fonts, path)
    jobs[form.NAME] = lambda path: form.make(wanted.fonts, path)
    jobs[spoken.NAME] = spoken.make
    for film in (film_online.FILM, film_visit.FILM, film_feedback.FILM):
        jobs[film.name] = lambda path, film=film: film.make(faces, path)
    for name, make in jobs.items():
        if not wanted.name or any(name.startswith(begin) for begin in wanted.name):
            make(wanted.out / name)
            print(f"{name}: {(wanted.out / name).stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()
