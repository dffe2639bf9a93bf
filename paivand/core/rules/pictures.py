"""Pictures of figures: what a drawing is made of, and how it becomes an SVG, a table of cells and a CSV file.

The server draws: a page needs no script for it, a phone loads nothing, and the file holds what the screen shows.
``lines``, ``bars``, ``areas`` and ``flows`` know where things stand; here is what they have in common. On a page the
colours come from its styles, by the classes of the marks; a file carries ``STYLE`` inside.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape

from paivand.core.rules.spreadsheets import harmless

STYLE = (
    "text{font-family:'Source Sans 3','Vazirmatn',sans-serif;font-size:14px;fill:#4b3f36;unicode-bidi:plaintext}"
    ".strong{font-weight:700;fill:#2a211b}.light{fill:#fff7f4}.middle{text-anchor:middle}.end{text-anchor:end}"
    ".small{font-size:12px}.size-l{font-size:13px}.size-m{font-size:11.5px}.size-s{font-size:9.2px}"
    ".size-far{font-size:26px}.title{font-size:17px;font-weight:700;fill:#2a211b}"
    ".bar,.line-dot,.stage{fill:#8c1d3f}.bar.second{fill:#215b7a}.bar.third{fill:#e3a32b}.track{fill:#efe7da}"
    ".line{fill:none;stroke:#8c1d3f;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}"
    ".grid{stroke:#e4d9c8;stroke-width:1}.axis{stroke:#8d7c6c;stroke-width:1}"
    ".goal{stroke:#27613f;stroke-width:2;stroke-dasharray:6 4}.goal-mark{fill:#27613f}"
    ".ribbon{fill:#8c1d3f;fill-opacity:.28}.lost{fill:#8d7c6c;fill-opacity:.35}"
    ".hatch-ground{fill:#fffdf9}.hatch-line{stroke:#8d7c6c;stroke-width:2}.hidden{stroke:#8d7c6c;stroke-width:1}"
    ".area{stroke:#8d7c6c;stroke-width:1;fill:#efe7da}.class-0{fill:#fffdf9}.class-1{fill:#efdedd}"
    ".class-2{fill:#dcb8c0}.class-3{fill:#c58b9b}.class-4{fill:#a64d68}.class-5{fill:#8c1d3f}"
)
"""The look of a file: the light palette of the screen."""

EDGE = 16
"""Room around the drawing in a file."""


@dataclass(frozen=True)
class Mark:
    """One element of a drawing; ``text`` stands in it, then what is ``inside``."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    inside: tuple[Mark, ...] = ()

    def __str__(self) -> str:
        told = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes)
        return f"<{self.name}{told}>{escape(self.text)}{''.join(map(str, self.inside))}</{self.name}>"


def mark(name: str, text: str = "", inside: Sequence[Mark] = (), **attributes: str | float) -> Mark:
    """A mark; ``css`` is its class, and an underscore stands for a hyphen.

    >>> str(mark("rect", css="bar", x=1.25, width=10, stroke_width="2"))
    '<rect class="bar" x="1.2" width="10" stroke-width="2"></rect>'
    """
    told = tuple(
        ("class" if key == "css" else key.replace("_", "-"), _plain(value)) for key, value in attributes.items()
    )
    return Mark(name, told, text, tuple(inside))


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 1):g}" if abs(value) < 1e5 else f"{value:.0f}"


@dataclass(frozen=True)
class Picture:
    """A drawing in its own units; ``left`` and ``top`` begin it."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    left: float = 0
    top: float = 0

    @property
    def box(self) -> str:
        """The view box."""
        return " ".join(_plain(number) for number in (self.left, self.top, self.width, self.height))

    def inside(self, key: str) -> str:
        """The marks as SVG, with the hatching of what is hidden; ``key`` tells several of a page apart."""
        return _hatching(key) + "".join(map(str, self.marks)).replace("#hatch", f"#hatch-{key}")

    def file(self, title: str) -> str:
        """The drawing as a file of its own, with its title above and its look inside."""
        scale = max(self.width, self.height) / 700 if max(self.width, self.height) > 1400 else 1.0
        edge, head = EDGE * scale, 30 * scale
        left, top = self.left - edge, self.top - edge - head
        width, height = self.width + 2 * edge, self.height + 2 * edge + head
        box = " ".join(_plain(number) for number in (left, top, width, height))
        words = mark("text", title, css="title", x=self.left, y=self.top - edge, style=f"font-size:{17 * scale:.0f}px")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width / scale:.0f}" '
            f'height="{height / scale:.0f}" direction="ltr"><title>{escape(title)}</title><style>{STYLE}</style>'
            f'<rect x="{_plain(left)}" y="{_plain(top)}" width="{_plain(width)}" height="{_plain(height)}" '
            f'fill="#fffdf9"/>{words}{_links_out(self.inside("file"))}</svg>'
        )


def _hatching(key: str) -> str:
    return (
        f'<defs><pattern id="hatch-{key}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"></rect>'
        '<line class="hatch-line" x1="0" y1="0" x2="0" y2="6"></line></pattern></defs>'
    )


def _links_out(drawn: str) -> str:
    """A file leads nowhere: its links become groups."""
    parts = drawn.split("<a ")
    return parts[0] + "".join("<g" + part[part.index(">") :].replace("</a>", "</g>", 1) for part in parts[1:])


@dataclass(frozen=True)
class Part:
    """One category of a picture.

    Attributes:
        label: in the reader's language; ``short`` where there is little room.
        value: None where it is hidden or nothing is known.
        told: the value as people read it, or why it is not there.
        hidden: it is there, and not shown.
    """

    label: str
    value: float | None
    told: str
    hidden: bool = False
    short: str = ""
    code: str = ""
    href: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell of a table: as people read it, and as a file holds it."""

    told: str
    raw: str | int | Decimal | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """What a picture shows, in rows; the first cell of each names it."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """The table as CSV: plain numbers, and nothing that a spreadsheet takes for a formula."""
        page = io.StringIO()
        writer = csv.writer(page)
        writer.writerow([harmless(word) for word in self.head])
        writer.writerows([_filed(cell) for cell in row] for row in self.rows)
        return page.getvalue()


def _filed(cell: Cell) -> str:
    return (
        str(cell.raw) if isinstance(cell.raw, int | Decimal) else harmless(cell.told if cell.raw is None else cell.raw)
    )


@dataclass(frozen=True)
class Drawing:
    """A picture as a page shows it: wide and narrow, its words, its table.

    Attributes:
        name: of its files.
        words: what it shows, for those who do not see it.
        notes: what one must know to read it: hidden cells, the legend.
    """

    name: str
    title: str
    words: str
    wide: Picture
    narrow: Picture
    table: Table
    notes: tuple[str, ...] = field(default=())


def ceiling(value: float) -> float:
    """The smallest round number that is not below ``value``: 1, 2, 2.5 or 5 with zeros.

    >>> ceiling(851), ceiling(16), ceiling(0), ceiling(2263)
    (1000, 20, 1, 2500)
    """
    if value <= 1:
        return 1
    power: int = 10 ** math.floor(math.log10(value))
    step = next(step for step in (1, 2, 2.5, 5, 10) if step * power >= value - 1e-9)
    top = step * power
    return int(top) if top == int(top) else top
