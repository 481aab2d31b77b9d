"""The players of films that are compared, the command line of each, and what is decoded without being shown."""

import dataclasses
import os
import pathlib
import shutil
from typing import Callable, Optional

import players

# A day on which every playlist of up to a hundred items begins with its first, at the beginning of that day.
AT = "2027-02-01T00:00"
# As many as the player's own decoder uses.
THREADS = "2"
# A window that makes the player scale a clip of the screen's size.
SCALED = (1600, 900)

NAMES = ("motcua", "motcua-ticker", "motcua-scaled", "mpv", "gstreamer", "chromium", "ffplay")

SHOW = """
title = "Trung tâm Phục vụ hành chính công"
unit = "Phường Phú Lợi, thành phố Cần Thơ"
hotline = "0299 3623 333"
{ticker}

[[playlist]]
name = "films"
default = true
"""

ITEM = """
[[playlist.item]]
kind = "video"
name = "film-{number}"
source = "{source}"
{more}
"""

PAGE = """<!doctype html><body style="margin:0;background:#000;overflow:hidden">
<video src="{source}" autoplay style="display:block;width:100vw;height:100vh"></video>"""


@dataclasses.dataclass(frozen=True)
class Subject:
    """A player: its name, its command for a list of films, where the picture stands, and what it can."""

    name: str
    command: Callable
    # Width and height of the picture, which begins in the upper left corner; the display's without it.
    size: Optional[tuple] = None
    plays_lists: bool = True
    is_own: bool = False


class Players:
    """The commands, whose shows and pages lie in a folder."""

    def __init__(self, folder, player):
        self.folder = pathlib.Path(folder)
        self.player = pathlib.Path(player).resolve()
        if not self.player.exists():
            raise SystemExit(f"{self.player} is not there; build it with cargo build --release")

    def subjects(self):
        windowed = "x".join(map(str, SCALED))
        return {
            "motcua": Subject("motcua", self.motcua, is_own=True),
            "motcua-ticker": Subject(
                "motcua, with ticker", lambda films: self.motcua(films, ticker=players.TICKER), is_own=True
            ),
            "motcua-scaled": Subject(
                f"motcua, scaled to {windowed}", lambda films: [*self.motcua(films), "--windowed", windowed],
                size=SCALED, is_own=True,
            ),
            "mpv": Subject("mpv --vo=x11", self.mpv),
            "gstreamer": Subject("GStreamer ximagesink", self.gstreamer),
            "chromium": Subject("Chromium kiosk", self.chromium, plays_lists=False),
            "ffplay": Subject("ffplay", self.ffplay, plays_lists=False),
        }

    def motcua(self, films, ticker="", more=""):
        show = self.folder / "show"
        shutil.rmtree(show, ignore_errors=True)
        show.mkdir()
        items = []
        for number, film in enumerate(films, 1):
            lie(film, show / film.name)
            items.append(ITEM.format(number=number, source=film.name, more=more))
        (show / "show.toml").write_text(SHOW.format(ticker=ticker) + "".join(items))
        # No settings and no state but the benchmark's own.
        return [str(self.player), "--log", "error", "play", str(show), "--at", AT, "--state", str(self.folder / "state")]

    def mpv(self, films):
        return [
            "mpv", "--no-config", "--no-terminal", "--fs", "--vo=x11", "--ao=pulse", "--no-osc",
            "--no-input-default-bindings", "--cursor-autohide=always", "--prefetch-playlist=yes", *map(str, films),
        ]

    def gstreamer(self, films):
        if len(films) == 1:
            return [
                "gst-play-1.0", "-q", "--no-interactive", "--videosink=ximagesink", "--audiosink=pulsesink", str(films[0]),
            ]
        # The playbin of Debian 12 asks for the next clip only when the present one is over, and then stays still;
        # decoders that stand ready behind a `concat` give the cut that it promises.
        pipeline = (
            "concat name=v ! queue ! videoconvert ! videoscale ! ximagesink "
            "concat name=a ! queue ! audioconvert ! audioresample ! pulsesink"
        ).split()
        for number, film in enumerate(films):
            decoder = f"d{number}"
            pipeline += [
                "uridecodebin", f"uri={film.as_uri()}", f"name={decoder}", *f"{decoder}. ! video/x-raw ! queue ! v.".split(),
                *f"{decoder}. ! audio/x-raw ! queue ! a.".split(),
            ]
        return ["gst-launch-1.0", "-q", *pipeline]

    def ffplay(self, films):
        return ["ffplay", "-v", "error", "-nostats", "-fs", "-autoexit", str(films[0])]

    def chromium(self, films):
        profile, page = self.folder / "profile", self.folder / "page.html"
        shutil.rmtree(profile, ignore_errors=True)
        page.write_text(PAGE.format(source=films[0].as_uri()))
        return [
            "chromium", "--kiosk", "--no-sandbox", "--test-type", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-features=Translate", "--password-store=basic", "--autoplay-policy=no-user-gesture-required",
            f"--user-data-dir={profile}", page.as_uri(),
        ]


def decoding(film):
    """Decodes the pictures as quickly as they can be, and shows nothing."""
    return ["ffmpeg", "-v", "error", "-nostdin", "-threads", THREADS, "-i", str(film), "-map", "0:v", "-f", "null", "-"]


# Both programs decode pictures and sound at the pace of the clip, and play the sound; the cheaper one is the floor.
def decoding_with_sound(film):
    """In ffmpeg, which waits for the clock and drops the pictures."""
    return [
        "ffmpeg", "-v", "error", "-nostdin", "-threads", THREADS, "-re", "-i", str(film),
        "-map", "0:v", "-f", "null", "-", "-map", "0:a", "-f", "pulse", "film",
    ]


def decoding_in_mpv(film):
    """In mpv, which times the pictures as it would for showing them."""
    return [
        "mpv", "--no-config", "--no-terminal", "--vo=null", "--ao=pulse", "--framedrop=no",
        f"--vd-lavc-threads={THREADS}", str(film),
    ]


def lie(film, place):
    """Puts a film into a show without copying it, where the file system can."""
    if place.exists():
        return
    try:
        os.link(film, place)
    except OSError:
        shutil.copy(film, place)


# GStreamer's window has the clip's size and borders, and asks for no more; the window manager does it for it.
WINDOW_RULES = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme><keepBorder>no</keepBorder></theme>
  <applications>
    <application class="*"><decor>no</decor><position force="yes"><x>0</x><y>0</y></position></application>
    <application name="gst*"><decor>no</decor><fullscreen>yes</fullscreen></application>
  </applications>
</openbox_config>
"""


def rule_windows(folder):
    """Writes what the window manager of the display reads at its start."""
    place = folder / "openbox"
    place.mkdir(parents=True, exist_ok=True)
    (place / "rc.xml").write_text(WINDOW_RULES)
    os.environ["XDG_CONFIG_HOME"] = str(folder)
