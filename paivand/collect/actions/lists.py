"""Lists of families: uploaded, their columns said, checked, answered, taken in, or set aside."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.counting import count_rows
from paivand.collect.actions.queue import put_into_queue
from paivand.collect.models import ColumnMapping, ImportBatch, ImportFile, ImportRow
from paivand.collect.queries.lists import remembered_mapping, same_file
from paivand.collect.rules.columns import Column, fingerprint, guess, mapping_defect, read_headings
from paivand.collect.rules.lists import (
    FINISHED,
    Job,
    JobState,
    ListState,
    RowState,
    may_be_mapped,
    may_be_refused,
    may_be_taken_in,
)
from paivand.collect.rules.problems import FAILURES, Problem, Unreadable, note
from paivand.collect.rules.sheets import Grid, kind_of, read_grid, sheet_names, shown
from paivand.core.rules.errors import Refused
from paivand.registry.rules import ConsentMethod

REPEATABLE = {"crashed", "stopped", "left"}
"""Failures after which the same file may be tried again."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """How consent was taken for the families of a list. ``for_all``: every one of them agreed."""

    for_all: bool
    method: ConsentMethod
    language: str
    on: date
    by: str
    note: str


@action(Verb.FAMILY_IMPORT, on="scope")
def upload_list(*, scope: Scope, file_name: str, content: bytes, declared: Declaration, by: User) -> ImportBatch:
    """Keep a file and find out what its columns may mean. Nothing of it is taken in yet.

    Raises:
        Refused: ``twice`` with the key of the list that was made of the same file and is still being worked on;
            otherwise with the reason why the file cannot be read.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    before = same_file(by, district=str(scope.district_id), sha256=sha256)
    if before and before.state not in FINISHED:
        raise Refused(_("This file is uploaded already."), "twice", detail={"list": str(before.pk)})
    if declared.on > timezone.localdate():
        raise Refused(_("The day of the consent lies in the future. Check it."), "consent", field="consent_on")
    try:
        kind = kind_of(file_name, content)
        sheets = sheet_names(kind, content)
        grid = read_grid(kind, content, sheets[0])
    except Unreadable as unreadable:
        raise refusal(unreadable, field="file") from unreadable
    batch = ImportBatch(
        file_name=file_name[-200:], sha256=sha256, kind=kind, n_bytes=len(content), sheets=sheets, uploaded_by=by,
        same_as=before, consent_for_all=declared.for_all, consent_method=declared.method,
        consent_language=declared.language, consent_on=declared.on, consent_by=declared.by, consent_note=declared.note,
        district_id=str(scope.district_id), agency_id=scope.agency_id, team_id=scope.team_id, owner_id=scope.owner_id,
    )  # fmt: skip
    _read_sheet(batch, grid, sheets[0], by)
    batch.save()
    ImportFile(
        batch=batch, content=content, district_id=str(scope.district_id), agency_id=scope.agency_id,
        team_id=scope.team_id, owner_id=scope.owner_id,
    ).save()  # fmt: skip
    remark(stage="upload", kind=str(kind), bytes=len(content))
    return batch


def refusal(unreadable: Unreadable, field: str | None = None) -> Refused:
    """Why a file cannot be read, in words."""
    return Refused(_(FAILURES[unreadable.code]) % unreadable.values, unreadable.code, field=field)


def _read_sheet(batch: ImportBatch, grid: Grid, sheet: str, by: User) -> None:
    """Write down where the headings of a sheet stand and what they were taken for."""
    batch.sheet = sheet
    batch.encoding, batch.delimiter = grid.encoding, grid.delimiter
    found = guess([[shown(cell) for cell in row[: grid.width]] for row in grid.rows])
    batch.findings = []
    if found is None:
        batch.header_row, batch.headers, batch.mapping = None, [], []
        return
    headings = [*found.headings, *[""] * (grid.width - len(found.headings))]
    _say_headings(batch, grid, found.row, headings, by)


