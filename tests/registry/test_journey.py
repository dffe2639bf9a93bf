"""The journey: what reached whom, as far as people agreed to it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import Place, new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent, withdraw_consent
from paivand.registry.actions.journey import Help, record_help, record_step, reverse_help, reverse_step
from paivand.registry.models import Consent, JourneyStep, Person
from paivand.registry.queries import journey
from paivand.registry.rules import REGISTERED, ConsentPurpose, Relation
from paivand.registry.rules.catalogue import outcome_title, services
from tests.cast import agreed, register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LANGUAGES = ("tg", "ru", "en", "fa")


def ago(n: int) -> date:
    return TODAY - timedelta(days=n)


def step(family, by, who=None, **changes):
    values = {"service": "visit.made", "outcome": "completed", "happened_on": TODAY}
    return record_step(person=who or family.head, place=family.jamoat, by=by, **{**values, **changes})


def helped(family, by, people, form_id=None, **changes):
    values = {"service": "information.given", "outcome": "completed", "happened_on": TODAY, "place": family.jamoat}
    given = Help(**{**values, **changes})
    return record_help(family=family, people=people, given=given, form_id=form_id or new_id(), by=by)


def refused(call, code):
    with pytest.raises(Refused) as error:
        call()
    assert error.value.code == code


def withdraw(by, person, purpose):
    consent = Consent.objects.filter(person=person, purpose=purpose, withdrawn_on=None).first()
    withdraw_consent(consent=consent, on=TODAY, reason="does not want it", by=by)


@pytest.fixture
def child(family, zarina):
    with acting_as(zarina):
        return family.members.select_related("person").filter(relation=Relation.CHILD).order_by("pk").first().person


# --- the catalogue --------------------------------------------------------------------------------------------------


def test_every_service_has_its_words_in_four_languages():
    assert REGISTERED in services()
    for service in services().values():
        assert set(service.titles) == set(service.units) == set(LANGUAGES)
        assert service.outcomes
        for outcome in service.outcomes:
            assert {outcome_title(outcome, language) for language in LANGUAGES} != {outcome}


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Home visit"), ("ru", "Посещение на дому"), ("fa", "دیدار در خانه")]
)
def test_a_step_is_told_in_the_readers_language(language, title, family, zarina):
    with acting_as(zarina), override(language):
        assert step(family, zarina).service_name == title


@pytest.mark.parametrize(("changes", "code"), [
    ({"service": "wagon.sent"}, "service"),
    ({"outcome": "excellent"}, "outcome"),
    ({"happened_on": TODAY + timedelta(days=2)}, "date"),
    ({"quantity": Decimal(0)}, "quantity"),
])  # fmt: skip
def test_what_the_catalogue_does_not_know_is_refused(changes, code, family, zarina):
    with acting_as(zarina):
        refused(lambda: step(family, zarina, **changes), code)
        assert JourneyStep.objects.exclude(service=REGISTERED).count() == 0


# --- consent --------------------------------------------------------------------------------------------------------


def test_no_step_after_services_are_withdrawn(family, zarina, child):
    with acting_as(zarina):
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.SERVICES,)), by=zarina)
        step(family, zarina)
        withdraw(zarina, family.head, ConsentPurpose.SERVICES)
        refused(lambda: step(family, zarina), "consent")
        refused(lambda: helped(family, zarina, [child, family.head]), "consent")
        helped(family, zarina, [child])
        assert journey.has_completed(zarina, family.head_id, "visit.made")


def test_no_step_after_registration_is_withdrawn(family, zarina, child):
    with acting_as(zarina):
        withdraw(zarina, family.head, ConsentPurpose.REGISTRATION)
        for who in (family.head, child):
            refused(lambda who=who: step(family, zarina, who), "closed")


def test_no_step_after_the_consent_to_registration_has_ended(zarina):
    family = register(zarina, consent=agreed(given_on=ago(90), valid_until=ago(1)))
    with acting_as(zarina):
        refused(lambda: step(family, zarina), "registration")
        record_consent(person=family.head, draft=agreed(), by=zarina)
        step(family, zarina)


# --- writing down and correcting ------------------------------------------------------------------------------------


def test_help_for_several_members_is_written_down_once(family, zarina, child):
    form_id = new_id()
    with acting_as(zarina):
        helped(family, zarina, [family.head, child], form_id)
        refused(lambda: helped(family, zarina, [family.head, child], form_id), "twice")
        assert JourneyStep.objects.filter(service="information.given").count() == 2
        event = AuditEvent.objects.filter(event="journey.record", outcome="done").get()
        assert (event.subject_label, event.detail["members"]) == (family.code, 2)


def test_help_for_nobody_is_refused(family, zarina):
    with acting_as(zarina):
        refused(lambda: helped(family, zarina, []), "people")


def test_what_was_written_down_together_is_corrected_together(family, zarina, child):
    with acting_as(zarina):
        helped(family, zarina, [family.head, child])
        helped(family, zarina, [family.head], happened_on=ago(3))
        people = [family.head_id, child.pk]
        first = journey.last_step(zarina, child.pk, "information.given")
        together = journey.written_together(zarina, people, first)
        assert [one.person_id for one in together] == [child.pk, family.head_id]
        reverse_help(family=family, steps=together, reason="it was another family", by=zarina)
        assert not journey.has_completed(zarina, child.pk, "information.given")
        assert journey.last_step(zarina, family.head_id, "information.given").happened_on == ago(3)
        refused(lambda: reverse_help(family=family, steps=together, reason="again", by=zarina), "already")
        refused(lambda: reverse_help(family=family, steps=[], reason="x", by=zarina), "people")
        assert journey.step_of(zarina, people, first.pk) is None


# --- questions ------------------------------------------------------------------------------------------------------


def test_only_what_was_completed_since_then_counts(family, zarina):
    with acting_as(zarina):
        step(family, zarina, happened_on=ago(400))
        step(family, zarina, outcome="declined")
        head = family.head_id
        assert journey.has_completed(zarina, head, "visit.made")
        assert not journey.has_completed(zarina, head, "visit.made", since=ago(100))
        assert not journey.has_completed(zarina, head, "information.given")


def test_a_reversed_step_counts_nowhere(family, zarina):
    with acting_as(zarina):
        first = step(family, zarina)
        assert journey.n_people(zarina, "visit.made") == 1
        reverse_step(step=first, reason="wrong person", by=zarina)
        assert not journey.has_completed(zarina, family.head_id, "visit.made")
        assert journey.n_people(zarina, "visit.made") == 0
        assert journey.last_step(zarina, family.head_id).service == REGISTERED
        assert [one.service for one in journey.steps_of(zarina, [family.head_id])[family.head_id]] == [REGISTERED]


def test_two_records_of_one_person_count_once(family, zarina):
    other = register(zarina, given="Джамила", surname="Каримова", members=0)
    with acting_as(zarina):
        step(family, zarina, happened_on=ago(2))
        step(other, zarina)
        assert journey.n_people(zarina, "visit.made") == 2
        with writing("test"):
            Person.objects.filter(pk=other.head_id).update(merged_into=family.head)
        assert journey.n_people(zarina, "visit.made") == 1
        assert journey.n_people(zarina, "visit.made", since=ago(1)) == 1
        assert journey.n_people(zarina, "visit.made", until=ago(3)) == 0
        assert journey.last_step(zarina, family.head_id, "visit.made").happened_on == TODAY
        assert len(journey.steps_of(zarina, [family.head_id])[family.head_id]) == 4
        assert journey.who_completed(zarina, [family.head_id, other.head_id], "visit.made") == {
            family.head_id,
            other.head_id,
        }


def test_help_is_written_down_in_the_familys_district(family, zarina):
    places = {place.pk for place in journey.places_of_help(family)}
    assert {family.jamoat_id, family.district_id} <= places
    assert not places & set(Place.objects.jamoats().exclude(parent_id=family.district_id).values_list("pk", flat=True))


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rustam", "behruz", "manija", "dpo", "anvar", "outsider", "farrukh"])
def test_who_has_no_right_writes_no_help_down(who, family, zarina, everyone):
    by = everyone[who]
    with acting_as(zarina):
        first = step(family, zarina)
    with acting_as(by):
        with pytest.raises((WithoutRightError, OutsideScopeError)):
            helped(family, by, [family.head])
        with pytest.raises((WithoutRightError, OutsideScopeError)):
            reverse_help(family=family, steps=[first], reason="x", by=by)


# --- the screens ----------------------------------------------------------------------------------------------------


def test_help_is_written_down_and_taken_back_on_the_screen(family, zarina, child, sign_in):
    browser = sign_in(zarina)
    sent = {
        "form_id": new_id(), "people": [family.head_id, child.pk], "service": "visit.made", "outcome": "completed",
        "happened_on": TODAY, "place": family.jamoat_id, "quantity": "1",
    }  # fmt: skip
    for _again in range(2):  # a double tap
        assert browser.post(f"/families/{family.code}/help/", sent).status_code == 302
    with acting_as(zarina):
        steps = list(JourneyStep.objects.filter(service="visit.made"))
    assert len(steps) == 2
    address = f"/families/{family.code}/help/{steps[0].pk}/reverse/"
    assert browser.post(address, {"steps": [step.pk for step in steps], "reason": ""}).status_code == 422
    assert browser.post(address, {"steps": [step.pk for step in steps], "reason": "another family"}).status_code == 302
    assert browser.get(address).status_code == 404  # there is nothing left to correct
    with acting_as(zarina):
        assert journey.n_people(zarina, "visit.made") == 0


def test_who_withdrew_services_is_not_offered(family, zarina, child, sign_in):
    with acting_as(zarina):
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.SERVICES,)), by=zarina)
        withdraw(zarina, family.head, ConsentPurpose.SERVICES)
    page = sign_in(zarina).get(f"/families/{family.code}/help/").content.decode()
    assert f'value="{family.head_id}"' not in page
    assert f'value="{child.pk}"' in page
    assert "does not agree to services" in page
