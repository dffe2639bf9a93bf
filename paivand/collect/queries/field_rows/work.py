"""What waits for a worker: people to ask after, referrals under way, campaigns that go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation

from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.collect.queries.field_rows.learning import declared
from paivand.collect.queries.field_rows.source import Asked, Rows, Source
from paivand.core.rules.privacy import DataClass
from paivand.learning.models import FollowUp
from paivand.learning.rules.courses import course
from paivand.learning.rules.states import FollowKind, FollowState
from paivand.outreach.models import Campaign
from paivand.referrals.models import Referral
from paivand.referrals.rules.referrals import CLOSING, PENDING, Sensitivity
from paivand.registry.queries.families import on_related

SOON = timedelta(days=30)
"""How long before its day a question afterwards is on the device."""
ASKED_WITHIN = timedelta(days=60)
"""How long after the end of a referral the person is asked how it went."""
LATELY = timedelta(days=30)
"""How long after its end a campaign is still offered."""


def _follow_ups(asked: Asked) -> Rows:
    found = FollowUp.objects.seen_by(asked.by)
    if Verb.FORM_FILL not in asked.by.verbs:
        found = found.none()
    return found.filter(
        for_user_id=asked.by.pk, state=FollowState.DUE, kind=FollowKind.AFTER, due_on__lte=asked.today + SOON
    ).order_by("enrolment__name", "months", "pk")


def _written_follow_ups(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for pk, name, person, months, code in rows:
        found = course(code)
        asked_of = " ".join(sorted(found.follow_up.asked)) if found and found.follow_up else ""
        title = found.title_in(translation.get_language() or "en") if found else code
        yield pk, f"{name} · {months} · {title}", person or "", months, code, asked_of


def _written_practices(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    """The practices of the courses after which she asks."""
    language = translation.get_language() or "en"
    for code in dict.fromkeys(row[0] for row in rows):
        found = course(code)
        for one in found.practices if found else ():
            yield one.code, one.title_in(language), code


FOLLOW_UPS = Source(
    ("name", "label", "person", "months", "course", "asked"),
    ("pk", "enrolment__name", "enrolment__person_id", "months", "group__course"),
    _follow_ups,
    _written_follow_ups,
    shared=declared,
    known=FollowUp.objects.seen_by,
)
PRACTICES = Source(("name", "label", "course"), ("group__course",), _follow_ups, _written_practices, shared=declared)


def _referrals(asked: Asked) -> Rows:
    """Sent by her or for a family of hers: under way, or ended lately, so that the person can be asked how it went.

    A service whose name tells why somebody was sent is left out.
    """
    by = asked.by
    found = Referral.objects.seen_by(by)
    if not {Verb.FORM_FILL, Verb.REFERRAL_SEND, Verb.FAMILY_EDIT} <= by.verbs:
        found = found.none()
    return (
        found.filter(
            InScope(Verb.REFERRAL_SEND).q(by, DataClass.CASE),
            on_related("family__", InScope(Verb.FAMILY_EDIT).q(by, DataClass.FAMILY)),
            Q(sender_id=by.pk) | Q(family_id__in=asked.carried.ids),
            Q(state__in=sorted(PENDING))
            | Q(state__in=sorted(CLOSING), ended_at__date__gte=asked.today - ASKED_WITHIN),
            sensitivity=Sensitivity.ORDINARY, is_discreet=False, service__is_sensitive=False,
        )
        .order_by("-number")
    )  # fmt: skip


def _written_referrals(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    place = {"tg": 0, "ru": 1, "en": 2, "fa": 3}[translation.get_language() or "tg"]
    for pk, number, family, sent_at, *names in rows:
        service = names[place] or names[0]
        sent_on = timezone.localdate(sent_at).isoformat() if sent_at else ""
        yield pk, f"{Referral(number=number).code} · {service}", family, service, sent_on


REFERRALS = Source(
    ("name", "label", "family", "service", "sent_on"),
    (
        "pk",
        "number",
        "family_id",
        "sent_at",
        "service__name",
        "service__name_ru",
        "service__name_en",
        "service__name_fa",
    ),
    _referrals,
    _written_referrals,
    known=Referral.objects.seen_by,
)


def _campaigns(asked: Asked) -> Rows:
    found = Campaign.objects.seen_by(asked.by)
    if not {Verb.FORM_FILL, Verb.OUTREACH_RECORD} <= asked.by.verbs:
        found = found.none()
    reach = asked.by.reach(Verb.OUTREACH_RECORD)
    if not (reach.everywhere or reach.agencies or reach.teams or reach.owner):
        found = found.filter(Q(district=None) | Q(district_id__in=reach.districts))
    return found.filter(
        Q(ends_on=None) | Q(ends_on__gte=asked.today - LATELY), starts_on__lte=asked.today + SOON
    ).order_by("-starts_on", "-pk")


def _written_campaigns(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for pk, title, topics in rows:
        yield pk, title, " ".join(topics)


CAMPAIGNS = Source(
    ("name", "label", "topics"), ("pk", "title", "topics"), _campaigns, _written_campaigns,
    known=Campaign.objects.seen_by,
)  # fmt: skip
