"""Sound: speech by espeak-ng, a bed of plucked strings by numpy, the chime, and the mix.

Signals are mono float arrays at `RATE`. Loudness follows ITU-R BS.1770 through ffmpeg's loudnorm.
"""

from __future__ import annotations

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

RATE = 48_000
# Quiet enough for an office where people are being served.
LOUDNESS_LUFS = -20


def speech(text: str, words_a_minute: int = 148) -> np.ndarray:
    """One sentence in Vietnamese, without the silence before and after it."""
    with tempfile.TemporaryDirectory() as folder:
        raw, smooth = Path(folder, "raw.wav"), Path(folder, "smooth.wav")
        voice = ["espeak-ng", "-v", "vi", "-s", str(words_a_minute), "-p", "42", "-g", "2"]
        subprocess.run([*voice, "-w", str(raw), text], check=True)
        # The synthesiser is thin and sharp: body at 180 Hz, less hiss, and a little room around it.
        tone = "rate -v 48k highpass 90 equalizer 180 1q 3 equalizer 3200 1.2q -3 lowpass 8500"
        room = "reverb 14 40 30 60 4 -3 norm -3"
        subprocess.run(["sox", "-v", "0.5", str(raw), str(smooth), *tone.split(), *room.split()], check=True)
        signal = read(smooth)
    return _trim(signal)


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
        return frames.reshape(-1, file.getnchannels()).mean(axis=1) / 32768


def _trim(signal: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(signal) > 0.012)
    if loud.size == 0:
        return signal
    return signal[max(0, loud[0] - 400) : loud[-1] + 4000]


def pluck(hertz: float, seconds: float, seed: int) -> np.ndarray:
    """A plucked string (Karplus and Strong), soft in its attack."""
    period = int(RATE / hertz)
    noise = np.random.default_rng(seed).uniform(-1, 1, period)
    noise = np.convolve(np.tile(noise, 3), np.ones(9) / 9, "same")[period : 2 * period]
    rounds = int(seconds * RATE / period) + 1
    string, turns = noise, []
    for _ in range(rounds):
        turns.append(string)
        string = 0.996 * (0.5 * string + 0.5 * np.roll(string, 1))
    out = np.concatenate(turns)[: int(seconds * RATE)]
    out *= np.exp(-np.arange(out.size) / RATE * 1.6)
    out[:200] *= np.linspace(0, 1, 200)
    return out


def pad(hertz: float, seconds: float) -> np.ndarray:
    """A held tone that swells and falls away, of a few slightly detuned partials."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * hertz * k * detune * t) / k**2 for k in (1, 2, 3) for detune in (0.998, 1.0, 1.002))
    return tone / 4 * np.sin(np.pi * t / seconds) ** 2


def add(bed: np.ndarray, sound: np.ndarray, at: float, gain: float) -> None:
    start = int(at * RATE)
    part = sound[: max(0, bed.size - start)]
    bed[start : start + part.size] += gain * part


# The five tones of the southern `bắc` mode (hò xự xang xê cống) on C.
_TONES = [130.81, 146.83, 174.61, 196.00, 220.00]
_TUNE = [0, 2, 3, 5, 4, 3, 7, 5, 3, 4, 2, 0, 3, 5, 6, 5]


def music(seconds: float, beat: float = 0.75, seed: int = 1) -> np.ndarray:
    """A calm bed as long as a film, ending in silence."""
    bed = np.zeros(int(seconds * RATE))
    shift = seed * 3
    for step in range(int(seconds / beat)):
        degree = _TUNE[(step + shift) % len(_TUNE)]
        note = _TONES[degree % 5] * 2 ** (degree // 5 + 1)
        add(bed, pluck(note, 2.6, seed * 100 + step), step * beat + 0.1, 0.34)
        if step % 4 == 0:
            root = _TONES[(0, 2, 3, 0)[(step // 4) % 4]]
            add(bed, pad(root, beat * 6), step * beat, 0.22)
            add(bed, pad(root * 1.5, beat * 6), step * beat, 0.12)
    fade = int(1.6 * RATE)
    bed[-fade:] *= np.linspace(1, 0, fade) ** 2
    bed[: RATE // 2] *= np.linspace(0, 1, RATE // 2)
    return bed


def chime() -> np.ndarray:
    """Three struck notes that ask for attention without startling."""
    bell = np.zeros(int(2.0 * RATE))
    for index, hertz in enumerate((523.25, 659.25, 783.99)):
        t = np.arange(int(1.6 * RATE)) / RATE
        tone = np.sin(2 * np.pi * hertz * t) + 0.3 * np.sin(4.01 * np.pi * hertz * t) * np.exp(-6 * t)
        tone *= np.exp(-3.2 * t) * np.minimum(1, t / 0.006)
        add(bell, tone, index * 0.28, 0.4)
    return bell


def write(path: Path, signal: np.ndarray) -> None:
    """16-bit mono at the loudness of all the project's sounds, same length as `signal`."""
    peak = max(1e-6, float(np.abs(signal).max()))
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw.wav")
        with wave.open(str(raw), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes((signal / peak * 0.9 * 32767).astype(np.int16).tobytes())
        measure = f"loudnorm=I={LOUDNESS_LUFS}:TP=-2:LRA=11"
        quiet = ["ffmpeg", "-v", "error", "-y", "-i", str(raw)]
        subprocess.run([*quiet, "-af", measure, "-ar", str(RATE), "-ac", "1", str(path)], check=True)
