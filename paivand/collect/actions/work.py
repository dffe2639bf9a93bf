"""What a worker in the background writes: step by step, each step whole or not at all, and never two workers at once.

A worker holds a *lease*: a token that only it knows, and a time until which it may be silent. Every step compares the
token and moves the time on. A worker that was thought dead and wakes up again finds another token and leaves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.counting import count_rows
from paivand.collect.actions.queue import put_into_queue, tell_worker
from paivand.collect.models import ImportBatch, ImportFile, ImportRow
from paivand.collect.queries.upkeep import silent_lists
from paivand.collect.rules.checking import Checked, CheckedRow
from paivand.collect.rules.drafts import Declared, family_draft
from paivand.collect.rules.lists import (
    CHUNK,
    FINISHED,
    KEPT_DAYS,
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    READY,
    Job,
    JobState,
    ListState,
    RowState,
)
from paivand.collect.rules.problems import error
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.registry.actions.registration import register_families
from paivand.registry.models import Document, Family, FamilyMember
from paivand.registry.rules import ConsentMethod
from paivand.registry.rules.drafts import FamilyDraft
from paivand.registry.rules.people import DocumentKind, document_key


class LeaseLostError(Exception):
    """Another worker has the job, or it was ended meanwhile."""


@action(Verb.FAMILY_IMPORT, on="batch")
def begin_job(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Take the job of ``batch``, with a fresh token. Rows of a check that was broken off are forgotten.

    Raises:
        LeaseLostError: when another worker has it, or there is nothing to do.
    """
    locked: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    now = timezone.now()
    waits = locked.job_state == JobState.QUEUED
    orphaned = locked.job_state == JobState.RUNNING and locked.lease_until is not None and locked.lease_until < now
    if not (waits or orphaned):
        raise LeaseLostError
    locked.attempts += 1
    if locked.attempts > MOST_ATTEMPTS:
        _fail(locked, "stopped", count=MOST_ATTEMPTS)
        return locked
    if locked.job == Job.CHECK:
        ImportRow.objects.filter(batch=locked).delete()
        locked.n_done = 0
    locked.job_state = JobState.RUNNING
    locked.lease_token = uuid.uuid4()
    _move_lease(locked)
    locked.save()
    remark(stage=locked.job, attempt=locked.attempts)
    return locked


def keep_rows(
    batch: ImportBatch,
    rows: Sequence[CheckedRow],
    likely: Mapping[uuid.UUID, Sequence[Mapping[str, Any]]],
    known: Mapping[uuid.UUID, str],
    *,
    total: int,
) -> None:
    """Store some of the ``total`` checked rows, and say that the worker is alive.

    Args:
        likely: for each family to be the registered ones that may be the same.
        known: the families that are registered already, with their codes.
    """
    with writing(Verb.FAMILY_IMPORT):
        locked = _held(batch)
        ImportRow.objects.bulk_create([_stored(batch, row, likely, known) for row in rows])
        locked.n_done += len(rows)
        locked.n_rows = total
        locked.save(update_fields=["n_done", "n_rows", "lease_until", "heartbeat_at", "changed_at"])


def _stored(
    batch: ImportBatch,
    row: CheckedRow,
    likely: Mapping[uuid.UUID, Sequence[Mapping[str, Any]]],
    known: Mapping[uuid.UUID, str],
) -> ImportRow:
    state, key = row.state, row.family_key
    if key in known:
        state = RowState.SKIPPED
    elif key in likely and state is RowState.OK:
        state = RowState.DUPLICATE
    return ImportRow(
        batch=batch, number=row.number, values=row.values, understood=row.understood, state=state,
        problems=[problem.plain() for problem in row.problems],
        has_notes=any(problem.level == "note" for problem in row.problems), is_head=row.is_head, family_key=key,
        family_id=key if key in known else None,
        likely=list(likely.get(key, [])) if key and row.is_head and state is RowState.DUPLICATE else [],
        district_id=batch.district_id, agency_id=batch.agency_id, team_id=batch.team_id, owner_id=batch.owner_id,
    )  # fmt: skip


