"""What the browser form cannot ask: read out of an XForm, as its engine (``@getodk/web-forms`` 0.22) reads it.

The engine takes pictures and single places. It draws no maps here, because their tiles lie on other hosts. What it has
no control for, it leaves out with a sentence; a form that needs an answer there could never be finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # only the kind: what is read here was made by pyxform

from defusedxml.ElementTree import fromstring

from paivand.collect.rules.filled import local
from paivand.collect.rules.survey_checks import Finding, at_row
from paivand.collect.rules.survey_sheets import Book

DRAWN = frozenset({"geotrace", "geoshape"})
"""Types that need a map to be answered."""
PENCILS = frozenset({"draw", "signature", "annotate"})
"""Pictures that Collect lets people draw."""
UNKNOWN_FORMULAS = ("intersects", "extract-signed")
"""Functions of Collect that the engine does not know: a form with one of them does not open."""
_FORMULA = re.compile(rf"(?<![\w:-])({'|'.join(UNKNOWN_FORMULAS)})\s*\(")
_NEVER = frozenset({"", "false()"})
_ALWAYS = "true()"
_EDGE = re.compile(r"(begin|end)[ _](group|repeat)")


@dataclass(frozen=True)
class Unasked:
    """A question that the browser form asks otherwise than Collect, or not at all.

    Args:
        path: of the question, without the root.
        code: a word of ``survey_checks.FINDINGS``.
        hinders: whether the form cannot be finished in a browser because of it.
        name: of the formula that is not known; else empty.
    """

    path: str
    code: str
    hinders: bool = False
    name: str = ""


def unasked(xform: str | bytes) -> tuple[Unasked, ...]:
    """The questions of a form that the browser form cannot ask as they are meant; formulas first."""
    tree: Element = fromstring(xform if isinstance(xform, bytes) else xform.encode(), forbid_dtd=True)
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    binds = {str(one.get("nodeset")).strip(): one.attrib for one in elements if local(one.tag) == "bind"}
    found = [*_formulas(binds)]
    for one in elements:
        ref = str(one.get("ref") or "").strip()
        bind: Mapping[str, str] = binds.get(ref, {})
        if ref and bind.get("readonly", "").strip() != _ALWAYS:
            found += _controls(one, ref, bind)
    return tuple(found)


def _formulas(binds: Mapping[str, Mapping[str, str]]) -> Iterator[Unasked]:
    for path, bind in binds.items():
        for name in dict.fromkeys(name for value in bind.values() for name in _FORMULA.findall(value)):
            yield Unasked(_within(path), "browser_formula", hinders=True, name=name)


def _controls(control: Element, ref: str, bind: Mapping[str, str]) -> Iterator[Unasked]:
    kind, appearances = local(control.tag), (control.get("appearance") or "").split()
    is_picture = kind == "upload" and (control.get("mediatype") or "").startswith("image/")
    cannot = (
        (kind == "upload" and not is_picture)
        or (kind == "input" and (bind.get("type") in DRAWN or "placement-map" in appearances))
        or (kind.startswith("select") and any(one.startswith("search(") for one in appearances))
    )
    if cannot:
        is_needed = bind.get("required", "").strip() not in _NEVER
        yield Unasked(_within(ref), "browser_wall" if is_needed else "browser_leaves", hinders=is_needed)
    elif is_picture and not PENCILS.isdisjoint(appearances):
        yield Unasked(_within(ref), "browser_picture")


def _within(path: str) -> str:
    return "/".join(path.split("/")[2:])


def browser_findings(book: Book, xform: str | bytes) -> list[Finding]:
    """The same by the rows of the workbook that the form was made of. None of them stops a survey: Collect asks it."""
    rows = dict(_paths(book))
    found = []
    for one in unasked(xform):
        told = {"name": one.name} if one.name else {}
        row = rows.get(one.path)
        found.append(
            at_row(book, "survey", row, "type", one.code, hinders=False, **told)
            if row
            else Finding(one.code, "survey", hinders=False, values=told)
        )
    return sorted(found, key=lambda one: one.row or 0)


def _paths(book: Book) -> Iterator[tuple[str, int]]:
    """The path of each question and the row in which it stands."""
    above: list[str] = []
    for number, row in book.rows("survey"):
        edge, name = _EDGE.fullmatch(row.get("type", "").lower()), row.get("name", "")
        if edge and edge[1] == "end":
            del above[-1:]
            continue
        yield "/".join([*above, name]), number
        if edge:
            above.append(name)
