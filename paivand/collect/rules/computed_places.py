"""Which answers of a form are worked out from a place, also by way of others: they would tell where a house stands.

A point is kept coarse in the table of a survey. That would help nothing if a text beside it repeated the point, or told
how far away it lies. Whatever a form computes of a place is therefore kept in what arrived alone. What tells nothing of
where the place lies may be known: the size of an area, the length of a line, how exact a point is, whether it is there.

The XForm is read and not the workbook: there every way to an answer, through a default, a calculation or a choice among
repetitions, stands as a path of XPath.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element  # only the tree; reading is defusedxml's

from defusedxml.ElementTree import fromstring

_PLACES = frozenset({"geopoint", "geotrace", "geoshape"})
_VALUES = ("calculate", "{http://openrosa.org/javarosa}preloadParams")
_HARMLESS = (
    re.compile(r"\b(?:area|distance|string-length|boolean|count|count-non-empty|position)\(\s*[^(),]*\)"),
    re.compile(r"\bselected-at\(\s*[^(),]*,\s*3\s*\)"),
    re.compile(r"[\w./-]+\s*!?=\s*(?:''|\"\")"),
)
"""What may be told of a place: a size or a length, how exact it is, and whether it was given at all."""
_WORDS = re.compile(r"'[^'/]*'|\"[^\"/]*\"")
_PATH = re.compile(r"[\w./:*-]+")
_ANY = re.compile(r"(?:/|::)\s*(?:\*|node\(\))")


def computed_from_places(xml: str | bytes) -> frozenset[str]:
    """The paths, without the root, of all questions that are no places themselves and whose answer comes of one."""
    tree = fromstring(xml, forbid_dtd=True)
    kinds, sources = _read(tree)
    held = {path for path, kind in kinds.items() if kind in _PLACES}
    if not held:
        return frozenset()
    places, repeats = frozenset(held), {_attribute(one, "nodeset") for one in tree.iter() if _local(one) == "repeat"}
    while True:
        groups = {above for path in held for above in _above(path)} - repeats
        more = {
            path for path, said in sources.items()
            if path not in held and any(_refers(one, path, held | groups, kinds) for one in said)
        }  # fmt: skip
        if not more:
            return frozenset(path.partition("/")[2].partition("/")[2] for path in held - places)
        held |= more


def _read(tree: Element) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The type of each answer, and the expressions from which it takes its value, by its path."""
    kinds: dict[str, str] = {}
    sources: dict[str, list[str]] = {}
    for one, above in _elements(tree, ""):
        name, at = _local(one), _attribute(one, "nodeset") or _attribute(one, "ref")
        if name == "bind":
            kinds[at] = _attribute(one, "type")
            sources.setdefault(at, []).extend(filter(None, (one.get(value) for value in _VALUES)))
        elif name == "setgeopoint":
            kinds[at] = "geopoint"
        elif name == "setvalue":
            sources.setdefault(at, []).append(_attribute(one, "value"))
        elif name == "itemset":  # what is chosen among answers, as of a repeated part
            value = next((_attribute(two, "ref") for two in one if _local(two) == "value"), "")
            sources.setdefault(above, []).append(f"{_attribute(one, 'nodeset').partition('[')[0]}/{value}")
    return kinds, sources


def _elements(element: Element, above: str) -> Iterator[tuple[Element, str]]:
    """Every element, with the path of the question around it."""
    for one in element:
        yield one, above
        yield from _elements(one, _attribute(one, "ref") or above)


def _refers(said: str, path: str, held: set[str], kinds: Mapping[str, str]) -> bool:
    for harmless in _HARMLESS:
        said = harmless.sub(" ", said)
    if _ANY.search(said):
        return True
    said = _WORDS.sub(" ", said)
    names = {one.rpartition("/")[2] for one in held}
    for found in _PATH.findall(said):
        meant = _resolved(found, path)
        if meant in held or (meant not in kinds and found.rpartition("/")[2] in names):
            return True
    return False


def _resolved(said: str, path: str) -> str:
    """A path from the root, also for one that begins at ``path``.

    >>> _resolved("../gps", "/data/house/text"), _resolved("/data/gps", "/data/text")
    ('/data/house/gps', '/data/gps')
    """
    if not said.startswith("."):
        return said
    steps = path.split("/")
    for one in said.split("/"):
        if one == "..":
            steps = steps[:-1]
        elif one != ".":
            steps.append(one)
    return "/".join(steps)


def _above(path: str) -> Iterator[str]:
    while path.count("/") > 2:
        path = path.rpartition("/")[0]
        yield path


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return element.get(name) or ""
