"""Referrals of survivors: only to whom she named, with the least, taken back with her word, counted when they help."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.protection.actions.referrals import note_answer, take_back
from paivand.protection.models import Survivor
from paivand.protection.queries.referrals import desk, referrals_of
from paivand.protection.rules.sectors import Sector
from paivand.referrals.actions.notices import see_notice
from paivand.referrals.models import Disclosure, Notice, Referral
from paivand.referrals.queries.referrals import desk_of, disclosures_shown
from paivand.registry.models import JourneyStep
from tests.protection.stage import ACCOUNT, NAME, PHONE, TODAY, YESTERDAY, agreed, answered, happened, opened, service
from tests.protection.stage import sent as send
from tests.protection.test_files import close
from tests.protection.test_help import services_consent, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(nasiba, anvar):
    """A health service whose provider has an account."""
    return service(nasiba, focal_user=anvar)


@pytest.fixture
def survivor(clinic, gulnoz):
    """A survivor who wants health care."""
    return opened(gulnoz, language="tg")


@pytest.fixture
def consent(survivor, gulnoz):
    """Her consent to be referred to that service's organisation."""
    return agreed(survivor, gulnoz)


def test_a_referral_tells_the_code_and_what_was_chosen_and_nothing_else(survivor, consent, clinic, gulnoz, anvar):
    happened(survivor, gulnoz)
    referral = send(survivor, consent, clinic, gulnoz)
    assert (referral.sensitivity, referral.person_id, referral.family_id) == ("sealed", None, None)
    assert referral.reference == survivor.code
    with acting_as(anvar):
        shown = disclosures_shown(anvar, [referral.pk])[referral.pk]
        assert set(shown.values) == {"survivor_code", "needs", "priority", "sex", "age_group"}
        assert shown.values["survivor_code"] == survivor.code
        text = str(shown.values)
    for word in (NAME.given, NAME.family, PHONE, ACCOUNT, "physical"):
        assert word not in text


def test_a_way_to_reach_her_leaves_by_its_own_lens_only(survivor, consent, clinic, gulnoz):
    referral = send(survivor, consent, clinic, gulnoz, lens="survivor_contact", chosen=["name", "languages"])
    with acting_as(gulnoz):
        left = Disclosure.objects.get(referral=referral).values
    assert set(left) == {"survivor_code", "needs", "priority", "safe_contact", "languages", "name"}
    assert PHONE in left["safe_contact"]
    assert left["name"] == NAME.full


def test_the_code_lens_never_carries_name_or_contact_even_if_asked(survivor, consent, clinic, gulnoz):
    referral = send(survivor, consent, clinic, gulnoz, chosen=["name", "safe_contact"])
    with acting_as(gulnoz):
        assert set(Disclosure.objects.get(referral=referral).values) == {"survivor_code", "needs", "priority"}


@pytest.mark.parametrize("case", ["sector", "organisation", "withdrawn", "ended", "of somebody else", "reporting"])
def test_without_a_consent_that_names_this_organisation_nothing_leaves(case, survivor, clinic, gulnoz, nasiba):
    consents = {
        "sector": lambda: agreed(survivor, gulnoz, sector=Sector.LEGAL),
        "organisation": lambda: agreed(survivor, gulnoz, organisation="Хонаи дигар"),
        "of somebody else": lambda: agreed(opened(gulnoz), gulnoz),
        "reporting": lambda: services_consent(survivor, gulnoz),
    }
    consent = consents.get(case, lambda: agreed(survivor, gulnoz))()
    if case == "withdrawn":
        withdraw(consent, gulnoz)
    if case == "ended":
        consent.valid_until = YESTERDAY
    with acting_as(gulnoz):
        fresh = type(consent).objects.get(pk=consent.pk) if case == "withdrawn" else consent
    with pytest.raises(Refused) as refused:
        send(survivor, fresh, clinic, gulnoz)
    assert refused.value.code == "consent"
    with acting_as(gulnoz):
        assert not Referral.objects.exists()


def test_a_double_tap_sends_once(survivor, consent, clinic, gulnoz):
    key = new_id()
    send(survivor, consent, clinic, gulnoz, referral_id=key)
    with pytest.raises(Refused) as refused:
        send(survivor, consent, clinic, gulnoz, referral_id=key)
    assert refused.value.code == "twice"


def test_a_withdrawn_consent_takes_the_referral_back_and_tells_the_holder(survivor, consent, clinic, gulnoz, anvar):
    referral = send(survivor, consent, clinic, gulnoz)
    withdraw(consent, gulnoz)
    with acting_as(gulnoz):
        row = Referral.objects.get(pk=referral.pk)
        assert (row.state, row.reason) == ("withdrawn", "consent_withdrawn")
    with acting_as(anvar):
        assert Notice.objects.filter(referral=referral, kind="withdrawn").exists()
        assert disclosures_shown(anvar, [referral.pk]) == {}


