"""The shows that the benchmarks of sync and fleet publish."""

import os
import pathlib
import struct
import zlib

PICTURES = 500
# Random pixels do not compress, so that a picture takes 50 KB.
WIDTH, HEIGHT = 160, 104

HEAD = 'title = "Trung tâm Phục vụ hành chính công"\nunit = "Phường Phú Lợi, thành phố Cần Thơ"\n'


def announcement(title):
    """The `show.toml` of a show of one page."""
    return (
        f'{HEAD}\n[[playlist]]\nname = "today"\ndefault = true\n\n'
        f'[[playlist.item]]\nkind = "announcement"\nname = "today"\ntitle = "{title}"\n'
        'body = "Hồ sơ hộ tịch nhận tại **tầng 2**."\n'
    )


class Pictures:
    """A show of 500 pictures, each of which stays on the display for an hour."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "pictures").mkdir(parents=True)
        self.items = [f"picture-{number:03}" for number in range(1, PICTURES + 1)]
        lines = [HEAD, '[[playlist]]\nname = "all"\ndefault = true\n']
        for item in self.items:
            lines.append(
                f'[[playlist.item]]\nkind = "image"\nname = "{item}"\nsource = "pictures/{item}.png"\ndwell = "1h"\n'
            )
            self.draw(item)
        (self.folder / "show.toml").write_text("\n".join(lines))

    def draw(self, item):
        """Draws an item anew."""
        (self.folder / f"pictures/{item}.png").write_bytes(noise())


def noise():
    """A picture of random pixels as PNG."""
    rows = b"".join(b"\0" + os.urandom(WIDTH * 3) for _ in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
