"""The figures as a reader may see them. Whatever leaves this room, on a page or in a file, comes from here."""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.evidence.models import Edition
from paivand.evidence.queries.figures import figures_of, reads_files
from paivand.evidence.queries.questions import questions
from paivand.evidence.rules.asking import WHOLE, Ask, Figure, Key, Period
from paivand.evidence.rules.indicators import Dimension, Indicator
from paivand.evidence.rules.protecting import as_published, as_read, counts_of, merged, protected_together
from paivand.evidence.rules.reading import indicators as all_indicators
from paivand.evidence.rules.telling import Hidden, Shown, Told, tables_of

_INSIDERS = frozenset({Verb.RESULTS_OPEN, Verb.RESULTS_ENTER, Verb.FAMILY_OPEN, Verb.LEARNING_TEACH})
"""Who holds one of these works with the records themselves, and sees figures as they change."""
_KEPT: OrderedDict[tuple[str, str], dict[str, dict[Key, Told]]] = OrderedDict()
_MOST_KEPT = 2000
_LOCK = Lock()


def shown(
    by: User, indicators: Sequence[Indicator], ask: Ask | None = None, *, leaving: bool = False
) -> dict[str, Shown]:  # fmt: skip
    """What may be shown of each indicator, by code: all its cuts, protected together.

    Args:
        ask: the period, what was known when, and the age set; the cuts are always all of ``tables_of``.
        leaving: for what is published or taken out: it is protected against the editions that were published before.
            So is everything for readers who do not work with the records; they are told of the whole time as it is
            known now, and of the past by editions, because two periods that differ by a day could be subtracted.

    Raises:
        Refused: ``ages`` for another age set than the indicator's own: the bands of two sets laid over one another tell
            how many stand between two bounds, however few.
    """
    question = replace(ask or Ask(), by=())
    if question.ages and any(one.ages != question.ages for one in indicators):
        raise Refused(
            _("This is shown by the age groups of its declaration alone: two kinds of groups could be subtracted."),
            "ages",
        )
    families = _families(indicators)
    exact, moment = _exact([one for family in families for one in family], question)
    districts = _districts(exact.values())
    outside = not (_INSIDERS & by.verbs)
    compared = leaving or outside
    earlier = _earlier(by, question) if compared and question.as_of is None else {}
    cells: dict[str, dict[Key, Told]] = {}
    for family in families:
        cells |= _protected(family, exact, districts, earlier)
    if outside and (question.period != Period() or question.as_of is not None):
        cells = {code: dict.fromkeys((*told, WHOLE), Told(None, Hidden.INSIDE)) for code, told in cells.items()}
    return {one.code: Shown(one, question, cells[one.code], moment, tables_of(one)) for one in indicators}


def _families(asked: Sequence[Indicator]) -> list[tuple[Indicator, ...]]:
    """Those that are asked about, each with the whole that it is a part of, and with all of its parts.

    What is shown of a part must not depend on whether the whole stands on the same page.
    """
    known = {**all_indicators(), **{one.code: one for one in asked}}
    whole_of = {part: one for one in known.values() for part in one.parts if part in known}
    found: dict[str, tuple[Indicator, ...]] = {}
    for one in asked:
        whole = whole_of.get(one.code, one)
        found[whole.code] = (whole, *(known[part] for part in whole.parts if part in known))
    return list(found.values())


def _exact(asked: Sequence[Indicator], ask: Ask) -> tuple[dict[str, Figure], datetime]:
    """All cuts of each indicator, and since when they are true.

    Over files the program's own indicators are all asked for together: that is what the files are prepared for, so the
    page of one costs what all cost, and the next page nothing.
    """
    every = {one.code: one for one in asked}
    if reads_files():
        every |= {code: one for code, one in all_indicators().items() if code not in every}
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    moment = timezone.now()
    # In the order in which they are declared, whichever of them the page shows: the same questions are answered once.
    place = {code: n for n, code in enumerate(all_indicators())}
    together = sorted(every.values(), key=lambda one: place.get(one.code, -1))
    for answer in figures_of(questions(together, ask)):
        moment = min(moment, answer.fresh_at)
        for code, figure in answer.items():
            found[code].append(figure)
    return {one.code: merged(found[one.code], one) for one in asked}, moment


def _protected(
    family: Sequence[Indicator], exact: Mapping[str, Figure], districts: Mapping[str, str],
    earlier: Mapping[str, list[dict[Key, int | None]]],
) -> dict[str, dict[Key, Told]]:  # fmt: skip
    """Protecting takes longer than counting, and the same figures are shown the same: so it is remembered."""
    told = [
        (
            sorted(one.cells.items()),
            sorted(one.people.items()),
            sorted(one.hits.items()),
            earlier.get(one.indicator, []),
        )
        for one in (exact[member.code] for member in family)
    ]
    name = (family[0].code, hashlib.sha256(repr(told).encode()).hexdigest())
    with _LOCK:
        if name in _KEPT:
            _KEPT.move_to_end(name)
            return _KEPT[name]
    cells = protected_together(family, exact, districts=districts, earlier=earlier)
    with _LOCK:
        _KEPT[name] = cells
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return cells


def _districts(found: Any) -> dict[str, str]:
    codes = {
        category
        for figure in found
        for key in figure.cells
        for dimension, category in key
        if dimension == Dimension.JAMOAT
    }
    return {code: str(parent) for code, parent in Place.objects.filter(pk__in=codes).values_list("pk", "parent_id")}


def _earlier(by: User, ask: Ask) -> dict[str, list[dict[Key, int | None]]]:
    """The counts of the editions that overlap with a question, by indicator, the newest first."""
    found: defaultdict[str, list[dict[Key, int | None]]] = defaultdict(list)
    for edition in Edition.objects.filter(Edition.policy.visible(by)).order_by("-number"):
        first, last = ask.period.first, ask.period.last
        if (edition.last_on and first and edition.last_on < first) or (
            edition.first_on and last and edition.first_on > last
        ):
            continue
        for code, rows in edition.cells.items():
            found[code].append(counts_of(as_read(rows)))
    return dict(found)


def cells_to_publish(by: User, indicators: Sequence[Indicator], ask: Ask) -> dict[str, list[list[Any]]]:
    """The cells of a new edition, protected against those before it."""
    return {code: as_published(one.cells) for code, one in shown(by, indicators, ask, leaving=True).items()}
