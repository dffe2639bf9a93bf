"""What pyxform and ODK Validate say against a form, as findings of the workbook: at the row of the question.

pyxform tells rows itself. Validate reads the finished form, so it knows questions by name and no rows. What it says in
another way than the ones that are known here is told as it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from paivand.collect.rules.survey_checks import Finding, at_row
from paivand.collect.rules.survey_sheets import Book
from paivand.collect.rules.xforms import VALIDATE, Problem

_NOISE = re.compile(
    r"The following (files failed validation|nodes are likely involved in the loop):|\$\{form\}\.xml|\.\.\. \d+ more"
    r"|Caused by: |Error evaluating "
)
_UNREADABLE = (
    re.compile(r'Invalid (?P<kind>\w+) for the bind attached to "\$\{(?P<name>[^}]+)\}".*?in expression (?P<said>.*)'),
    re.compile(r"bind for \$\{(?P<name>[^}]+)\} contains invalid (?P<kind>\w+) expression \[(?P<said>.*)\]"),
)
_WHERE = re.compile(r"located in (?P<kind>\w+) expression for \$\{(?P<name>[^}]+)\}")
_UNKNOWN = re.compile(r"cannot handle function '(?P<said>[^']*)'")
_CIRCLE = re.compile(r"Cycle detected")
_NODE = re.compile(r"\$\{([^}]+)\}")
_HEADINGS = {"calculate": "calculation", "constraint": "constraint", "relevant": "relevant", "condition": "relevant",
             "readonly": "readonly", "required": "required"}  # fmt: skip


def findings_of(problems: Sequence[Problem], book: Book) -> list[Finding]:
    """What pyxform or Validate says: with its place, and in the reader's words where it is a formula."""
    told = [
        Finding("pyxform", one.sheet, one.row, one.column, values={"words": one.message})
        for one in problems
        if one.code != VALIDATE
    ]
    lines = [one.message for one in problems if one.code == VALIDATE]
    known = told_by_validate(lines, book)
    return [*told, *(known or [Finding("pyxform", values={"words": line}) for line in lines[:1]])]


def told_by_validate(lines: Sequence[str], book: Book) -> list[Finding]:
    """The findings in what Validate says, each once.

    >>> told_by_validate(["... 10 more", "The following files failed validation:"], Book({}))
    []
    """
    found: list[Finding] = []
    where: re.Match[str] | None = None
    circle: list[str] = []
    in_circle = False
    for line in lines:
        where = _WHERE.search(line) or where
        wrong = next((one for pattern in _UNREADABLE if (one := pattern.search(line))), None)
        unknown = _UNKNOWN.search(line)
        if wrong is not None:
            found.append(_at(book, wrong["kind"], wrong["name"], "formula", " ".join(wrong["said"].split())))
        elif unknown is not None:
            kind, name = (where["kind"], where["name"]) if where else ("", "")
            found.append(_at(book, kind, name, "function", unknown["said"]))
        elif _CIRCLE.search(line):
            in_circle = True
        elif in_circle and (node := _NODE.fullmatch(line)):
            circle.append(node[1])
        elif not (_NOISE.match(line) or _WHERE.search(line)):
            found.append(Finding("pyxform", values={"words": line.removeprefix(": ")}))
    if circle:
        found.append(_at(book, "calculate", circle[0], "circle", ", ".join(sorted(circle))))
    return [one for n, one in enumerate(found) if one not in found[:n]]


def _at(book: Book, kind: str, name: str, code: str, said: str) -> Finding:
    """A finding at the row of a question; without one where no row, or more than one, bears its name."""
    rows = [(number, row) for number, row in book.rows("survey") if row.get("name") == name]
    if len(rows) != 1:
        return Finding(code, "survey", values={"name": name, "words": said})
    number, row = rows[0]
    heading = _HEADINGS.get(kind.lower(), "")
    column = heading if row.get(heading) else next((one for one in _HEADINGS.values() if row.get(one)), "name")
    return at_row(book, "survey", number, column, code, name=name, words=said)