@action(Verb.FAMILY_IMPORT, on="batch")
def finish_check(*, batch: ImportBatch, checked: Checked, by: User) -> ImportBatch:
    """Say that all rows are checked, and what comes next."""
    locked = _held(batch)
    count_rows(locked)
    locked.n_empty = checked.n_empty
    summary: dict[str, dict[str, Any]] = {}
    for row in checked.rows:
        for problem in row.problems:
            entry = summary.setdefault(problem.code, {"level": str(problem.level), "count": 0})
            entry["count"] += 1
    locked.summary = summary
    _enter(locked, ListState.IN_REVIEW if locked.n_duplicates else ListState.CHECKED)
    _end(locked, JobState.DONE)
    locked.save()
    remark(stage="checked", rows=locked.n_rows, errors=locked.n_errors, duplicates=locked.n_duplicates)
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def fail_job(*, batch: ImportBatch, code: str, values: Mapping[str, str | int] | None = None, by: User) -> ImportBatch:
    """Say that the list cannot be worked on, and why."""
    locked = _held(batch)
    _fail(locked, code, **(values or {}))
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def hand_back(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Give a job back because the worker is about to end; the next one goes on where this one stopped."""
    locked = _held(batch)
    locked.attempts -= 1
    put_into_queue(locked, Job(locked.job))
    locked.save()
    remark(stage="hand_back")
    return locked


@action(Verb.FAMILY_IMPORT, on="batch")
def take_in_some(*, batch: ImportBatch, by: User) -> bool:
    """Register the next families of the list, all of them or none. Returns whether more are waiting.

    A family that is registered already is passed over: its key is made from what the list says.
    """
    locked = _held(batch)
    ready = ImportRow.objects.filter(batch=locked, state__in=READY).exclude(family_key=None)
    heads = ready.filter(is_head=True).order_by("number").values_list("family_key", flat=True)
    keys = [key for key in heads[: CHUNK + 1] if key]
    more, keys = len(keys) > CHUNK, keys[:CHUNK]
    rows: dict[uuid.UUID, list[Mapping[str, Any]]] = {}
    found = ready.filter(family_key__in=keys).order_by("number").values_list("family_key", "understood")
    for key, understood in found:
        if key:
            rows.setdefault(key, []).append(understood)
    declared = Declared(
        ConsentMethod(locked.consent_method), locked.consent_language, locked.consent_on or timezone.localdate()
    )
    today = timezone.localdate()
    drafts = [family_draft(key, rows[key], declared, today) for key in keys]
    fresh = _register(locked, drafts, by)
    ready.filter(family_key__in=fresh).update(state=RowState.TAKEN_IN, family_id=F("family_key"))
    present = Family.objects.seen_by(by).filter(pk__in=set(keys) - fresh).values_list("pk", flat=True)
    ready.filter(family_key__in=list(present)).update(state=RowState.SKIPPED, family_id=F("family_key"))
    locked.n_taken_in += len(fresh)
    locked.n_done += len([row for told in rows.values() for row in told])
    if not more:
        count_rows(locked)
        _enter(locked, ListState.MERGED)
        _end(locked, JobState.DONE)
    locked.save()
    remark(stage="take_in", families=len(fresh))
    return more


def _register(batch: ImportBatch, drafts: Sequence[tuple[FamilyDraft, Mapping[int, str]]], by: User) -> set[uuid.UUID]:
    """Register these families; one that a rule refuses today is named in its row and does not hold the others up."""
    try:
        families = register_families(scope=batch.scope, drafts=[draft for draft, _papers in drafts], by=by)
    except Refused:
        families = []
        for draft, _papers in drafts:
            try:
                families += register_families(scope=batch.scope, drafts=[draft], by=by)
            except Refused as refused:
                _say_refused(batch, draft.family_id, refused)
    fresh = {family.pk for family in families}
    _add_papers(batch, [(draft, papers) for draft, papers in drafts if draft.family_id in fresh and papers])
    return fresh


def _say_refused(batch: ImportBatch, key: uuid.UUID, refused: Refused) -> None:
    said = error("refused_by_rule", -1, reason=refused.message).plain()
    rows = ImportRow.objects.filter(batch=batch, family_key=key)
    rows.filter(is_head=False).update(state=RowState.HELD)
    for row in rows.filter(is_head=True):
        row.state, row.problems = RowState.ERROR, [*row.problems, said]
        row.save()


def _add_papers(batch: ImportBatch, drafts: Sequence[tuple[FamilyDraft, Mapping[int, str]]]) -> None:
    """Write down the numbers of papers. Members are found again by their names and births."""
    members = FamilyMember.objects.filter(family_id__in=[draft.family_id for draft, _papers in drafts])
    people: dict[uuid.UUID, dict[tuple[str, str, str, date | None], uuid.UUID]] = {}
    for member in members.select_related("person"):
        person = member.person
        name = (person.given_name, person.family_name, person.father_name, person.birth_on)
        people.setdefault(member.family_id, {})[name] = person.pk
    rows = []
    for draft, papers in drafts:
        for place, number in papers.items():
            told = draft.people[place]
            name = (told.given_name, told.family_name, told.father_name, told.birth.on if told.birth else None)
            person_id = people[draft.family_id][name]
            rows.append(
                Document(
                    person_id=person_id, kind=DocumentKind.PASSPORT, number=number, number_key=document_key(number),
                    district_id=batch.district_id, agency_id=batch.agency_id, team_id=batch.team_id,
                    owner_id=batch.owner_id,
                )
            )  # fmt: skip
    Document.objects.bulk_create(rows)


# --- the lease -------------------------------------------------------------------------------------------------------


def _held(batch: ImportBatch) -> ImportBatch:
    """The list, locked, its lease moved on.

    Raises:
        LeaseLostError: when the token is not the worker's any more.
    """
    locked: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.job_state != JobState.RUNNING or locked.lease_token != batch.lease_token:
        raise LeaseLostError
    _move_lease(locked)
    return locked


def _move_lease(batch: ImportBatch) -> None:
    now = timezone.now()
    batch.heartbeat_at = now
    batch.lease_until = now + timedelta(seconds=LEASE_SECONDS)


def _end(batch: ImportBatch, state: JobState) -> None:
    batch.job_state = state
    batch.lease_until = batch.lease_token = None


def _enter(batch: ImportBatch, state: ListState) -> None:
    batch.state, batch.state_at = state, timezone.now()


def _fail(batch: ImportBatch, code: str, **values: str | int) -> None:
    batch.error = {"code": code, "values": values}
    _enter(batch, ListState.FAILED)
    _end(batch, JobState.FAILED)
    batch.save()


# --- upkeep: by the program itself, for nobody -----------------------------------------------------------------------


def wake_silent_lists() -> int:
    """Put the jobs of workers that fell silent back into the queue. Returns how many."""
    with for_purpose("upkeep"), writing("upkeep"):
        found = silent_lists()
        for batch in found:
            batch.lease_until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
            if batch.job_state == JobState.RUNNING:
                batch.job_state = JobState.QUEUED
                batch.lease_token = None
            batch.save()
            tell_worker(batch)
    return len(found)


def give_up(batch_id: uuid.UUID) -> None:
    """Say that nobody has the right to go on with a list: who asked for it was suspended or lost the role."""
    with for_purpose("upkeep"), writing("upkeep"):
        batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is not None and batch.is_busy:
            _fail(batch, "left")
            record_event(Verb.FAMILY_IMPORT, by=None, subject=batch, detail={"stage": "left"})


def erase_old_lists() -> int:
    """Erase the files and rows of lists that are finished since long; the list itself and its counts stay.

    Rows that became families keep their number and the family they became: by them the consent that was declared for
    the list is found again.
    """
    until = timezone.now() - timedelta(days=KEPT_DAYS)
    with for_purpose("upkeep"), writing("upkeep"):
        found = ImportBatch.objects.filter(erased_at=None, state_at__lt=until)
        old = list(found.exclude(job_state__in=[JobState.QUEUED, JobState.RUNNING])[:50])
        for batch in old:
            _erase(batch)
            record_event(Verb.FAMILY_IMPORT, by=None, subject=batch, detail={"stage": "erase"})
    return len(old)


def erase_rows_of(families: Iterable[uuid.UUID]) -> int:
    """Erase what lists said of these families, and the files of lists that are finished; a part of a withdrawal.

    The rows stay with their number and the family that they became. A list that is still worked on keeps its file until
    it is finished and its days are over, because the other families are read from it. Returns how many rows.
    """
    rows = ImportRow.objects.filter(family_id__in=list(families))
    lists = set(rows.values_list("batch_id", flat=True))
    ImportFile.objects.filter(batch_id__in=lists, batch__state__in=FINISHED).delete()
    return int(rows.update(values={}, understood={}, problems=[], likely=[]))


def _erase(batch: ImportBatch) -> None:
    ImportFile.objects.filter(batch=batch).delete()
    rows = ImportRow.objects.filter(batch=batch)
    rows.exclude(state=RowState.TAKEN_IN).delete()
    rows.update(values={}, understood={}, problems=[], likely=[])
    if batch.state not in FINISHED:
        _enter(batch, ListState.REFUSED)
        _end(batch, JobState.NONE)
    batch.erased_at = timezone.now()
    batch.headers, batch.findings, batch.sheets = [], [], []
    batch.save()