def _say_headings(batch: ImportBatch, grid: Grid, row: int, headings: Sequence[str], by: User) -> None:
    found = read_headings(row, headings)
    batch.header_row = grid.numbers[row]
    batch.headers = [heading[:200] for heading in headings]
    batch.mapping = remembered_mapping(by, headings) or list(found.mapping)
    remarks: list[Problem] = [note("column_repeated", index, headings[index]) for index in found.repeated]
    remarks += [note("column_unknown", index, headings[index]) for index in found.unknown if not batch.mapping[index]]
    if len(batch.sheets) > 1:
        others = ", ".join(name for name in batch.sheets if name != batch.sheet)
        remarks.append(note("sheets_left", -1, others[:80]))
    batch.findings = [problem.plain() for problem in remarks]


@action(Verb.FAMILY_IMPORT, on="batch")
def choose_sheet(*, batch: ImportBatch, sheet: str, header_row: int | None = None, by: User) -> ImportBatch:
    """Read another sheet of the file, or take another row for the row of headings."""
    locked = _locked(batch)
    _demand(may_be_mapped(locked.state, locked.job_state))
    if sheet not in locked.sheets:
        raise Refused(_("There is no such sheet in the file."), "no_sheet", field="sheet")
    stored = ImportFile.objects.get(batch=locked)
    try:
        grid = read_grid(locked.kind, bytes(stored.content), sheet)
    except Unreadable as unreadable:
        raise refusal(unreadable, field="sheet") from unreadable
    _read_sheet(locked, grid, sheet, by)
    if header_row is not None:
        if header_row not in grid.numbers:
            raise Refused(_("There is no such row in the sheet."), "no_headings", field="header_row")
        place = grid.numbers.index(header_row)
        cells = [shown(cell) for cell in grid.rows[place][: grid.width]]
        _say_headings(locked, grid, place, [*cells, *[""] * (grid.width - len(cells))], by)
    _begin_anew(locked)
    locked.save()
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def check_list(*, batch: ImportBatch, mapping: Sequence[str], by: User) -> ImportBatch:
    """Say what the columns mean, remember it for the same headings, and have the list checked in the background."""
    locked = _locked(batch)
    _demand(may_be_mapped(locked.state, locked.job_state))
    if locked.header_row is None:
        why = FAILURES["no_headings"]
        raise Refused(_(why), "no_headings")
    known = {str(column) for column in Column}
    chosen = [key if key in known else "" for key in mapping][: len(locked.headers)]
    chosen += [""] * (len(locked.headers) - len(chosen))
    defect = mapping_defect(chosen)
    if defect:
        raise Refused(_(FAILURES[defect]), defect)
    locked.mapping = chosen
    locked.findings = [problem for problem in locked.findings if problem["column"] < 0 or not chosen[problem["column"]]]
    _remember(locked.headers, chosen, by)
    _begin_anew(locked)
    locked.job_by, locked.attempts = by, 0
    put_into_queue(locked, Job.CHECK)
    locked.save()
    remark(stage="mapping", columns=sum(map(bool, chosen)))
    return locked


def _remember(headings: Sequence[str], mapping: Sequence[str], by: User) -> None:
    mark = fingerprint(headings)
    known = ColumnMapping.objects.filter(Q(agency_id=by.agency_id), fingerprint=mark).first()
    row = known or ColumnMapping(agency_id=by.agency_id, fingerprint=mark)
    row.mapping = list(mapping)
    row.save()


def _begin_anew(batch: ImportBatch) -> None:
    """Forget what an earlier check found."""
    ImportRow.objects.filter(batch=batch).delete()
    _enter(batch, ListState.UPLOADED)
    batch.job, batch.job_state, batch.summary, batch.error = "", JobState.NONE, {}, {}
    batch.lease_until = batch.lease_token = None
    batch.n_rows = batch.n_done = batch.n_ok = batch.n_errors = batch.n_held = batch.n_duplicates = 0
    batch.n_skipped = batch.n_notes = batch.n_empty = batch.n_families = batch.n_taken_in = 0


