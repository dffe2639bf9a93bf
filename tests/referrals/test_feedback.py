"""What the person tells after a referral: kept on the sender's side, read by no service."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.referrals.actions.feedback import hear_from_person
from paivand.referrals.models import Referral, ReferralFeedback
from paivand.referrals.rules.feedback import (
    ACT_OF,
    GRAVE,
    HELPED_NAMES,
    RECEIVED_NAMES,
    TROUBLE_NAMES,
    FeedbackDraft,
    Helped,
    Received,
    Trouble,
)
from paivand.referrals.rules.referrals import ANSWERS
from tests.cast import fresh
from tests.referrals.handshake import drafted, sent, service

TODAY = timezone.localdate()
BEFORE = TODAY - timedelta(days=400)


@pytest.fixture
def referral(family, nasiba, anvar, zarina):
    return sent(family, service(nasiba, user=anvar), zarina)


def _draft(**changes):
    values = {
        "asked_on": TODAY, "received": Received.PARTLY, "helped": Helped.SOMEWHAT, "helped_on": TODAY,
        "troubles": (Trouble.WAITED, Trouble.TREATED_BADLY), "more_needed": True, "words": "Дер шуд",
    }  # fmt: skip
    return FeedbackDraft(**{**values, **changes})


def _heard(referral, by, draft=None, key=None):
    with acting_as(by):
        return hear_from_person(referral=referral, feedback_id=key or new_id(), draft=draft or _draft(), by=fresh(by))


def test_what_the_person_tells_is_kept_and_the_referral_stays_where_it_stands(referral, zarina):
    state, version = referral.state, referral.version
    row = _heard(referral, zarina)
    with acting_as(zarina):
        row.refresh_from_db()
        referral.refresh_from_db()
    assert (row.received, row.helped, row.helped_on, row.more_needed) == ("partly", "somewhat", TODAY, True)
    assert (row.troubles, row.words, row.heard_by_id) == (["treated_badly", "waited"], "Дер шуд", zarina.pk)
    assert row.is_grave
    assert row.trouble_names == ["was treated badly", "a long wait"]
    assert (referral.state, referral.version) == (state, version)


def test_the_service_and_who_works_elsewhere_never_see_it(referral, zarina, anvar, farrukh, nasiba):
    _heard(referral, zarina)
    for other, seen in ((anvar, 0), (farrukh, 0), (nasiba, 1)):
        with acting_as(other):
            assert ReferralFeedback.objects.count() == seen, other.username
    with pytest.raises((OutsideScopeError, WithoutRightError)):
        _heard(referral, farrukh)
    with pytest.raises((OutsideScopeError, WithoutRightError)):
        _heard(referral, anvar)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"asked_on": TODAY + timedelta(days=2)}, "date", "asked_on"),
        ({"asked_on": BEFORE}, "date", "asked_on"),
        ({"helped_on": BEFORE}, "date", "helped_on"),
        ({"helped": None}, "helped", "helped"),
        ({"received": Received.WAITING, "helped_on": None}, "helped", "helped"),
        ({"received": Received.BEGUN}, "date", "helped_on"),
        ({"words": "а" * 1001}, "long", "words"),
    ],
)
def test_what_cannot_be_is_refused(referral, zarina, changes, code, field):
    with pytest.raises(Refused) as refused:
        _heard(referral, zarina, _draft(**changes))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_draft_and_a_second_sending_are_refused(referral, family, nasiba, zarina):
    key = new_id()
    _heard(referral, zarina, key=key)
    with pytest.raises(Refused) as refused:
        _heard(referral, zarina, key=key)
    assert refused.value.code == "twice"
    with pytest.raises(Refused) as refused:
        _heard(drafted(family, service(nasiba), zarina), zarina)
    assert refused.value.code == "draft"


def test_the_event_tells_no_word_of_what_was_said(referral, zarina, dpo):
    _heard(referral, zarina)
    with acting_as(dpo):
        event = AuditEvent.objects.filter(detail__act="hear").latest("id")
    assert event.detail == {"act": "hear", "received": "partly", "grave": True}


def test_every_code_has_its_words():
    assert (set(RECEIVED_NAMES), set(HELPED_NAMES), set(TROUBLE_NAMES)) == (set(Received), set(Helped), set(Trouble))
    assert set(ACT_OF) == set(Received) - {Received.WAITING}
    assert set(ACT_OF.values()) <= ANSWERS
    assert set(Trouble) > GRAVE


def test_it_is_written_down_on_the_page_of_the_referral(referral, zarina, anvar, sign_in):
    browser, path = sign_in(zarina), f"/referrals/{referral.code}/hear/"
    page = browser.get(path).content.decode()
    assert "In the person&#x27;s own words" in page
    form = {
        "form_id": str(new_id()), "asked_on": TODAY.isoformat(), "received": "completed", "helped": "yes",
        "helped_on": TODAY.isoformat(), "troubles": ["far"], "words": "Раҳмат",
    }  # fmt: skip
    assert browser.post(path, {**form, "helped": ""}).status_code == 422
    assert browser.post(path, form).status_code == 302
    assert browser.post(path, form).status_code == 302  # a double tap
    page = " ".join(browser.get(f"/referrals/{referral.code}/").content.decode().split())
    assert "Раҳмат" in page
    assert "Too far, or the way is dear" in page
    with acting_as(zarina):
        assert ReferralFeedback.objects.filter(referral=referral).count() == 1
        assert Referral.objects.get(pk=referral.pk).state == "sent"
    assert "Раҳмат" not in sign_in(anvar).get(f"/referrals/{referral.code}/").content.decode()
