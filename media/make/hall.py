"""The hall of the centre seen from above: walls, six counters, seats, the ticket stand, the door.

Drawn by the picture of the hall and by the film of a visit, in the colours that each of them brings.
Its units are pixels of a 1200 x 760 plan with the origin at the upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

from canvas import Canvas

SIZE = (1200, 760)
COUNTERS = {str(n): (110 + (n - 1) * 196, 92) for n in range(1, 7)}
DOOR = (250, 760)
TICKETS = (250, 560)
SEATS = [(640 + column * 92, 420 + row * 104) for row in range(3) for column in range(5)]


@dataclass
class Colours:
    floor: str
    wall: str
    seat: str
    counter: str
    number: str
    chosen: str
    chosen_number: str


def draw(c: Canvas, colours: Colours, chosen: dict[str, float], arrive: float = 1.0) -> None:
    """`chosen` gives how far each counter has taken the accent, 0 to 1."""
    width, height = SIZE
    c.rect(0, 0, width, height, colours.floor, radius=18)
    gap = 92
    left, right = DOOR[0] - gap, DOOR[0] + gap
    wall = [(right, height), (width, height), (width, 0), (0, 0), (0, height), (left, height)]
    c.shape(wall, colours.wall, stroke=12, closed=False)
    _seats(c, colours, arrive)
    _tickets(c, colours)
    for index, (number, (x, y)) in enumerate(COUNTERS.items()):
        come = max(0.0, min(1.0, arrive * 2.2 - index * 0.2))
        _counter(c, colours, number, x, y, chosen.get(number, 0.0), come)


def _counter(c, colours, number, x, y, chosen, come):
    if come <= 0:
        return
    c.rect(x - 84, y + 66, 168 * come, 22, colours.wall, radius=6)
    c.rect(x - 62, y - 62, 124, 112, colours.counter, come, radius=18)
    if chosen > 0:
        c.rect(x - 62, y - 62, 124, 112, colours.chosen, chosen, radius=18)
    ink = colours.chosen_number if chosen > 0.5 else colours.number
    c.text(number, x, y + 25, 88, c.faces.heavy, ink, "center", alpha=come)


def _seats(c, colours, arrive):
    for index, (x, y) in enumerate(SEATS):
        if arrive * 1.6 * len(SEATS) > index:
            c.rect(x - 34, y - 28, 68, 60, colours.seat, radius=16)


def _tickets(c, colours):
    x, y = TICKETS
    c.rect(x - 58, y - 44, 116, 88, colours.counter, radius=14)
    c.rect(x - 36, y - 8, 72, 12, colours.number, radius=6)
