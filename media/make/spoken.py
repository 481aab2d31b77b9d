"""The spoken announcement: a chime, then the hours in which the office receives people."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

import sound

NAME = "opening-hours.ogg"
SENTENCES = [
    ("Kính chào ông bà.", 0.4),
    ("Trung tâm mở cửa sáng từ bảy giờ đến mười một giờ,", 0.25),
    ("chiều từ mười ba giờ đến mười bảy giờ.", 0.45),
    ("Cần giúp đỡ, mời ông bà đến quầy số một.", 0.6),
]


def make(path: Path) -> None:
    parts = [np.zeros(sound.RATE // 5), 0.5 * sound.chime()[: int(1.3 * sound.RATE)], np.zeros(sound.RATE // 10)]
    for said, pause in SENTENCES:
        parts += [0.8 * sound.speech(said), np.zeros(int(pause * sound.RATE))]
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "spoken.wav")
        sound.write(wav, np.concatenate(parts))
        opus = ["-c:a", "libopus", "-b:a", "64k", "-application", "voip"]
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(wav), *opus, str(path)], check=True)
