"""What a person tells after a referral, and how many came to a session, become what the screens would write."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.rules.filled import read_filled
from paivand.core.models import new_id
from paivand.core.models.files import content_of
from paivand.core.rules.errors import Refused
from paivand.outreach.models import ReachEntry, ReachFile
from paivand.referrals.models import Referral, ReferralFeedback, ReferralStep
from paivand.referrals.rules.referrals import Act, Way
from paivand.registry.models import JourneyStep
from tests.cases.files import PLACE, photograph
from tests.collect.filling import filled_in, sent, stored, take
from tests.outreach.reaching import DAHANA, day, planned
from tests.referrals.handshake import answered, service
from tests.referrals.handshake import sent as referred


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


# --- after a referral ------------------------------------------------------------------------------------------------


@pytest.fixture
def spoken(family, nasiba, zarina):
    """A referral to a service that answers by telephone."""
    return referred(family, service(nasiba), zarina, way=Way.SPOKEN)


def _told(referral, /, **changes):
    told = {
        "referral": referral.pk, "may_ask": "yes", "asked_on": timezone.localdate(), "told/received": "partly",
        "told/helped_on": timezone.localdate(), "told/helped": "somewhat", "told/problems": "waited asked_for_money",
        "told/more_needed": "yes", "told/words": "Ду соат мунтазир шудам",
    }  # fmt: skip
    return {**told, **changes}


def test_feedback_holds_every_answer_and_closes_the_loop_of_a_service_without_account(spoken, zarina):
    taken = sent(zarina, "referral_feedback", _told(spoken))
    with acting_as(zarina):
        row = ReferralFeedback.objects.get(referral=spoken)
        spoken.refresh_from_db()
        steps = list(ReferralStep.objects.filter(referral=spoken).order_by("id").values_list("act", "told"))
        journey = JourneyStep.objects.filter(person=spoken.person, service="referral.legal").count()
        notes = " ".join(ReferralStep.objects.get(referral=spoken, act="complete").note.split())
    today = timezone.localdate()
    assert (row.asked_on, row.received, row.helped, row.helped_on) == (today, "partly", "somewhat", today)
    assert (row.troubles, row.more_needed, row.words) == (["asked_for_money", "waited"], True, "Ду соат мунтазир шудам")
    assert (row.heard_by_id, row.is_grave) == (zarina.pk, True)
    assert (spoken.state, spoken.outcome, spoken.helped_on) == ("completed", "partly", today)
    assert steps[-2:] == [("accept", True), ("complete", True)]
    assert notes == "Told by the person."  # her words stand where no service reads them
    assert journey == 1
    assert (taken.what[0].label, taken.families) == (spoken.code, (spoken.family_id,))


@pytest.mark.parametrize(
    ("received", "more", "state"),
    [
        ("waiting", {}, "sent"),
        ("begun", {"told/helped": "yes"}, "in_service"),
        ("declined", {"told/why_declined": "full"}, "declined"),
        ("not_completed", {"told/why_failed": "no_show"}, "not_completed"),
        ("completed", {"told/helped": "yes", "told/helped_on": timezone.localdate()}, "completed"),
    ],
)
def test_each_answer_of_the_person_leads_where_the_service_would_have_said(spoken, zarina, received, more, state):
    nothing = {"told/helped": "", "told/helped_on": "", "told/problems": "", "told/received": received}
    sent(zarina, "referral_feedback", _told(spoken, **{**nothing, **more}))
    with acting_as(zarina):
        spoken.refresh_from_db()
        row = ReferralFeedback.objects.get(referral=spoken)
    assert (spoken.state, row.received) == (state, received)


def test_a_service_with_an_account_answers_alone_and_never_sees_what_was_told(family, nasiba, zarina, anvar):
    row = answered(referred(family, service(nasiba, user=anvar), zarina), Act.ACCEPT, anvar)
    sent(
        zarina,
        "referral_feedback",
        _told(row, **{"told/received": "declined", "told/helped": "", "told/helped_on": ""}),
    )
    with acting_as(zarina):
        assert Referral.objects.get(pk=row.pk).state == "accepted"
        assert ReferralFeedback.objects.filter(referral=row).count() == 1
    with acting_as(anvar):
        assert Referral.objects.filter(pk=row.pk).exists()
        assert not ReferralFeedback.objects.exists()


def test_what_the_service_said_stays_where_the_person_tells_otherwise(spoken, zarina):
    sent(zarina, "referral_feedback", _told(spoken))
    sent(
        zarina,
        "referral_feedback",
        _told(spoken, **{"told/received": "waiting", "told/helped": "", "told/helped_on": ""}),
    )
    with acting_as(zarina):
        assert Referral.objects.get(pk=spoken.pk).state == "completed"
        assert ReferralFeedback.objects.filter(referral=spoken).count() == 2


def test_a_second_run_of_feedback_and_a_person_who_does_not_want_to_tell(spoken, zarina):
    xml = filled_in("referral_feedback", _told(spoken))
    submission = stored(zarina, xml)
    assert take(zarina, submission, read_filled(xml)) == take(zarina, submission, read_filled(xml))
    assert sent(zarina, "referral_feedback", {"referral": spoken.pk, "may_ask": "no"}).what == ()
    with acting_as(zarina):
        assert ReferralFeedback.objects.filter(referral=spoken).count() == 1


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"referral": ""}, "choose", "referral"),
        ({"referral": str(new_id())}, "gone", "referral"),
        ({"asked_on": ""}, "date", "asked_on"),
        ({"asked_on": "2020-01-01"}, "date", "asked_on"),
        ({"told/received": "perhaps"}, "received", "told/received"),
        ({"told/helped": ""}, "helped", "told/helped"),
        ({"told/helped_on": "2020-01-01"}, "date", "told/helped_on"),
        ({"told/received": "not_completed", "told/why_failed": "whim"}, "reason", "told/received"),
    ],
)
def test_feedback_that_cannot_be_names_its_question(spoken, zarina, changes, code, field):
    with pytest.raises(Refused) as refused:
        sent(zarina, "referral_feedback", _told(spoken, **changes))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_referral_of_elsewhere_is_out_of_reach(spoken, farrukh):
    with pytest.raises(Refused) as refused:
        sent(farrukh, "referral_feedback", _told(spoken))
    assert refused.value.code == "gone"


# --- how many came ---------------------------------------------------------------------------------------------------


def _came(**changes):
    told = {
        "channel": "information_session", "topic": "safe_migration", "event_on": day(), "where/jamoat": DAHANA,
        "where/village": "Сарчашма", "where/venue": "Мактаби 7", "way": "sign_in", "counts/n_women": "24",
        "counts/n_men": "6", "counts/n_girls": "3", "counts/n_boys": "2", "counts/n_repeat": "10",
        "partner": "Кумитаи занон", "reference": "", "note": "Бисёр савол доданд", "photo": "sheet.jpg",
        "has_names": "yes",
    }  # fmt: skip
    return {**told, **changes}


def test_an_information_session_holds_every_answer_and_counts_at_once(zarina, manija):
    campaign = planned(manija, topics=("safe_migration",))
    taken = sent(zarina, "information_session", _came(campaign=campaign.pk), files={"sheet.jpg": photograph()})
    with acting_as(zarina):
        row = ReachEntry.objects.get(pk=taken.what[0].id)
        file = ReachFile.objects.get(entry=row)
        assert PLACE not in content_of(file)
    assert (row.channel, row.topic, row.event_on, row.jamoat_id) == (
        "information_session", "safe_migration", day(), DAHANA
    )  # fmt: skip
    assert (row.village, row.venue, row.way, row.partner) == ("Сарчашма", "Мактаби 7", "sign_in", "Кумитаи занон")
    assert (row.n_contacts, row.n_women, row.n_men, row.n_girls, row.n_boys, row.n_repeat) == (35, 24, 6, 3, 2, 10)
    assert (row.note, row.campaign_id, row.state, file.has_names) == (
        "Бисёр савол доданд", campaign.pk, "confirmed", True
    )  # fmt: skip
    assert (row.district_id, row.recorded_by_id) == ("TJ-KT-02", zarina.pk)


def test_those_of_whom_the_sex_is_not_known_are_counted_too(zarina):
    told = _came(
        way="headcount", photo="", reference="мактуб 4", **{"counts/n_contacts": "60", "counts/n_adults": "10"}
    )
    taken = sent(zarina, "information_session", told)
    with acting_as(zarina):
        row = ReachEntry.objects.get(pk=taken.what[0].id)
    assert (row.n_contacts, row.n_unknown, row.n_adults, row.reference) == (60, 25, 10, "мактуб 4")


def test_a_second_run_of_a_session_counts_once(zarina):
    xml = filled_in("information_session", _came())
    submission = stored(zarina, xml, files={"sheet.jpg": photograph()})
    assert take(zarina, submission, read_filled(xml)) == take(zarina, submission, read_filled(xml))
    with acting_as(zarina):
        assert ReachEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"where/jamoat": ""}, "place", "where/jamoat"),
        ({"channel": "radio"}, "way", "way"),
        ({"topic": "nothing"}, "topic", "topic"),
        ({"event_on": ""}, "date", "event_on"),
        ({"event_on": timezone.localdate() + timedelta(days=2)}, "date", "event_on"),
        ({"way": "broadcast"}, "way", "way"),
        ({"campaign": str(new_id())}, "campaign", "campaign"),
        ({"photo": ""}, "evidence", "reference"),
        ({"photo": "lost.jpg"}, "missing", "photo"),
        ({"photo": "broken.jpg"}, "kind", "photo"),
        ({"counts/n_women": "-1"}, "negative", "counts/n_women"),
        ({"counts/n_contacts": "2"}, "parts", "counts/n_contacts"),
        ({"counts/n_repeat": "99"}, "repeat", "counts/n_repeat"),
        ({"counts/n_women": "420"}, "unlikely", "sure"),
    ],
)
def test_a_session_that_cannot_be_names_its_question(zarina, changes, code, field):
    files = {"sheet.jpg": photograph(), "broken.jpg": b"no picture"}
    with pytest.raises(Refused) as refused:
        sent(zarina, "information_session", _came(**changes), files=files)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_so_many_are_taken_once_they_are_meant_so(zarina):
    told = _came(sure="yes", **{"counts/n_women": "420"})
    assert sent(zarina, "information_session", told, files={"sheet.jpg": photograph()}).what
