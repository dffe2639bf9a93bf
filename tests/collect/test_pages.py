"""The pages on lists, and the files they give."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.models import ImportBatch
from paivand.collect.rules.sheets import read_grid, shown
from tests.cast import KULOB, register
from tests.collect.sheets import HEADINGS, family_rows, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sign_in, zarina):
    return sign_in(zarina)


def form(content: bytes, name: str = "рӯйхат.xlsx", **changes):
    return {
        "file": SimpleUploadedFile(name, content), "district": KULOB, "consent_for_all": "column",
        "consent_method": "signature", "consent_language": "tg", "consent_on": timezone.localdate().isoformat(),
        "consent_by": "раиси ҷамоат", "consent_note": "варақаҳои имзошуда", **changes,
    }  # fmt: skip


def page(name: str, batch: ImportBatch) -> str:
    return reverse(f"collect:{name}", kwargs={"list_id": batch.pk})


def test_from_the_file_to_the_registry(browser, desk, jamoats):
    rows = family_rows(4, jamoats)
    rows[2][3] = ""
    answer = browser.post(reverse("collect:list-upload"), form(workbook(rows)))
    with acting_as(desk.by):
        batch = ImportBatch.objects.get()
    assert answer.url == page("list-columns", batch)
    assert "Рақами оила" in browser.get(answer.url).content.decode()
    columns = {f"column_{n}": key for n, key in enumerate(batch.mapping)}
    assert browser.post(answer.url, columns).url == page("list-open", batch)
    waiting = browser.get(page("list-open", batch)).content.decode()
    assert page("list-progress", batch) in waiting
    assert browser.get(page("list-progress", batch), headers={"HX-Request": "true"}).status_code == 200
    desk.work(batch)
    done = browser.get(page("list-progress", batch), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    checked = browser.get(page("list-open", batch)).content.decode()
    assert "The given name is missing" in checked
    assert ">D4<" in checked
    assert "Take in 3 families" in checked
    browser.post(page("list-take-in", batch))
    desk.work(batch)
    taken = browser.get(page("list-open", batch) + "?show=").content.decode()
    assert "3 families are taken in" in taken
    assert "/families/F-" in taken


def test_a_file_that_is_none_is_refused_in_words(browser):
    answer = browser.post(reverse("collect:list-upload"), form(b"%PDF-1.4 ...", "рӯйхат.pdf"))
    assert answer.status_code == 422
    assert "This is no spreadsheet" in answer.content.decode()


def test_rows_are_filtered_by_what_was_found(browser, desk, jamoats):
    rows = family_rows(4, jamoats)
    rows[2][3], rows[4][10] = "", "12"
    batch = desk.check(desk.upload(workbook(rows)))
    shown_rows = browser.get(page("list-open", batch) + "?code=phone_unreadable").content.decode()
    assert ">K6<" in shown_rows
    assert ">D4<" not in shown_rows
    assert "Known are" not in browser.get(page("list-open", batch) + "?code=<script>").content.decode()


def test_the_list_with_remarks_says_what_to_mend_beside_each_row(browser, desk, jamoats):
    rows = family_rows(3, jamoats)
    rows[2][3], rows[2][9] = "", "=cmd|'/c calc'!A1"
    batch = desk.check(desk.upload(workbook(rows, titles=["Рӯйхат"])))
    whole = read_grid("xlsx", browser.get(page("list-workbook", batch)).content)
    assert len(whole.rows) == 8
    remarks = [shown(row[len(HEADINGS)]) for row in whole.rows if len(row) > len(HEADINGS)]
    assert remarks[1] == "What to mend"
    assert any(remark.startswith("J5: A formula") and "D5: The given name is missing" in remark for remark in remarks)
    assert any("Waits for row 5" in remark for remark in remarks)
    only = read_grid("xlsx", browser.get(page("list-workbook", batch) + "?only=errors").content)
    assert len(only.rows) == 3
    content = browser.get(page("list-workbook", batch) + "?only=errors").content
    assert desk.upload(content, "ислоҳ.xlsx").header_row == 1
    assert b"<f>" not in b"".join(_parts(content))


def _parts(content: bytes) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]


def test_the_empty_list_comes_in_the_readers_language(browser):
    answer = browser.get(reverse("collect:list-template"))
    grid = read_grid("xlsx", answer.content)
    assert [shown(cell) for cell in grid.rows[0][:3]] == ["Family number", "Surname", "Given name"]
    assert answer["Content-Disposition"] == 'attachment; filename="paivand-list-en.xlsx"'


def test_families_are_compared_side_by_side(browser, desk, jamoats):
    rows = family_rows(2, jamoats)
    rows[0][2:7] = ["Karimzoda", "Jamila", "Rahimovna", "зан", "1988"]
    register(desk.by, jamoat="TJ-KT-02-01")
    batch = desk.check(desk.upload(workbook(rows)))
    seen = browser.get(page("list-review", batch)).content.decode()
    assert "Karimzoda" in seen
    assert "Каримова Ҷамила" in seen
    browser.post(page("list-review", batch), {"row": "2", "answer": "other"})
    assert desk.seen(batch).n_families == 2
    assert browser.get(page("list-review", batch)).url == page("list-open", batch)
    browser.post(page("list-review", batch), {"row": "x", "answer": "other"})


def test_another_row_is_taken_for_the_headings(browser, desk, jamoats):
    content = workbook([["1", "Зарина"]], ["дар ин рӯйхат", "ном нест"])
    browser.post(reverse("collect:list-upload"), form(content))
    with acting_as(desk.by):
        batch = ImportBatch.objects.get()
    assert "No row of headings was found" in browser.get(page("list-columns", batch)).content.decode()
    browser.post(page("list-sheet", batch), {"sheet": batch.sheet, "header_row": "1"})
    assert desk.seen(batch).headers == ["дар ин рӯйхат", "ном нест"]


def test_a_list_is_set_aside_with_a_reason(browser, desk, jamoats):
    batch = desk.upload(workbook(family_rows(1, jamoats)))
    browser.post(page("list-refuse", batch), {"reason": " "})
    assert desk.seen(batch).state == "uploaded"
    browser.post(page("list-refuse", batch), {"reason": "рӯйхати соли гузашта"})
    assert desk.seen(batch).state == "refused"
    assert browser.post(page("list-take-in", batch)).status_code == 302
    assert desk.seen(batch).state == "refused"
