"""Stories of many families at once: the same rows and the same refusals as one by one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.registry.actions.journey import Help
from paivand.registry.actions.stories import (
    members_in_order,
    record_consents_of_many,
    record_steps,
    record_stories,
)
from paivand.registry.models import Absence, Consent, Document, Family, JourneyStep, MigrationEpisode, Remittance
from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy
from paivand.registry.rules.drafts import (
    AbsenceDraft,
    ConsentDraft,
    DocumentDraft,
    MigrationDraft,
    ParticularsDraft,
    RemittanceDraft,
)
from paivand.registry.rules.migration import AbsenceStatus
from paivand.registry.rules.people import DocumentKind, DocumentStatus
from paivand.registry.rules.remittances import Currency
from paivand.registry.rules.stories import FamilyStory, PersonStory, StayDraft
from tests.cast import DUSTI, KULOB, agreed, register

pytestmark = pytest.mark.django_db


def story(family: Family, **changes: Any) -> FamilyStory:
    """He left in spring, fell silent, and sent nothing since."""
    head = members_in_order([family.pk])[family.pk][0]
    today = timezone.localdate()
    left = today.replace(day=1) - timedelta(days=400)
    values: dict[str, Any] = {
        "people": (
            PersonStory(
                head.pk,
                ParticularsDraft(marital="married", marriage="religious", languages=("tg",)),
                (DocumentDraft(DocumentKind.PASSPORT, DocumentStatus.VALID, "А 1234567"),),
                (StayDraft(MigrationDraft("RU", left.replace(day=1))),),
            ),
        ),
        "absences": (
            AbsenceDraft(AbsenceStatus.REMITTING, left, head.pk),
            AbsenceDraft(AbsenceStatus.SILENT_6_12M, today - timedelta(days=200), head.pk),
        ),
        "remittances": tuple(
            RemittanceDraft(_month(today, n), Decimal(0 if n < 4 else 9000), Currency.RUB, sender_id=head.pk)
            for n in range(1, 7)
        ),
    }
    return FamilyStory(family.pk, **{**values, **changes})


def _month(today: date, back: int) -> date:
    index = today.year * 12 + today.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


def test_a_story_is_written_as_one_by_one(zarina: Any) -> None:
    families = [register(zarina), register(zarina, given="Маҳбуба")]
    with acting_as(zarina):
        record_stories(scope=placement(zarina, KULOB), stories=[story(family) for family in families], by=zarina)
        family = Family.objects.get(pk=families[0].pk)
        assert family.absence_status == AbsenceStatus.SILENT_6_12M
        assert family.remittance_signal == "none_3_months"
        assert family.version == families[0].version + 1
        assert [row.is_current for row in Absence.objects.filter(family=family).order_by("since_on")] == [False, True]
        assert Remittance.objects.filter(family=family, amount=9000)[0].amount_tjs > 0
        assert Document.objects.filter(number_key="A1234567").count() == 2
        assert MigrationEpisode.objects.count() == 2


def test_every_family_has_its_event(zarina: Any, nasiba: Any) -> None:
    families = [register(zarina), register(zarina, given="Маҳбуба")]
    with acting_as(zarina):
        record_stories(scope=placement(zarina, KULOB), stories=[story(family) for family in families], by=zarina)
    with acting_as(nasiba):
        labels = set(AuditEvent.objects.filter(event="family.edit").values_list("subject_label", flat=True))
    assert {family.code for family in families} <= labels


def test_a_story_that_was_begun_is_refused(zarina: Any) -> None:
    family = register(zarina)
    with acting_as(zarina):
        record_stories(scope=placement(zarina, KULOB), stories=[story(family)], by=zarina)
        with pytest.raises(Refused, match="begun"):
            record_stories(scope=placement(zarina, KULOB), stories=[story(family)], by=zarina)


def test_nothing_is_written_for_a_family_of_another_district(zarina: Any, farrukh: Any) -> None:
    family = register(farrukh, jamoat="TJ-KT-20-01")
    with acting_as(farrukh):
        theirs = story(family)
    with acting_as(zarina), pytest.raises(Refused, match="elsewhere"):
        record_stories(scope=placement(zarina, KULOB), stories=[theirs], by=zarina)
    with acting_as(farrukh):
        assert not Absence.objects.exists()
        assert placement(farrukh, DUSTI).district_id == DUSTI


def test_a_stranger_has_no_place_in_a_story(zarina: Any) -> None:
    family, other = register(zarina), register(zarina, given="Маҳбуба")
    with acting_as(zarina), pytest.raises(Refused, match="belong"):
        record_stories(
            scope=placement(zarina, KULOB), stories=[story(family, people=story(other).people)], by=zarina
        )  # fmt: skip


def test_consents_and_steps_of_many_follow_the_rules_of_one(zarina: Any) -> None:
    family = register(zarina, consent=agreed(purposes=(ConsentPurpose.REGISTRATION, ConsentPurpose.SERVICES)))
    today = timezone.localdate()
    given = ConsentDraft(
        GivenBy.GUARDIAN, ConsentMethod.SIGNATURE, "tg", today, (ConsentPurpose.SERVICES,), guardian_name="Ҷамила"
    )  # fmt: skip
    with acting_as(zarina):
        people, scope = members_in_order([family.pk])[family.pk], placement(zarina, KULOB)
        with pytest.raises(Refused, match="18"):
            record_consents_of_many(scope=scope, given=[(people[0], given)], by=zarina)
        visit = Help("visit.made", "completed", today, Place.objects.get(pk="TJ-KT-02-02"))
        record_steps(scope=scope, steps=[(people[0], visit)], by=zarina)
        assert JourneyStep.objects.filter(service="visit.made").count() == 1
        with pytest.raises(Refused, match="catalogue"):
            record_steps(
                scope=scope, steps=[(people[0], Help("wagon.sent", "completed", today, visit.place))], by=zarina
            )
        assert Consent.objects.filter(given_by=GivenBy.GUARDIAN).count() == 0