@action(Verb.FAMILY_IMPORT, on="batch")
def answer_row(*, batch: ImportBatch, row: ImportRow, same: bool, by: User) -> ImportBatch:
    """Say whether a family of the list is the registered one beside it: then it is left out, else it is taken in."""
    locked = _locked(batch)
    _answer(locked, [row.family_key], same=same, by=by)
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def answer_all(*, batch: ImportBatch, same: bool, by: User) -> ImportBatch:
    """Give the same answer for all families that are still to be answered."""
    locked = _locked(batch)
    open_rows = ImportRow.objects.filter(batch=locked, state=RowState.DUPLICATE)
    _answer(locked, list(open_rows.values_list("family_key", flat=True)), same=same, by=by)
    return locked


def _answer(batch: ImportBatch, keys: Sequence[uuid.UUID | None], *, same: bool, by: User) -> None:
    _demand(batch.state in {ListState.IN_REVIEW, ListState.CHECKED} and batch.job_state == JobState.DONE)
    _demand(batch.job == Job.CHECK)
    states = [RowState.DUPLICATE, RowState.ANSWERED, RowState.SKIPPED]
    rows = ImportRow.objects.filter(batch=batch, family_key__in=keys, state__in=states)
    asked = rows.filter(is_head=True).exclude(likely=[]).values_list("family_key", flat=True)
    rows = rows.filter(family_key__in=list(asked))
    state = RowState.SKIPPED if same else RowState.ANSWERED
    n_rows = rows.update(state=state, answered_by=by, answered_at=timezone.now())
    count_rows(batch)
    if batch.n_duplicates == 0 and batch.state == ListState.IN_REVIEW:
        _enter(batch, ListState.CHECKED)
    batch.save()
    remark(stage="review", rows=n_rows, same=same)


@action(Verb.FAMILY_IMPORT, on="batch")
def take_in(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Have the families that are ready registered in the background."""
    locked = _locked(batch)
    if locked.state == ListState.IN_REVIEW:
        raise Refused(_("Some families may be registered already. Answer for each of them first."), "in_review")
    _demand(may_be_taken_in(locked.state, locked.job_state))
    if not locked.n_ok:
        raise Refused(_("There is no family to take in. Mend the rows that have a mistake."), "nothing")
    locked.job_by, locked.attempts, locked.n_done = by, 0, 0
    put_into_queue(locked, Job.TAKE_IN)
    locked.save()
    remark(stage="ask")
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def try_again(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Begin a job anew that broke."""
    locked = _locked(batch)
    _demand(locked.state == ListState.FAILED and locked.error.get("code") in REPEATABLE and locked.erased_at is None)
    job = Job(locked.job)
    _enter(locked, ListState.UPLOADED if job is Job.CHECK else ListState.CHECKED)
    locked.job_by, locked.attempts, locked.error = by, 0, {}
    put_into_queue(locked, job)
    locked.save()
    remark(stage="again")
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def refuse_list(*, batch: ImportBatch, reason: str, by: User) -> ImportBatch:
    """Set a list aside before anything of it is taken in; who uploaded it withdraws it by this."""
    locked = _locked(batch)
    _demand(may_be_refused(locked.state, locked.job_state, locked.job))
    _enter(locked, ListState.REFUSED)
    locked.refusal_reason = reason
    locked.job, locked.job_state = "", JobState.NONE
    locked.lease_until = locked.lease_token = None
    locked.save()
    remark(stage="refuse")
    return locked


def _locked(batch: ImportBatch) -> ImportBatch:
    locked: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    locked.version += 1
    return locked


def _enter(batch: ImportBatch, state: ListState) -> None:
    if batch.state != state:
        batch.state, batch.state_at = state, timezone.now()


def _demand(allowed: bool) -> None:
    if not allowed:
        raise Refused(_("The list has come further meanwhile. Look at it anew."), "stale")
