"""Files to take along: the empty list, and a list with remarks on its cells."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.collect.queries import lists as queries
from paivand.collect.rules.columns import letter
from paivand.collect.rules.lists import RowState
from paivand.collect.rules.sheets import read_grid
from paivand.collect.rules.template import ADVICE, COLUMNS, EXAMPLES, HEADINGS, SENTENCES, WORDS
from paivand.collect.rules.workbooks import Choice, Said, annotated, empty_list
from paivand.collect.templatetags.collect import remark
from paivand.collect.views.found import list_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def list_template(request: HttpRequest) -> HttpResponse:
    """The empty list in the reader's language."""
    by = asking(request)
    demand(by, Verb.FAMILY_IMPORT)
    language = (get_language() or "en")[:2]
    headings, words = HEADINGS[language], WORDS[language]
    columns = [
        Choice(
            headings[column], EXAMPLES.get(column, (*words.get(column, ("",)),)[0]),
            gettext(ADVICE[column]) if column in ADVICE else "", words.get(column, ()),
        )
        for column in COLUMNS
    ]  # fmt: skip
    content = empty_list(
        columns, sheet=gettext("List"), advice_sheet=gettext("How to fill it in"),
        advice=[gettext(sentence) for sentence in SENTENCES], rtl=language == "fa",
    )  # fmt: skip
    return _sent(content, f"paivand-list-{language}.xlsx")


@require_GET
def list_workbook(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """The list as it was uploaded, with remarks; or, with ``only=errors``, just the rows that have to be mended."""
    by = asking(request)
    batch = list_of(by, list_id)
    content = queries.content(by, batch)
    if content is None or batch.header_row is None:
        raise Http404
    grid = read_grid(batch.kind, content, batch.sheet)
    said: dict[int, list[Said]] = {}
    wrong: set[int] = set()
    for row in queries.rows_with_problems(by, batch):
        if row.state in {RowState.ERROR, RowState.HELD}:
            wrong.add(row.number)
        for problem in row.problems:
            where = f"{letter(problem['column'])}{row.number}: " if problem["column"] >= 0 else f"{row.number}: "
            said.setdefault(row.number, []).append(Said(problem["column"], problem["level"], where + remark(problem)))
    only = frozenset(wrong) if request.GET.get("only") == "errors" else None
    made = annotated(grid, grid.numbers.index(batch.header_row), said, title=gettext("What to mend"), only=only)
    stem = slugify(batch.file_name.rpartition(".")[0])[:40] or "list"
    return _sent(made, f"{stem}-{'to-mend' if only is not None else 'with-remarks'}.xlsx")


def _sent(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
