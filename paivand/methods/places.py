"""Keys under which a place is found, whoever writes its name, and how places are drawn.

A place is Қӯрғонтеппа, Курган-Тюбе or Kurgan-Tube. ``place_key`` folds script, spelling, hyphens and spaces, and drops
the words that only tell the kind of place. Where two spellings differ in more than that, both stand in the parameters.

The map draws districts as hexagons (axial coordinates, pointy top) or, where a site has real boundaries, as outlines in
the equirectangular projection with the parallel of the country's middle.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

from paivand.methods.names import folded, is_arabic, name_keys

_KINDS = frozenset({
    "вилояти", "вилоят", "ноҳияи", "ноҳия", "нохияи", "нохия", "шаҳри", "шахри", "шаҳраки", "шахраки", "ҷамоати",
    "джамоати", "ҷамоат", "джамоат", "деҳаи", "дехаи", "деҳоти", "дехоти", "область", "области", "район", "района",
    "р-н", "город", "города", "гор", "г", "пгт", "поселок", "посёлок", "село", "кишлак", "сельский",
    "region", "province", "oblast", "viloyati", "district", "rayon", "raion", "nohiyai", "nohiya", "city", "town",
    "shahri", "shahraki", "jamoati", "jamoat", "village", "of", "deha", "dehai",
    "ولایت", "ناحیه", "ناحیهٔ", "ولسوالی", "شهر", "شهرک", "جماعت", "ده", "قریه",
})  # fmt: skip
_TOWN_WORDS = frozenset({"шаҳри", "шахри", "город", "города", "гор", "г", "city", "town", "shahri", "شهر"})
_DISTRICT_WORDS = frozenset({"ноҳияи", "нохияи", "район", "района", "district", "rayon", "nohiyai", "ناحیه", "ولسوالی"})
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_BRACKETS = re.compile(r"\([^)]*\)")

HALF = math.sqrt(3) / 2
WEST, EAST, SOUTH, NORTH = 67.0, 76.0, 36.0, 42.0
"""The box in which Tajikistan lies, in degrees."""
MIDDLE = 38.85
"""The parallel on which the map has no distortion."""
UNITS = 250.0
"""Units of the drawing for one degree of longitude: one unit is about 350 metres."""

Ring = Sequence[Sequence[float]]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", _BRACKETS.sub(" ", text)).strip().lower().translate(_DIGITS)
    return [word.strip(".,'’\"«»") for word in re.split(r"[\s\-‐‑–—/,]+", plain.replace("р-н", "район"))]


def place_key(text: str) -> str:
    """The key of a place's name: equal for the spellings of one name in Cyrillic and Latin; ``ar:`` for Dari.

    >>> place_key("Курган-Тюбе") == place_key("Kurgan Tube") == place_key("город Курган-Тюбе")
    True
    >>> place_key("Джиликуль") == place_key("Ҷиликӯл") == place_key("Jilikul District")
    True
    >>> place_key("20-солагии Истиқлолият")
    '20solagistikloliat'
    """
    words = [word for word in _words(text) if word]
    named = "".join(word for word in words if word not in _KINDS) or "".join(words)
    if is_arabic(named):
        return name_keys(named, "given").k1
    # Shuroobod is Shuro and obod: in names of places a double o is no long u.
    parts = re.split(r"(\d+)", folded(named).replace("oo", "o"))
    return "".join(part if part.isdigit() else name_keys(part, "given").k1 for part in parts)


def says_town(text: str) -> bool | None:
    """Whether a written name says that it means a town (True) or a district (False); None when it does not say.

    >>> says_town("Bokhtar District"), says_town("шаҳри Бохтар"), says_town("Бохтар")
    (False, True, None)
    """
    words = set(_words(text))
    if words & _DISTRICT_WORDS:
        return False
    return True if words & _TOWN_WORDS else None


def tile_centre(q: int, r: int) -> tuple[float, float]:
    """The centre of a hexagon of radius 1 at the axial coordinates ``q`` and ``r``; y goes down.

    >>> tile_centre(0, 2)
    (1.7320508075688772, 3.0)
    """
    return HALF * 2 * (q + r / 2), 1.5 * r


def tile_corners(q: int, r: int, size: float) -> list[tuple[float, float]]:
    """The six corners of a hexagon of radius ``size``."""
    x, y = tile_centre(q, r)
    steps = ((0.0, -1.0), (HALF, -0.5), (HALF, 0.5), (0.0, 1.0), (-HALF, 0.5), (-HALF, -0.5))
    return [(size * (x + dx), size * (y + dy)) for dx, dy in steps]


def tiles_touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two tiles share a side."""
    dq, dr = one[0] - other[0], one[1] - other[1]
    return (abs(dq) + abs(dr) + abs(dq + dr)) == 2


def projected(longitude: float, latitude: float) -> tuple[int, int]:
    """A point of the earth in units of the drawing; y goes down.

    >>> projected(67.0, 42.0)
    (0, 0)
    """
    x = (longitude - WEST) * UNITS
    y = (NORTH - latitude) * UNITS / math.cos(math.radians(MIDDLE))
    return round(x), round(y)


def outline(polygons: Iterable[Sequence[Ring]]) -> str:
    """The path of an SVG for polygons given as rings of longitude and latitude.

    Whole units, steps relative to the point before, and points that fall together left out: a district of a thousand
    points becomes a few hundred bytes. A ring that shrinks to less than a triangle is left out.
    """
    drawn = (_ring_path(ring) for polygon in polygons for ring in polygon)
    return "".join(path for path in drawn if path)


def _ring_path(ring: Ring) -> str:
    points = [projected(point[0], point[1]) for point in ring]
    kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    if len(kept) < 3:
        return ""
    steps = [(x - kept[n][0], y - kept[n][1]) for n, (x, y) in enumerate(kept[1:])]
    return f"M{kept[0][0]} {kept[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in steps) + "z"


def bounds(paths: Iterable[str]) -> tuple[int, int, int, int] | None:
    """The smallest box around paths made by ``outline``: left, top, width, height; None when there is none.

    >>> bounds(["M10 10l5 0 0 5z"])
    (10, 10, 5, 5)
    """
    xs: list[int] = []
    ys: list[int] = []
    for path in paths:
        for ring in path.split("M")[1:]:
            start, _, rest = ring.rstrip("z").partition("l")
            x, y = (int(number) for number in start.split())
            xs.append(x)
            ys.append(y)
            numbers = [int(number) for number in rest.split()]
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                xs.append(x)
                ys.append(y)
    if not xs:
        return None
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
