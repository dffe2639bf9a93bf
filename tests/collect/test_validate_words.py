"""Mistakes in formulas stand at the row of their question, in words, and without the insides of Validate."""

from __future__ import annotations

import pytest

from paivand.collect.rules.survey_drafts import drafted
from paivand.collect.rules.survey_sheets import Book, Sheet
from paivand.collect.rules.validate_words import findings_of, told_by_validate
from paivand.collect.rules.xforms import VALIDATE, Problem, java_present
from tests.collect.surveys import workbook

CELLS = ("type", "name", "label", "calculation", "constraint")
LETTERS, WRITTEN = dict(zip(CELLS, "ABCDE", strict=True)), {one: one for one in CELLS}
BOOK = Book({"survey": Sheet(CELLS, letters=LETTERS, written=WRITTEN, rows=(
    (2, {"type": "integer", "name": "a", "label": "A", "constraint": ". >= = 3"}),
    (3, {"type": "calculate", "name": "c", "calculation": "${a} +"}),
    (4, {"type": "calculate", "name": "d", "calculation": "${c}"}),
    (5, {"type": "text", "name": "twice", "label": "B"}), (6, {"type": "text", "name": "twice", "label": "B"}),
))})  # fmt: skip
END = ["The following files failed validation:", "${form}.xml"]


@pytest.mark.parametrize(("lines", "told"), [
    ([': Invalid calculate for the bind attached to "${c}" : Bad node: org.javarosa.A@27 in expression  ${a}  +'],
     ("formula", 3, "D calculation", {"name": "c", "words": "${a} +"})),
    ([": bind for ${a} contains invalid constraint expression [. >= = 3] Bad node: org.javarosa.A@70"],
     ("formula", 2, "E constraint", {"name": "a", "words": ". >= = 3"})),
    (["Error evaluating field 'c' (${c}[1]): The problem was located in Calculate expression for ${c}",
      "XPath evaluation: cannot handle function 'foo'",
      "Caused by: org.javarosa.xpath.XPathUnhandledException: The problem was located in Calculate expression for ${c}",
      "XPath evaluation: cannot handle function 'foo'", "... 10 more"],
     ("function", 3, "D calculation", {"name": "c", "words": "foo"})),
    ([": Cycle detected in form's relevant and calculation logic!",
      "The following nodes are likely involved in the loop:", "${d}", "${c}"],
     ("circle", 4, "D calculation", {"name": "d", "words": "c, d"})),
    ([": bind for ${twice} contains invalid constraint expression [(] Bad node: x"],
     ("formula", None, "", {"name": "twice", "words": "("})),
    ([": something new of Java"], ("pyxform", None, "", {"words": "something new of Java"})),
])  # fmt: skip
def test_what_validate_says_stands_at_its_row(lines, told):
    (found,) = told_by_validate([*lines, *END], BOOK)
    assert (found.code, found.row, found.column, found.values) == told


def test_what_is_known_in_no_way_is_told_as_it_came():
    (found,) = findings_of([Problem(END[0], code=VALIDATE)], BOOK)
    assert found.values == {"words": END[0]}
    (row,) = findings_of([Problem("A name is missing.", "survey", 7, "name")], BOOK)
    assert (row.code, row.sheet, row.row, row.column) == ("pyxform", "survey", 7, "name")


@pytest.mark.skipif(not java_present(), reason="ODK Validate needs Java, which is not here")
@pytest.mark.parametrize(
    ("formula", "code"), [("${a} + ", "formula"), ("foo(${a})", "function"), ("${c} + 1", "circle")]
)
def test_a_workbook_with_a_wrong_formula_is_told_so(formula, code):
    rows = [("type", "name", "label", "calculation"), ("integer", "a", "A", ""), ("calculate", "c", "", formula)]
    draft = drafted("a.xlsx", workbook(survey=rows, settings=[("form_id", "form_title"), ("circle_of", "X")]), {})
    against = [one for one in draft.findings if one.hinders]
    assert [(one.code, one.row) for one in against] == [(code, 3)]
