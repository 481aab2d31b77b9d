"""A film: spoken lines give the timeline, a function draws each frame, ffmpeg encodes.

What is drawn follows what is said: every line has a cue with the second at which it starts and ends.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import sound
from canvas import HEIGHT, WIDTH, Canvas, Faces

FPS = 30
# bt709 said aloud: an untagged file is shown with the wrong matrix by some decoders.
_COLOUR = "-pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"
_CODECS = {
    # A key frame every two seconds, so that a screen that comes back joins the others quickly.
    "h264": "-c:v libx264 -preset slow -crf 23 -profile:v high -g 60 -keyint_min 30 -bf 2",
    "vp9": "-c:v libvpx-vp9 -b:v 0 -crf 34 -g 60 -row-mt 1 -cpu-used 2 -deadline good",
    "av1": "-c:v libsvtav1 -preset 6 -crf 36 -g 60",
}
_SOUND = {
    "h264": "-c:a aac -b:a 96k -movflags +faststart",
    "vp9": "-c:a libopus -b:a 64k",
    "av1": "-c:a libopus -b:a 64k",
}


@dataclass
class Line:
    """One sentence: what it is called in the drawing, how it is said, the pause after it."""

    cue: str
    said: str
    pause: float = 0.45


@dataclass
class Film:
    name: str
    codec: str
    lines: list[Line]
    draw: Callable[[Canvas, float, dict], None]
    lead: float = 0.9
    tail: float = 1.6
    tune: int = 1
    cues: dict[str, tuple[float, float]] = field(default_factory=dict)

    def make(self, faces: Faces, path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            voice = Path(folder, "sound.wav")
            seconds = self._sound(voice)
            self._encode(faces, path, voice, seconds)

    def _sound(self, path: Path) -> float:
        at, spoken = self.lead, []
        for line in self.lines:
            said = sound.speech(line.said)
            spoken.append((at, said))
            self.cues[line.cue] = (at, at + said.size / sound.RATE)
            at = self.cues[line.cue][1] + line.pause
        seconds = round((at + self.tail) * FPS) / FPS
        self.cues["end"] = (at, seconds)
        track = 0.16 * sound.music(seconds, seed=self.tune)
        for start, said in spoken:
            sound.add(track, said, start, 0.8)
        sound.write(path, track)
        return seconds

    def _encode(self, faces: Faces, path: Path, voice: Path, seconds: float) -> None:
        raw = f"-f rawvideo -pix_fmt bgr0 -s {WIDTH}x{HEIGHT} -r {FPS} -i -"
        convert = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
        command = f"ffmpeg -v error -y {raw} -i {voice} -vf {convert} {_COLOUR} {_CODECS[self.codec]}"
        command = command.split() + [*_SOUND[self.codec].split(), "-shortest", str(path)]
        canvas = Canvas(faces)
        # SVT-AV1 prints its settings unless it is told to report errors only.
        quiet = {**os.environ, "SVT_LOG": "1"}
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=quiet) as encoder:
            for frame in range(round(seconds * FPS)):
                self.draw(canvas, frame / FPS, self.cues)
                encoder.stdin.write(pixels(canvas))
            encoder.stdin.close()
        if encoder.returncode:
            raise SystemExit(f"ffmpeg could not write {path}")

    def still(self, faces: Faces, t: float, path: Path) -> None:
        """One frame as PNG, for looking at while designing."""
        canvas = Canvas(faces)
        self.draw(canvas, t, self.cues)
        canvas.surface.write_to_png(str(path))


def pixels(canvas: Canvas) -> bytes:
    canvas.surface.flush()
    data = np.frombuffer(canvas.surface.get_data(), dtype=np.uint8)
    return data.reshape(canvas.height, canvas.surface.get_stride())[:, : canvas.width * 4].tobytes()
