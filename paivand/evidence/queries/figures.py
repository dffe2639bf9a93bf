"""Figures, exact and fresh: by PostgreSQL, or by DuckDB over the snapshot and what came since.

What comes out is for the program alone: nobody is shown a figure of people before disclosure control.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import duckdb
from django.conf import settings
from django.db import connection
from django.utils import timezone

from paivand.access.models import Agency
from paivand.access.models.identity import reading_facts
from paivand.evidence.queries import live
from paivand.evidence.queries.counting import counter, forget
from paivand.evidence.queries.increments import kept_up
from paivand.evidence.queries.snapshots import current_snapshot, lay_out, note_damage
from paivand.evidence.queries.tail import forget_tail, read_tail, set_alias, what_changed
from paivand.evidence.rules import answers
from paivand.evidence.rules.answers import Run
from paivand.evidence.rules.asking import Ask, Figure
from paivand.evidence.rules.indicators import Indicator, Source, Where
from paivand.evidence.rules.reading import age_sets
from paivand.evidence.rules.relations import Dialect
from paivand.evidence.rules.snapshots import Engine, Snapshot

_REMEMBERED = 600
_remembered: OrderedDict[str, Figures] = OrderedDict()
_remembering = threading.Lock()


class Figures(dict[str, Figure]):
    """The answers by the code of the indicator, when they were true, and what computed them."""

    def __init__(self, found: dict[str, Figure], fresh_at: datetime, engine: Engine) -> None:
        super().__init__(found)
        self.fresh_at, self.engine = fresh_at, engine


Question = tuple[Sequence[Indicator], Ask]


def figures(indicators: Iterable[Indicator], ask: Ask, *, engine: Engine | None = None) -> Figures:
    """What these indicators come to, each step that is committed by now included.

    An answer is used again only while nothing was written that figures are computed from.

    Args:
        engine: compute it there; without it, where it is quickest and no link between coded and plain steps is written.
    """
    return figures_of([(list(indicators), ask)], engine=engine)[0]


def figures_of(questions: Sequence[Question], *, engine: Engine | None = None) -> list[Figures]:
    """The answers to several questions, all true at one moment: the database is asked once what changed.

    For more than one question, what the files do not hold is read once and counted in memory.
    """
    now = timezone.now()
    questions = [(with_keys(indicators), ask) for indicators, ask in questions]
    asked = [one for indicators, _ask in questions for one in indicators]
    if not asked:
        return [Figures({}, now, Engine.LIVE) for _question in questions]
    snapshot = current_snapshot() if engine in (None, Engine.FILES) else None
    chosen = engine or _engine(asked, snapshot, many=len(questions) > 1)
    if chosen is not Engine.FILES:
        snapshot = None
    changes = what_changed(snapshot.until if snapshot else None)
    return [
        _answer(indicators, ask, engine=chosen, snapshot=snapshot, changes=changes, now=now)
        for indicators, ask in questions
    ]


def reads_files() -> bool:
    """Whether figures are computed over files now."""
    snapshot = current_snapshot()
    return snapshot is not None and _is_large(snapshot)


def with_keys(asked: Sequence[Indicator]) -> list[Indicator]:
    """The indicators with the keys of agencies, which records hold, in place of the names that declarations hold."""
    wheres = [where for one in asked for where in (one.where, one.whole) if where and where.agencies]
    if not wheres:
        return list(asked)
    names = {name for where in wheres for name in where.agencies}
    keys = {name: str(key) for key, name in Agency.objects.filter(name__in=names).values_list("pk", "name")}

    def told(where: Where | None) -> Where | None:
        # A name that no agency has stays as it is: no record holds it, so nothing counts.
        return where and replace(where, agencies=tuple(keys.get(name, name) for name in where.agencies))

    return [replace(one, where=told(one.where) or one.where, whole=told(one.whole)) for one in asked]


def _answer(
    asked: Sequence[Indicator], ask: Ask, *, engine: Engine, snapshot: Snapshot | None, changes: str, now: datetime
) -> Figures:
    key = _key(asked, ask, engine, snapshot, changes)
    with _remembering:
        known = _remembered.get(key)
        if known is not None:
            _remembered.move_to_end(key)
            return Figures(known, now, known.engine)
    result = Figures(_computed(asked, ask, engine, snapshot, changes), now, engine)
    with _remembering:
        _remembered[key] = result
        while len(_remembered) > _REMEMBERED:
            _remembered.popitem(last=False)
    return result


def statement_shown(indicator: Indicator, ask: Ask) -> list[str]:
    """The statements that compute an indicator, as a reader may look at them."""
    from paivand.evidence.rules.statements import statements

    return [one.text for one in statements([indicator], ask, dialect=Dialect.DUCKDB, ages=age_sets())]


def _computed(
    asked: Sequence[Indicator], ask: Ask, engine: Engine, snapshot: Snapshot | None, changes: str
) -> dict[str, Figure]:
    if engine is Engine.LIVE:
        return _live(asked, ask)
    try:
        return _in_memory(asked, ask, snapshot, changes)
    except duckdb.Error as broken:
        forget()
        forget_tail()
        if snapshot is None:
            raise
        # A file that broke while it was read: the database still knows everything.
        note_damage(str(broken).splitlines()[0])
        return _in_memory(asked, ask, None, what_changed(None)) if _mixes(asked) else _live(asked, ask)


def _live(asked: Sequence[Indicator], ask: Ask) -> dict[str, Figure]:
    return answers.figures(asked, ask, _run_live(ask), dialect=Dialect.POSTGRES, ages=age_sets())


def _in_memory(asked: Sequence[Indicator], ask: Ask, snapshot: Snapshot | None, changes: str) -> dict[str, Figure]:
    run = _run_in_memory(ask, snapshot, changes)
    if snapshot and snapshot.steps and snapshot.people:
        kept = kept_up(counter(), snapshot, asked, ask, changes)
        if kept is not None:
            read = answers.figures_of(kept)
            return {one.code: read[one.code] for one in asked}
    return answers.figures(asked, ask, run, dialect=Dialect.DUCKDB, ages=age_sets())


def runner(asked: Sequence[Indicator], ask: Ask) -> tuple[Dialect, Run]:
    """What runs a statement about these indicators where ``figures`` would compute them, and its dialect."""
    asked, snapshot = with_keys(asked), current_snapshot()
    engine = _engine(asked, snapshot)
    if engine is Engine.LIVE:
        return Dialect.POSTGRES, _run_live(ask)
    snapshot = snapshot if engine is Engine.FILES else None
    return Dialect.DUCKDB, _run_in_memory(ask, snapshot, what_changed(snapshot.until if snapshot else None))


def _run_live(ask: Ask) -> Run:
    relations = live.relations(ask.as_of)

    def run(statement: str) -> list[Sequence[Any]]:
        with reading_facts(), connection.cursor() as cursor:
            cursor.execute(f"with recursive {relations},\n{statement.removeprefix('with ')}")
            return list(cursor.fetchall())

    return run


def _run_in_memory(ask: Ask, snapshot: Snapshot | None, changes: str) -> Run:
    here, tail = read_tail(snapshot.until if snapshot else None, changes)
    set_alias(here, tail, ask.as_of)
    lay_out(here, snapshot)

    def run(statement: str) -> list[Sequence[Any]]:
        return list(here.execute(statement).fetchall())

    return run


def _engine(asked: Sequence[Indicator], snapshot: Snapshot | None, *, many: bool = False) -> Engine:
    if snapshot and _is_large(snapshot):
        return Engine.FILES
    return Engine.MEMORY if many or _mixes(asked) else Engine.LIVE


def _is_large(snapshot: Snapshot) -> bool:
    return bool(snapshot.n_steps >= settings.EVIDENCE_LIVE_STEPS)


def _mixes(asked: Sequence[Indicator]) -> bool:
    """Whether somebody may stand in coded and in plain steps of one indicator: only memory here knows that she is one.

    PostgreSQL does not, and must not be told: what goes to it as a parameter can end in its log.
    """
    people = [one for one in asked if one.source is Source.JOURNEY]
    if not people:
        return False
    with reading_facts(), connection.cursor() as cursor:
        cursor.execute("select distinct service from registry_journeystep where pseudonym <> ''")
        coded = {service for (service,) in cursor.fetchall()}
    return any(_may_match(one, service) for one in people for service in coded)


def _may_match(indicator: Indicator, service: str) -> bool:
    wheres = [where for where in (indicator.where, indicator.whole) if where]
    asked = [code for where in wheres for code in (*where.services, *where.having)]
    if any(not where.services for where in wheres):
        return True
    return any(code == service or (code.endswith(".*") and service.startswith(code[:-1])) for code in asked)


def _key(asked: Sequence[Indicator], ask: Ask, engine: Engine, snapshot: Snapshot | None, changes: str) -> str:
    declared = [
        (one.code, one.measure, one.source, one.where, one.whole, one.value, one.per_person, one.ages) for one in asked
    ]
    files = [one.sha256 for one in snapshot.pieces] if snapshot else []
    return hashlib.sha256(repr((declared, ask, engine, files, changes)).encode()).hexdigest()
