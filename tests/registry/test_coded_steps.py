"""Steps of the sealed room: counted under a pseudonym, and joined to nobody by whoever lacks the right."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from paivand.access.models.identity import acting_as, for_link
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.writing import writing
from paivand.registry.models import JourneyStep
from paivand.registry.queries.journey import n_people, steps_of
from paivand.registry.queries.story import story
from tests.cast import KULOB

pytestmark = pytest.mark.django_db
FIRST = date(2026, 11, 1)


def coded(whom, by, **changes):
    """A step of the sealed room for this person."""
    values = {
        "pseudonym": pseudonym(whom.pk), "coded_sex": "female", "coded_age": "25-49", "service": "survivor.supported",
        "outcome": "completed", "happened_on": FIRST, "place_id": KULOB, "recorded_by": by, "district_id": KULOB,
    }  # fmt: skip
    return JourneyStep(**{**values, **changes})


@pytest.fixture
def step(family, gulnoz):
    with acting_as(gulnoz), writing("test"):
        row = coded(family.head, gulnoz)
        row.save()
    return row


def test_a_coded_step_is_seen_in_the_sealed_room_only(step, gulnoz, zarina, nasiba, manija, rustam):
    with acting_as(gulnoz):
        assert JourneyStep.objects.seen_by(gulnoz).filter(pk=step.pk).exists()
    for user in (zarina, nasiba, manija, rustam):
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select count(*) from registry_journeystep where id = %s", [step.pk])
            assert cursor.fetchone() == (0,)
            assert not JourneyStep.objects.seen_by(user).filter(pk=step.pk).exists()


def test_a_coded_step_stands_in_no_story_and_in_no_list_of_a_person(step, family, gulnoz):
    with acting_as(gulnoz):
        assert step.pk not in {row.pk for row in story(gulnoz, family).steps}
        assert step.pk not in {row.pk for row in steps_of(gulnoz, [family.head_id])[family.head_id]}


def test_somebody_helped_twice_has_one_pseudonym(step, family, gulnoz):
    with acting_as(gulnoz), writing("test"):
        coded(family.head, gulnoz, happened_on=date(2026, 10, 1)).save()
        words = JourneyStep.objects.filter(service="survivor.supported").values_list("pseudonym", flat=True)
        assert len(words) == 2
        assert len(set(words)) == 1
        assert family.head_id.hex not in words[0]


@pytest.mark.parametrize("changes", [
    {"happened_on": date(2026, 11, 29)},  # a day would betray whom she met
    {"pseudonym": ""},
])  # fmt: skip
def test_the_database_refuses_a_coded_step_that_betrays(changes, family, gulnoz):
    with pytest.raises((IntegrityError, DatabaseError)), acting_as(gulnoz), writing("test"):
        coded(family.head, gulnoz, **changes).save()


def test_the_database_refuses_a_coded_step_that_names_the_person(family, gulnoz):
    with pytest.raises(DatabaseError), acting_as(gulnoz), writing("test"):
        coded(family.head, gulnoz, person=family.head).save()


def test_who_does_not_work_in_the_sealed_room_writes_no_coded_step(family, zarina):
    with pytest.raises(DatabaseError), acting_as(zarina), writing("test"):
        coded(family.head, zarina).save()


def test_a_provider_writes_steps_in_her_own_name_only(family, anvar, zarina):
    plain = {"pseudonym": "", "coded_sex": "", "coded_age": "", "person": family.head, "service": "referral.legal"}
    with acting_as(anvar), writing("test"):
        # The database gives nothing back of a row that the provider may not read.
        JourneyStep.objects.bulk_create([coded(family.head, anvar, **plain)])
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(anvar), writing("test"):
        JourneyStep.objects.bulk_create([coded(family.head, zarina, **plain)])
    with acting_as(zarina):
        assert n_people(zarina, "referral.legal") == 1


def test_a_step_is_written_while_a_link_is_answered(family, zarina):
    plain = {"pseudonym": "", "coded_sex": "", "coded_age": "", "person": family.head, "service": "referral.legal"}
    with for_link("abc"), writing("test"):
        JourneyStep.objects.bulk_create([coded(family.head, zarina, **plain)])
    with acting_as(zarina):
        assert n_people(zarina, "referral.legal") == 1
