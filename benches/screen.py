"""What is to be seen on an X display, looked at from outside: a few columns of pixels, in well under a millisecond."""

import ctypes
import ctypes.util
import subprocess

Z_PIXMAP = 2
ALL_PLANES = ctypes.c_ulong(-1)

# What no page shows: the colour of the display while nobody covers it.
GROUND = (255, 0, 255)

# Average difference in levels of 255 up to which a column counts as the expected one. Players differ by one
# level in their arithmetic; another page differs by tens.
TOLERANCE = 3.0


class _Image(ctypes.Structure):
    # The head of XImage in Xlib.h, as far as it is read.
    _fields_ = [
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.POINTER(ctypes.c_char)),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
        ("bits_per_pixel", ctypes.c_int),
    ]


class Screen:
    """The display that DISPLAY names, which must have 32 bits a pixel."""

    def __init__(self):
        library = ctypes.util.find_library("X11") or "libX11.so.6"
        x11 = ctypes.CDLL(library)
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        x11.XDisplayWidth.argtypes = x11.XDisplayHeight.argtypes = [ctypes.c_void_p, ctypes.c_int]
        x11.XGetImage.restype = ctypes.POINTER(_Image)
        x11.XGetImage.argtypes = [
            ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int,
            ctypes.c_uint, ctypes.c_uint, ctypes.c_ulong, ctypes.c_int,
        ]
        x11.XDestroyImage.argtypes = [ctypes.POINTER(_Image)]
        x11.XSetWindowBackground.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
        x11.XClearWindow.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._x11 = x11
        self._display = x11.XOpenDisplay(None)
        if not self._display:
            raise SystemExit("no X display can be opened; run this through ./dev bench")
        self._root = x11.XDefaultRootWindow(self._display)
        self.width = x11.XDisplayWidth(self._display, 0)
        self.height = x11.XDisplayHeight(self._display, 0)
        # Three columns meet the text of any page; none lies under the clock in the right upper corner.
        self.columns = [self.width * part // 100 for part in (11, 31, 57)]
        self._paint_ground()

    def _paint_ground(self):
        red, green, blue = GROUND
        self._x11.XSetWindowBackground(self._display, self._root, red << 16 | green << 8 | blue)
        self._x11.XClearWindow(self._display, self._root)
        self._x11.XSync(self._display, 0)

    def look(self):
        """The columns as they are now, each as bytes of blue, green, red and a filler."""
        return [self._column(x) for x in self.columns]

    def _column(self, x):
        return self.part(x, 0, 1, self.height)

    def part(self, x, y, width, height):
        """A rectangle as it is now, row by row, each pixel as bytes of blue, green, red and a filler."""
        image = self._x11.XGetImage(self._display, self._root, x, y, width, height, ALL_PLANES, Z_PIXMAP)
        if not image:
            raise SystemExit("the display gave no picture")
        content = image.contents
        if content.bits_per_pixel != 32:
            raise SystemExit(f"the display has {content.bits_per_pixel} bits a pixel, and 32 are needed")
        pixels = ctypes.string_at(content.data, content.bytes_per_line * content.height)
        self._x11.XDestroyImage(image)
        return pixels

    def columns_of(self, picture):
        """The same columns of a picture file of the display's size."""
        raw = subprocess.run(
            ["convert", str(picture), "-depth", "8", "bgra:-"], check=True, stdout=subprocess.PIPE
        ).stdout
        row = self.width * 4
        if len(raw) != row * self.height:
            raise SystemExit(f"{picture} does not have the display's size, {self.width}x{self.height}")
        return [b"".join(raw[y * row + x * 4:y * row + x * 4 + 4] for y in range(self.height)) for x in self.columns]


def is_bare(columns):
    """Whether nobody covers anything of the display."""
    red, green, blue = GROUND
    return all(column[:3] == bytes((blue, green, red)) and is_plain(column) for column in columns)


def is_plain(column):
    """Whether a column has one colour."""
    return column == column[:4] * (len(column) // 4)


def is_same(columns, expected):
    """Whether two looks show the same page."""
    return all(difference(one, other) <= TOLERANCE for one, other in zip(columns, expected))


def is_between(columns, one, other):
    """Whether a look shows one of two pages or a cross-fade from one to the other.

    What lies between differs from both by as much, taken together, as they differ from each other.
    """
    return all(
        difference(look, first) + difference(look, second) <= difference(first, second) + TOLERANCE
        for look, first, second in zip(columns, one, other)
    )


def difference(one, other):
    """The average difference of two columns, sampled in every fourth pixel."""
    total = samples = 0
    for channel in range(3):
        pairs = zip(one[channel::16], other[channel::16])
        total += sum(abs(a - b) for a, b in pairs)
        samples += len(one[channel::16])
    return total / samples
