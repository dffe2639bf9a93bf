"""The letters that tell families what was decided: each in the language in which the family agreed to be registered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from paivand.access.models import User
from paivand.cases.models import SelectionCandidate, SelectionRound
from paivand.cases.queries.selection import PAGE, with_families
from paivand.cases.rules.selection import appeal_until
from paivand.cases.rules.selection_codes import numbers
from paivand.core.rules.pages import Page
from paivand.registry.models import Consent, Family
from paivand.registry.rules import ConsentPurpose

DEFAULT = "tg"
"""The language of a family of whom none is known: that of the land."""


@dataclass(frozen=True)
class Letter:
    """What a family is told. It holds no score and nothing of other families."""

    candidate: SelectionCandidate
    family: Family
    chosen: SelectionRound
    language: str
    until: date
    answer_days: int
    worker: User | None


def languages_of(by: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The language in which the consent to registration was explained to each of these people."""
    rows = Consent.objects.seen_by(by).filter(person_id__in=list(people), purpose=ConsentPurpose.REGISTRATION)
    return dict(rows.order_by("given_on", "pk").values_list("person_id", "language"))


def letters(
    by: User, chosen: SelectionRound, candidates: Sequence[SelectionCandidate], language: str = ""
) -> list[Letter]:  # fmt: skip
    """A letter to each of these families whose file ``by`` may see and whose head did not withdraw her consent.

    Args:
        candidates: decided rows of the list with their files as ``seen``.
        language: one for all of them, or empty for the language of each family.
    """
    rows = [(row, row.seen) for row in candidates if row.outcome and row.seen and not row.seen.is_withdrawn]  # type: ignore[attr-defined]
    spoken = languages_of(by, [family.head_id for _row, family in rows])
    owners = User.objects.filter(User.policy.visible(by), pk__in={family.owner_id for _row, family in rows})
    workers = {user.pk: user for user in owners.select_related("agency")}
    known = dict(settings.LANGUAGES)
    days = numbers()
    return [
        Letter(
            row, family, chosen, language or _known(spoken.get(family.head_id, ""), known),
            appeal_until(chosen.decided_on, row.told_on, days.appeal_days), days.answer_days,
            workers.get(family.owner_id),
        )
        for row, family in rows
        if chosen.decided_on
    ]  # fmt: skip


def _known(language: str, known: dict[str, str]) -> str:
    return language if language in known else DEFAULT


def letters_to_print(
    by: User, chosen: SelectionRound, *, jamoat: str = "", after: str = ""
) -> Page[SelectionCandidate]:  # fmt: skip
    """A page of the families who were not told yet, in the order of the list."""
    found = SelectionCandidate.objects.seen_by(by).filter(round=chosen, told_on=None).exclude(outcome="")
    if jamoat:
        found = found.filter(jamoat_id=jamoat)
    if after:
        found = found.filter(order_key__gt=after)
    rows = list(found.select_related("jamoat").order_by("order_key")[: PAGE + 1])
    page = Page.cut(rows, PAGE, lambda row: row.order_key)
    with_families(by, page.rows)
    return page