def test_withdrawing_one_consent_leaves_the_others_referrals(survivor, consent, clinic, gulnoz, nasiba):
    legal = service(nasiba, "legal", provider="Адолат")
    other = agreed(survivor, gulnoz, sector=Sector.LEGAL, organisation="Адолат")
    kept = send(survivor, consent, clinic, gulnoz)
    stopped = send(survivor, other, legal, gulnoz)
    withdraw(other, gulnoz)
    with acting_as(gulnoz):
        states = {row.pk: row.state for row in referrals_of(gulnoz, survivor)}
    assert states == {kept.pk: "sent", stopped.pk: "withdrawn"}


def test_who_does_not_want_to_be_helped_any_more_is_not_referred_any_more(survivor, consent, clinic, gulnoz):
    referral = send(survivor, consent, clinic, gulnoz)
    withdraw(services_consent(survivor, gulnoz), gulnoz)
    with acting_as(gulnoz):
        assert Referral.objects.get(pk=referral.pk).state == "withdrawn"


def test_a_file_with_a_referral_under_way_is_not_closed(survivor, consent, clinic, gulnoz):
    referral = send(survivor, consent, clinic, gulnoz)
    with pytest.raises(Refused) as refused:
        close(survivor, gulnoz)
    assert refused.value.code == "under_way"
    with acting_as(gulnoz):
        take_back(survivor=survivor, referral=referral, version=referral.version, reason="not_needed", by=gulnoz)
    assert close(survivor, gulnoz).state == "closed"


def test_the_answer_comes_back_to_the_room_and_to_no_other_desk(survivor, consent, clinic, gulnoz, anvar, nasiba):
    referral = send(survivor, consent, clinic, gulnoz)
    answered(referral, anvar, "accept")
    with acting_as(gulnoz):
        assert [news.kind for news in desk(gulnoz).news] == ["answered"]
        elsewhere = desk_of(gulnoz)
        assert not [news for news in elsewhere.unread if news.referral_id == referral.pk]
        assert not [row for row in [*elsewhere.overdue, *elsewhere.waiting] if row.pk == referral.pk]
    with acting_as(nasiba):
        assert not Referral.objects.exists()
        assert not Notice.objects.exists()


def test_a_help_that_was_given_is_counted_once_when_the_room_sees_it(survivor, consent, clinic, gulnoz, anvar):
    referral = send(survivor, consent, clinic, gulnoz)
    answered(referral, anvar)
    with acting_as(gulnoz):
        referred = JourneyStep.objects.filter(service="survivor.referred")
        assert not referred.exists()
        for news in desk(gulnoz).news:
            see_notice(notice=news, by=gulnoz)
        step = referred.get()
        assert (step.pseudonym, step.person, step.outcome) == (pseudonym(survivor.pk), None, "completed")
        assert step.happened_on == TODAY.replace(day=1)
        assert desk(gulnoz).news == []


def test_what_a_service_without_account_says_by_telephone_is_written_down(survivor, gulnoz, nasiba):
    spoken = service(nasiba, provider="Дармонгоҳ")
    consent = agreed(survivor, gulnoz, organisation="дармонгоҳ")
    referral = send(survivor, consent, spoken, gulnoz)
    assert (referral.receiver_id, referral.way) == (None, "link")
    with acting_as(gulnoz):
        for act, more in (("accept", {}), ("complete", {"outcome": "completed", "happened_on": TODAY})):
            fresh = Referral.objects.get(pk=referral.pk)
            note_answer(survivor=survivor, referral=fresh, version=fresh.version, act=act, by=gulnoz, **more)
        assert JourneyStep.objects.filter(service="survivor.referred").count() == 1


def test_a_late_answer_stands_in_the_room(survivor, consent, clinic, gulnoz, monkeypatch):
    referral = send(survivor, consent, clinic, gulnoz, priority="emergency")
    later = referral.due_at + timedelta(hours=1)
    monkeypatch.setattr("paivand.protection.queries.referrals.timezone.now", lambda: later)
    with acting_as(gulnoz):
        assert [row.pk for row in desk(gulnoz).late] == [referral.pk]


@pytest.mark.parametrize("who", ["zarina", "nasiba", "admin", "dpo", "manija"])
def test_nobody_else_refers_a_survivor(who, survivor, consent, clinic, everyone):
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        send(survivor, consent, clinic, everyone[who])


def test_the_events_of_a_sealed_referral_are_sealed(survivor, consent, clinic, gulnoz, anvar, nasiba, dpo):
    answered(send(survivor, consent, clinic, gulnoz), anvar)
    with acting_as(dpo):
        rows = AuditEvent.objects.filter(event__in=["survivor.work", "referral.answer"])
        assert rows
        assert all(row.sealed and not row.subject_label for row in rows)
    with acting_as(nasiba), connection.cursor() as cursor:
        cursor.execute("select count(*) from access_auditevent where event in ('survivor.work', 'referral.answer')")
        assert cursor.fetchone() == (0,)
        assert not Survivor.objects.exists()
