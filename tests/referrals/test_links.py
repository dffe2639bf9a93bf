"""One-time links: a token and a PIN that nobody keeps, guessed by nobody, used up by the last answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_link, identity
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.referrals.actions import links, sending
from paivand.referrals.models import AnswerLink, Disclosure, Notice, Preparation, Referral, ReferralStep
from paivand.referrals.rules.clock import link_limits
from paivand.referrals.rules.links import LinkState, new_pin, new_token, token_digest
from paivand.referrals.rules.referrals import Act, Priority, Way, WithdrawReason
from paivand.registry.models import JourneyStep
from tests.cast import register
from tests.referrals.handshake import NOW, sent

pytestmark = pytest.mark.django_db
CALL = "Зарина, 918 12 34 56"


def issue(row: Any, by: Any, *, now: Any = NOW, names_agreed: bool = False) -> links.Issued:
    """The link of a referral, as it stands now."""
    with acting_as(by):
        fresh = Referral.objects.get(pk=row.pk)
        return links.issue_link(
            referral=fresh, language="tg", call_whom=CALL, version=fresh.version, by=by, names_agreed=names_agreed,
            now=now,
        )  # fmt: skip


@pytest.fixture
def linked(family: Any, legal_outside: Any, zarina: Any) -> Any:
    """A referral sent to a service without account, and its link."""
    row = sent(family, legal_outside, zarina, way=Way.LINK)
    return issue(row, zarina)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def opened(issued: links.Issued, now: Any = NOW) -> AnswerLink:
    """The link under its own identity, after the right PIN."""
    assert links.try_pin(issued.link, issued.pin, now=now) == links.PinTry.RIGHT
    return AnswerLink.objects.get()


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_neither_token_nor_pin_is_kept_and_the_pin_is_hashed_slowly(linked, zarina):
    with acting_as(zarina), connection.cursor() as cursor:
        for table in ("referrals_answerlink", "referrals_disclosure", "referrals_referral", "access_auditevent"):
            cursor.execute(f"select * from {table}")
            text = str(cursor.fetchall())
            assert linked.token not in text
            assert f"'{linked.pin}'" not in text
        row = AnswerLink.objects.get()
    assert row.link_digest == token_digest(linked.token)
    assert row.pin_hash.startswith("argon2")


def test_tokens_and_pins_are_long_and_differ():
    assert len({new_token() for _ in range(50)}) == 50
    assert min(len(new_token()) for _ in range(50)) >= 32
    assert all(len(new_pin()) == 6 and new_pin().isdigit() for _ in range(200))


def test_a_link_shows_a_code_and_no_name_unless_the_person_agreed(family, legal_outside, zarina):
    row = sent(family, legal_outside, zarina, way=Way.LINK, lens="legal", fields=["phones", "languages"])
    plain = issue(row, zarina)
    with for_link(plain.link.link_digest):
        shown = Disclosure.objects.get()
        assert "name" not in shown.values
        assert shown.values["reference"] == family.code
    named = issue(row, zarina, names_agreed=True)
    with for_link(named.link.link_digest):
        shown = Disclosure.objects.get()
        assert (shown.values["name"], shown.names_agreed) == ("Каримова Ҷамила Раҳимовна", True)


def test_nothing_leaves_before_the_link_is_made(family, legal_outside, zarina):
    sent(family, legal_outside, zarina, way=Way.LINK)
    with acting_as(zarina):
        assert not Disclosure.objects.exists()


# --- who may make it -------------------------------------------------------------------------------------------------


def test_a_link_is_made_only_for_what_is_under_way_and_reached_outside(family, legal, legal_outside, zarina, anvar):
    in_program = sent(family, legal, zarina)
    with pytest.raises(Refused) as refused:
        issue(in_program, zarina)
    assert refused.value.code == "account"
    other = sent(register(zarina, given="Саодат"), legal_outside, zarina, way=Way.LINK)
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            links.issue_link(referral=other, language="tg", call_whom=" ", version=other.version, by=zarina)
        assert refused.value.code == "call_whom"
        with pytest.raises(Refused) as refused:
            links.issue_link(referral=other, language="tg", call_whom=CALL, version=1, by=zarina)
        assert refused.value.code == "stale"
        sending.withdraw_referral(
            referral=other, reason=WithdrawReason.NOT_NEEDED, version=other.version, by=zarina, now=NOW
        )
    with pytest.raises(Refused) as refused:
        issue(other, zarina)
    assert refused.value.code == "ended"


def test_nobody_else_makes_or_takes_back_a_link(linked, farrukh, rustam, anvar, zarina):
    with acting_as(zarina):
        row = Referral.objects.get()
    for who in (farrukh, rustam, anvar):
        for body, more in ((links.issue_link, {"language": "tg", "call_whom": CALL}), (links.revoke_link, {})):
            with acting_as(who), pytest.raises((OutsideScopeError, WithoutRightError)):
                body(referral=row, version=row.version, by=who, **more)


def test_without_a_consent_that_still_counts_no_new_link_is_made(family, legal_outside, zarina):
    from paivand.registry.actions.consents import record_consent
    from paivand.registry.rules import ConsentPurpose
    from tests.cast import agreed
    from tests.referrals.handshake import today

    with acting_as(zarina):
        draft = agreed(purposes=(ConsentPurpose.REFERRAL,), valid_until=today() + timedelta(days=2))
        record_consent(person=family.head, draft=draft, by=zarina)
    row = sent(family, legal_outside, zarina, way=Way.LINK, without_consent=True)
    issue(row, zarina)
    with pytest.raises(Refused) as refused:
        issue(row, zarina, now=NOW + timedelta(days=3))
    assert (refused.value.code, refused.value.detail["why"]) == ("consent", "ended")


# --- the PIN ---------------------------------------------------------------------------------------------------------


def test_the_right_pin_opens_it_and_the_sender_sees_that_it_was_seen(linked, zarina):
    with for_link(linked.link.link_digest):
        assert links.try_pin(linked.link, f" {linked.pin[:3]} {linked.pin[3:]} ", now=NOW) == links.PinTry.RIGHT
        assert Referral.objects.get().state == "received"
    with acting_as(zarina):
        assert AnswerLink.objects.get().opened_at == NOW
        assert ReferralStep.objects.get(act="receive").by_id is None


def test_wrong_pins_are_counted_and_the_last_one_locks_the_link_and_tells_the_sender(linked, zarina, nasiba):
    most = link_limits().wrong_pins
    with for_link(linked.link.link_digest):
        tries = [links.try_pin(linked.link, wrong(linked.pin), now=NOW) for _ in range(most)]
        assert tries == [links.PinTry.WRONG] * (most - 1) + [links.PinTry.SHUT]
        assert links.try_pin(linked.link, linked.pin, now=NOW) == links.PinTry.SHUT
        assert AnswerLink.objects.get().state(NOW) is LinkState.LOCKED
        assert Referral.objects.get().state == "sent"
    with acting_as(zarina):
        assert Notice.objects.seen_by(zarina).get().kind == "locked"
    with acting_as(nasiba):
        refused = AuditEvent.objects.filter(event="referral.answer", outcome="refused").order_by("id")
        assert [one.detail["wrong"] for one in refused] == list(range(1, most + 1))
        assert {one.actor_id for one in refused} == {None}


def test_the_right_pin_forgives_the_wrong_ones_before(linked):
    with for_link(linked.link.link_digest):
        for _ in range(2):
            for _ in range(link_limits().wrong_pins - 1):
                links.try_pin(linked.link, wrong(linked.pin), now=NOW)
            assert links.try_pin(linked.link, linked.pin, now=NOW) == links.PinTry.RIGHT


def test_a_link_that_ran_out_opens_no_more(linked, zarina):
    with acting_as(zarina):
        ends = AnswerLink.objects.get().expires_at
    assert ends == NOW + timedelta(days=120)
    with for_link(linked.link.link_digest):
        assert links.try_pin(linked.link, linked.pin, now=ends) == links.PinTry.SHUT


# --- one referral and nothing else -----------------------------------------------------------------------------------


def test_under_a_link_one_referral_is_seen_and_nobody(linked, family, legal_outside, zarina):
    sent(register(zarina, given="Саодат"), legal_outside, zarina, way=Way.LINK)
    with for_link(linked.link.link_digest), connection.cursor() as cursor:
        found = {}
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute("select has_table_privilege(%s, 'select')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f'select count(*) from "{table}"')
                found[table] = cursor.fetchone()[0]
        rows = {
            table: n
            for table, n in found.items()
            if n and table.partition("_")[0] in {"registry", "cases", "protection", "instruments", "referrals"}
        }
        assert rows == {"referrals_referral": 1, "referrals_disclosure": 1, "referrals_answerlink": 1}
        assert (found["access_user"], found["access_auditevent"]) == (0, 0)


def test_a_wrong_digest_shows_nothing_and_no_digest_shows_nothing(linked):
    for digest in ("", "0" * 64, linked.token, linked.link.link_digest[:-1]):
        with for_link(digest):
            assert not Referral.objects.exists()
            assert not AnswerLink.objects.exists()
    with identity(None):
        assert not Referral.objects.exists()


def test_a_sealed_referral_is_answered_by_link_like_any_other_and_audited_as_sealed(legal_outside, gulnoz, zarina, dpo):
    from paivand.referrals.actions.sealed import issue_sealed_link
    from tests.referrals.handshake import sealed

    row = sealed(gulnoz, legal_outside)
    with acting_as(gulnoz):
        issued = issue_sealed_link(
            referral=row, language="tg", call_whom="Гулноз", version=row.version, by=gulnoz, now=NOW
        )
    with for_link(issued.link.link_digest):
        link = opened(issued)
        referral = Referral.objects.get()
        links.answer_link(link, Act.ACCEPT, version=referral.version, now=NOW)
    with acting_as(gulnoz):
        assert Referral.objects.get().state == "accepted"
    with acting_as(dpo):
        assert {one.sealed for one in AuditEvent.objects.filter(event="referral.answer")} == {True}
    with acting_as(zarina):
        assert not Notice.objects.exists()


# --- answering -------------------------------------------------------------------------------------------------------


def test_a_provider_answers_by_link_and_the_last_answer_uses_it_up(linked, family, zarina):
    with for_link(linked.link.link_digest):
        link = opened(linked)
        referral = Referral.objects.get()
        links.answer_link(link, Act.ACCEPT, version=referral.version, note="Рӯзи сешанбе", now=NOW)
        referral = Referral.objects.get()
        done = links.answer_link(
            link, Act.COMPLETE, version=referral.version, outcome="completed", happened_on=NOW.date(), now=NOW
        )
        assert done.state == "completed"
        assert AnswerLink.objects.get().state(NOW) is LinkState.USED
        with pytest.raises(Refused) as refused:
            links.answer_link(link, Act.NOT_COMPLETE, version=done.version, reason="no_show", now=NOW)
        assert refused.value.code == "closed"
        assert links.try_pin(link, linked.pin, now=NOW) == links.PinTry.SHUT
    with acting_as(zarina):
        step = JourneyStep.objects.get(service="referral.legal")
        assert (step.person_id, step.recorded_by_id, step.outcome) == (family.head_id, zarina.pk, "completed")
        assert [one.act for one in Notice.objects.seen_by(zarina).order_by("id")] == ["accept", "complete"]
        assert [one.by_id for one in ReferralStep.objects.exclude(act="send")] == [None] * 3
        assert ReferralStep.objects.get(act="accept").note == "Рӯзи сешанбе"


def test_a_second_tap_answers_once_and_a_stale_page_is_told(linked, zarina):
    with for_link(linked.link.link_digest):
        link = opened(linked)
        version = Referral.objects.get().version
        links.answer_link(link, Act.ACCEPT, version=version, now=NOW)
        links.answer_link(link, Act.ACCEPT, version=version, now=NOW)
        with pytest.raises(Refused) as refused:
            links.answer_link(link, Act.DECLINE, version=version, reason="full", now=NOW)
        assert refused.value.code == "stale"
    with acting_as(zarina):
        assert ReferralStep.objects.filter(act="accept").count() == 1
        assert Notice.objects.seen_by(zarina).count() == 1


def test_a_provider_writes_to_the_sender_by_link(linked, zarina):
    with for_link(linked.link.link_digest):
        links.write_by_link(opened(linked), "Ба кадом забон гап мезанад?", now=NOW)
    with acting_as(zarina):
        assert Notice.objects.seen_by(zarina).get().kind == "note"
        assert ReferralStep.objects.get(act="").note == "Ба кадом забон гап мезанад?"


def test_only_answers_are_given_by_link(linked):
    with for_link(linked.link.link_digest):
        link = opened(linked)
        version = Referral.objects.get().version
        for act in (Act.WITHDRAW, Act.EXPIRE, Act.SEND):
            with pytest.raises(Refused):
                links.answer_link(link, act, version=version, reason="not_needed", now=NOW)


# --- taking it back --------------------------------------------------------------------------------------------------


def test_a_new_link_takes_the_old_one_back(linked, zarina):
    with acting_as(zarina):
        row = Referral.objects.get()
    again = issue(row, zarina)
    with for_link(linked.link.link_digest):
        assert AnswerLink.objects.get().state(NOW) is LinkState.REVOKED
        assert links.try_pin(AnswerLink.objects.get(), linked.pin, now=NOW) == links.PinTry.SHUT
        assert not Disclosure.objects.exists()
        assert not Referral.objects.exists()
    with for_link(again.link.link_digest):
        assert opened(again)
    with acting_as(zarina):
        assert Disclosure.objects.count() == 2


def test_a_link_taken_back_shows_nothing_and_the_referral_goes_on(linked, zarina):
    with acting_as(zarina):
        row = Referral.objects.get()
        row = links.revoke_link(referral=row, version=row.version, by=zarina, now=NOW)
        with pytest.raises(Refused) as refused:
            links.revoke_link(referral=row, version=row.version, by=zarina)
        assert (refused.value.code, row.state) == ("link", "sent")
    with for_link(linked.link.link_digest):
        assert not Disclosure.objects.exists()


def test_a_withdrawn_consent_shuts_the_link_at_once(linked, family, zarina):
    from tests.referrals.test_referral_consent import withdraw

    assert withdraw(family.head, zarina) == 1
    with for_link(linked.link.link_digest):
        assert not Disclosure.objects.exists()
        assert AnswerLink.objects.get().state(NOW) is LinkState.REVOKED


def test_a_link_of_an_emergency_lives_for_days_and_not_for_months(family, legal_outside, zarina):
    row = sent(family, legal_outside, zarina, way=Way.LINK, priority=Priority.EMERGENCY)
    assert issue(row, zarina).link.expires_at == NOW + timedelta(days=14)


def test_what_was_prepared_is_never_seen_by_a_link(linked):
    with for_link(linked.link.link_digest):
        assert not Preparation.objects.exists()
