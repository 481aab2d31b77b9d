"""The clips that players are measured with: made by ffmpeg, each frame numbered, each second flashing; kept in target/.

The picture is a slowly moving fractal with a moving test card and grain over it, at the bit rate of a film of that
size: what decoding costs lies near that of real films. Where a film is cut or gets another sound, its pictures are
copied, so that every form of a clip costs the same to decode.
"""

import dataclasses
import pathlib
import subprocess
import threading

import counter
import players

FOLDER = players.ROOT / "target/bench-video/clips"
# What a clip has beyond the time that is measured: the start, and the end that is not reached.
SPARE_S = 8
# Long enough for the sound to settle and for flashes to tell a spread.
BEEPS_S = 24
# Pictures are cut at key frames, which stand two seconds apart.
KEY_FRAMES_S = 2
PLAYLIST_S = 4
# Half a second: as many changes as possible in the time that there is.
SHORT_S = 0.5
# Where the numbers of a second clip begin, so that it is told from the first.
SECOND_FROM = 8192

H264 = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"]
VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1", "-threads", "2"]
AV1 = ["-c:v", "libsvtav1", "-preset", "10"]
AAC = ["-c:a", "aac", "-b:a", "128k"]
OPUS = ["-c:a", "libopus", "-b:a", "96k"]

MUSIC = "anoisesrc=color=pink:amplitude=0.3:r=48000,aformat=channel_layouts=stereo,tremolo=f=3:d=0.7"
BEEPS = "aevalsrc='if(lt(mod(t,1),0.08),0.8*sin(2*PI*1000*t),0)':s=48000,aformat=channel_layouts=stereo"


@dataclasses.dataclass(frozen=True)
class Form:
    """What a clip is made of; the rate is that of the pictures in megabits a second."""

    name: str
    width: int
    height: int
    frames_a_second: int
    megabits: int
    video: tuple
    sound: tuple
    ending: str


FORMS = {
    form.name: form
    for form in (
        Form("h264-720p30", 1280, 720, 30, 4, tuple(H264), tuple(AAC), "mp4"),
        Form("h264-1080p30", 1920, 1080, 30, 8, tuple(H264), tuple(AAC), "mp4"),
        Form("h264-1080p60", 1920, 1080, 60, 12, tuple(H264), tuple(AAC), "mp4"),
        Form("h264-2160p30", 3840, 2160, 30, 25, tuple(H264), tuple(AAC), "mp4"),
        Form("vp9-1080p30", 1920, 1080, 30, 5, tuple(VP9), tuple(OPUS), "webm"),
        Form("av1-1080p30", 1920, 1080, 30, 4, tuple(AV1), tuple(OPUS), "webm"),
    )
}


@dataclasses.dataclass(frozen=True)
class Clip:
    """A clip and its variants."""

    form: Form
    seconds: int
    film: pathlib.Path
    # The same pictures with a beep at each flash.
    beeps: pathlib.Path
    # Two that follow each other in a playlist, the numbers of the second from SECOND_FROM on.
    pair: tuple
    # The shortest, for many changes.
    short: pathlib.Path

    def nominal_s(self):
        """The time of one frame."""
        return 1 / self.form.frames_a_second

    def fits_screen(self):
        return (self.form.width, self.form.height) == (1920, 1080)


def make(name, seconds):
    """The clip of a form, long enough to be measured for so many seconds."""
    form = FORMS[name]
    FOLDER.mkdir(parents=True, exist_ok=True)
    whole = max(seconds + SPARE_S, BEEPS_S)
    # Cuts lie on key frames only where the whole does.
    whole += -whole % KEY_FRAMES_S
    film = _kept(form, f"{whole}s", lambda out: encode(form, out, 0, whole))
    beeps = _kept(form, "beeps", lambda out: _cut(form, film, out, BEEPS_S, BEEPS))
    first = _kept(form, "first", lambda out: _cut(form, film, out, PLAYLIST_S, MUSIC))
    second = _kept(form, "second", lambda out: encode(form, out, SECOND_FROM, PLAYLIST_S))
    short = _kept(form, "short", lambda out: _cut(form, film, out, SHORT_S, MUSIC))
    return Clip(form, whole, film, beeps, (first, second), short)


def _kept(form, variant, write):
    out = FOLDER / f"{form.name}-{variant}.{form.ending}"
    if not out.exists():
        print(f"  making {out.name}, once", flush=True)
        part = out.with_name(f"part-{out.name}")
        write(part)
        part.rename(out)
    return out


def encode(form, out, first, seconds):
    """Writes a clip whose frames are numbered from `first` on."""
    width, height, rate = form.width, form.height, form.frames_a_second
    across, down = (round(width * counter.WIDTH), round(height * counter.HEIGHT))
    x, y = (round(width * counter.LEFT), round(height * counter.TOP))
    fractal = (
        f"mandelbrot=s={width}x{height}:maxiter=600:start_scale=0.6:end_scale=0.01,select=eq(n\\,0),"
        f"loop=loop=-1:size=1,setpts=N/{rate}/TB,scroll=h={0.063 / rate}:v={0.027 / rate},fps={rate},format=yuv420p"
    )
    card = f"testsrc2=s={width // 2}x{height // 2}:r={rate}"
    graph = (
        f"[1][2]overlay=x='W*(0.25+0.16*sin(t))':y='H*(0.25+0.14*cos(t))',noise=c0s=7:allf=t[film];"
        f"[0]scale={across}:{down}:flags=neighbor[number];[film][number]overlay={x}:{y},format=yuv420p"
    )
    command = [
        "ffmpeg", "-v", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{counter.CELLS}x1", "-r", str(rate), "-i", "pipe:0",
        "-f", "lavfi", "-i", fractal, "-f", "lavfi", "-i", card, "-f", "lavfi", "-i", MUSIC,
        "-filter_complex", graph, "-map", "3:a", "-t", str(seconds), *form.video, "-g", str(rate * KEY_FRAMES_S),
        "-b:v", f"{form.megabits}M", *_ceiling(form), *form.sound, str(out),
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    threading.Thread(target=_number, args=(process.stdin, form, first, seconds), daemon=True).start()
    if process.wait() != 0:
        raise SystemExit(f"ffmpeg could not make {out}")


def _ceiling(form):
    if "libx264" not in form.video:
        return []
    return ["-maxrate", f"{form.megabits * 3 // 2}M", "-bufsize", f"{form.megabits * 2}M"]


def _number(pipe, form, first, seconds):
    rate = form.frames_a_second
    try:
        # A little more than is encoded: ffmpeg ends by the time, not by the end of the pipe.
        for index in range(rate * (seconds + 1)):
            is_flash = index >= rate and index % rate < max(2, rate // 10)
            pipe.write(counter.cells(first + index, is_flash))
        pipe.close()
    except BrokenPipeError:
        # ffmpeg has all the frames it wants.
        pass


def _cut(form, film, out, seconds, sound):
    command = [
        "ffmpeg", "-v", "error", "-y", "-t", str(seconds), "-i", str(film), "-f", "lavfi", "-t", str(seconds), "-i", sound,
        "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-frames:v", str(round(seconds * form.frames_a_second)),
        *form.sound, "-t", str(seconds), str(out),
    ]
    subprocess.run(command, check=True)


def frames(file):
    """How many frames a file holds."""
    command = [
        "ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries", "stream=nb_read_packets",
        "-of", "csv=p=0", str(file),
    ]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().strip(","))
