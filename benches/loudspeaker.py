"""A sound server of the benchmark's own whose only device goes nowhere, the same for every player; and what is recorded.

The device is listened to all the time: without a listener it wakes irregularly, and players that follow it stutter.
Screen and sound are recorded by one ffmpeg whose time stamps are the machine's clock on both sides; it takes the
latency of the sound server off by itself.
"""

import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

RATE = 48000
# Looks at the screen in a second while it is recorded: an eighth of a frame's time at 30, a quarter at 60.
LOOKS = 240
# A beep is told from silence and from what encoding smears before it.
LOUD_DB = -20.0
# Samples that are judged together: a millisecond.
STEP = RATE // 1000
# Flashes and beeps that belong together are nearer than this.
NEAR_S = 0.4
# The first flashes may fall into the time in which a player finds its pace.
SETTLE_S = 3.0

# Ends with the benchmark, even where that is killed outright.
BOUND = ["setpriv", "--pdeathsig", "TERM"]


class Loudspeaker:
    """The server, for the time of a `with`; what is started meanwhile plays into it."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="motcua-sound-"))
        self._before = dict(os.environ)
        socket = self.folder / "native"
        (self.folder / "asound.conf").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(self.folder)
        os.environ.update(
            PULSE_SERVER=f"unix:{socket}", ALSA_CONFIG_PATH=str(self.folder / "asound.conf"),
            SDL_AUDIODRIVER="pulse", SDL_VIDEODRIVER="x11",
        )
        self._started = [self._start(
            "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
            "-L", f"module-null-sink sink_name=screen rate={RATE} channels=2",
            "-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
        )]
        for _ in range(100):
            if socket.exists():
                break
            time.sleep(0.1)
        else:
            raise SystemExit("pulseaudio did not start within 10 s")
        self._started.append(self._start(
            "parec", "--device=screen.monitor", "--channels=1", "--format=s16le", "--raw", "--rate=8000",
            "--latency-msec=100",
        ))
        return self

    def _start(self, *command):
        return subprocess.Popen(
            [*BOUND, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __exit__(self, *_):
        for process in reversed(self._started):
            process.kill()
            process.wait()
        os.environ.clear()
        os.environ.update(self._before)
        shutil.rmtree(self.folder, ignore_errors=True)


class Recorder:
    """A record of a small part of the display (x, y, width, height) and of what is heard."""

    def __init__(self, folder, part):
        self._seen, self._heard = folder / "seen", folder / "heard"
        x, y, width, height = part
        command = [
            *BOUND, "ffmpeg", "-v", "fatal", "-nostdin", "-y", "-copyts",
            "-thread_queue_size", "4096", "-f", "x11grab", "-draw_mouse", "0", "-framerate", str(LOOKS),
            "-video_size", f"{width}x{height}", "-grab_x", str(x), "-grab_y", str(y), "-i", os.environ["DISPLAY"],
            "-thread_queue_size", "4096", "-f", "pulse", "-sample_rate", str(RATE), "-channels", "1",
            "-fragment_size", str(RATE // 100 * 2), "-i", "screen.monitor",
            "-map", "0:v", "-vf", f"format=gray,signalstats,{printing('metadata', 'signalstats.YAVG', self._seen)}",
            "-vsync", "passthrough", "-f", "null", "-",
            "-map", "1:a", "-af",
            f"asetnsamples=n={STEP}:p=0,astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,"
            f"{printing('ametadata', 'astats.Overall.Peak_level', self._heard)}",
            "-f", "null", "-",
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def offsets(self):
        """Ends the record. Seconds by which each beep was heard after its flash was seen."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        flashes, beeps = self._flashes(), self._beeps()
        if not flashes:
            return []
        offsets = []
        for flash in flashes:
            near = min(beeps, key=lambda beep: abs(beep - flash), default=None)
            if flash - flashes[0] >= SETTLE_S and near is not None and abs(near - flash) < NEAR_S:
                offsets.append(near - flash)
        return offsets

    def _flashes(self):
        # Pictures have time stamps in millionths of a second.
        looks = [(stamp / 1_000_000, level) for stamp, level in printed(self._seen)]
        if not looks:
            return []
        middle = (min(level for _, level in looks) + max(level for _, level in looks)) / 2
        return edges(looks, middle)

    def _beeps(self):
        # Sound has time stamps in samples.
        return edges([(stamp / RATE, level) for stamp, level in printed(self._heard)], LOUD_DB)


def printing(filter_name, key, file):
    return f"{filter_name}=print:key=lavfi.{key}:file={file}"


def printed(file):
    """Time stamps and values that ffmpeg's filter `metadata` wrote."""
    found, stamp = [], None
    for line in file.read_text().splitlines() if file.exists() else []:
        if line.startswith("frame:"):
            stamp = int(line.split("pts:")[1].split()[0])
        elif "=" in line and stamp is not None:
            value = line.partition("=")[2]
            found.append((stamp, -200.0 if "inf" in value or "nan" in value else float(value)))
    return found


def edges(looks, level):
    """When the level was passed upwards after at least a quarter of a second below it."""
    found, last_above = [], None
    for when, value in looks:
        if value > level:
            if last_above is None or when - last_above > 0.25:
                found.append(when)
            last_above = when
    return found


def summary(offsets):
    """Median and standard deviation; nothing of fewer than three."""
    if len(offsets) < 3:
        return None
    return statistics.median(offsets), statistics.stdev(offsets)
