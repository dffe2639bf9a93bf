"""A list of 10,000 rows, taken in as a person takes it in: uploaded, checked in the background, answered, taken in."""

from __future__ import annotations

import io
import time
from datetime import date
from random import Random

import xlsxwriter
import yaml
from django.utils import timezone

from bench.rows import NAMES
from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.collect.actions.lists import Declaration, answer_all, check_list, take_in, upload_list
from paivand.collect.models import ImportBatch
from paivand.collect.rules.lists import JobState, ListState
from paivand.registry.rules import ConsentMethod

DISTRICT = "TJ-KT-02"
HEADINGS = ("Рақами оила", "Насаб", "Ном", "Номи падар", "Ҷинс", "Санаи таваллуд", "Хешу табор", "Ҷамоат", "Деҳа",
            "Розигӣ")  # fmt: skip
SIZE = 5
_LONGEST = 600.0
_WAIT = 0.2


def show_import(n_rows: int = 10_000, username: str = "social.kulob") -> None:
    """Take in a list and print how long each stage takes, the waiting for the worker included."""
    with for_purpose("sign-in"):
        user = User.objects.get(username=username)
    today = timezone.localdate()
    content = workbook(n_rows, today, seed=int(time.time()))
    declared = Declaration(
        for_all=True, method=ConsentMethod.SIGNATURE, language="tg", on=today, by=user.full_name, note="a measurement"
    )
    began = time.perf_counter()
    with acting_as(user):
        batch = upload_list(
            scope=placement(user, DISTRICT), file_name="measured.xlsx", content=content, declared=declared, by=user
        )
        check_list(batch=batch, mapping=batch.mapping, by=user)
    checked = _finished(batch, user)
    uploaded_and_checked = time.perf_counter() - began
    with acting_as(user):
        if checked.state == ListState.IN_REVIEW:
            answer_all(batch=checked, same=False, by=user)
        began = time.perf_counter()
        take_in(batch=checked, by=user)
    done = _finished(batch, user)
    seconds = time.perf_counter() - began
    line = f"checked in {uploaded_and_checked:.1f} s, taken in in {seconds:.1f} s; {checked.n_errors:,} mistakes"
    likes = f"{checked.n_duplicates:,} like others"
    print(f"{f'import of {n_rows:,} rows':40} {uploaded_and_checked + seconds:8.1f} s: {line}, {likes}, "
          f"{done.n_taken_in:,} families taken in, {done.state}", flush=True)  # fmt: skip


def _finished(batch: ImportBatch, user: User) -> ImportBatch:
    """The list, once the worker is through with it."""
    began = time.perf_counter()
    while True:
        time.sleep(_WAIT)
        with acting_as(user):
            row: ImportBatch = ImportBatch.objects.get(pk=batch.pk)
        if row.job_state in {JobState.DONE, JobState.FAILED}:
            return row
        if time.perf_counter() - began > _LONGEST:
            raise RuntimeError(f"The list is still {row.state}, its job {row.job_state}: does a worker run?")


def workbook(n_rows: int, today: date, seed: int) -> bytes:
    """A workbook of families of five, written in Tajik."""
    chance, names = Random(seed), yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    women, men, surnames = ([row["tg"] for row in names[kind]] for kind in ("women", "men", "surnames"))
    into = io.BytesIO()
    book = xlsxwriter.Workbook(into, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    for row in range(n_rows):
        place = row % SIZE
        if place == 0:
            surname, father = chance.choice(surnames) + chance.choice(["", "", "и"]), chance.choice(men)
            mother_born = chance.randrange(1970, 2003)
        female = place == 0 or chance.random() < 0.5
        born = date(mother_born if place == 0 else chance.randrange(mother_born + 19, today.year), 5, 1 + row % 28)
        sheet.write_row(row + 1, 0, [
            row // SIZE + 1, surname + ("а" if female and not surname.endswith("и") else ""),
            chance.choice(women if female else men), father, "зан" if female else "мард", f"{born:%d.%m.%Y}",
            "сардор" if place == 0 else "фарзанд", chance.choice(["Даҳана", "Зарбдор", "Зиракӣ"]), "Навобод", "ҳа",
        ])  # fmt: skip
    book.close()
    return into.getvalue()
