"""A referral that betrays violence is as closed as the room it comes from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, identity
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.referrals.actions import answers, clock, drafts, sending
from paivand.referrals.actions import sealed as actions
from paivand.referrals.actions.links import issue_link
from paivand.referrals.actions.notices import SEALED_NEWS, see_notice
from paivand.referrals.models import AnswerLink, Disclosure, Notice, Preparation, Referral, ReferralStep
from paivand.referrals.queries.referrals import (
    Filters,
    desk_of,
    received,
    referral_by_code,
    referrals_of_origin,
    sealed_referrals,
    sent,
    unread_notices,
)
from paivand.referrals.rules.referrals import Act
from paivand.registry.models import JourneyStep
from tests.cast import register
from tests.referrals.handshake import NOW, answered, sealed
from tests.referrals.handshake import sent as sent_by

pytestmark = pytest.mark.django_db
TABLES = (Referral, Preparation, ReferralStep, Disclosure, AnswerLink, Notice)
OTHERS = "zarina nasiba farrukh rustam manija dpo admin outsider manager ministry behruz tahmina"


def rows_of(who: Any, row: Any) -> dict[str, int]:
    """How many rows about a referral ``who`` finds in each table, by raw SQL as the application's role."""
    found = {}
    with identity(who.pk), connection.cursor() as cursor:
        for model in TABLES:
            table, column = model._meta.db_table, "id" if model is Referral else "referral_id"
            cursor.execute(f"select count(*) from {table} where {column} = %s", [row.pk])
            found[table] = cursor.fetchone()[0]
    return found


def withdrawn(row: Any, by: Any) -> Any:
    with acting_as(by):
        return actions.withdraw_sealed(referral=row, reason="consent_withdrawn", version=row.version, by=by, now=NOW)


def test_no_other_role_finds_a_trace_by_raw_sql(legal, gulnoz, anvar, everyone):
    row = sealed(gulnoz, legal, receiver=anvar)
    answered(row, Act.ACCEPT, anvar)
    with acting_as(gulnoz):
        row = Referral.objects.get(pk=row.pk)
    clock.escalate_overdue(now=NOW + timedelta(days=30))
    for name in OTHERS.split():
        assert set(rows_of(everyone[name], row).values()) == {0}, name
    assert all(n for table, n in rows_of(gulnoz, row).items() if table != "referrals_answerlink")
    assert rows_of(anvar, row)["referrals_disclosure"] == 1
    assert rows_of(anvar, row)["referrals_preparation"] == 0


def test_no_list_count_desk_code_or_origin_of_another_role_shows_it(legal, gulnoz, anvar, zarina, nasiba, farrukh):
    origin = new_id()
    row = sealed(gulnoz, legal, receiver=anvar, origin_id=origin)
    for who in (zarina, nasiba, farrukh):
        with acting_as(who):
            assert list(sent(who, Filters()).rows) == []
            assert list(received(who, Filters()).rows) == []
            assert referral_by_code(who, row.code) is None
            assert referrals_of_origin(who, "survivor", origin) == []
            assert sealed_referrals(who) == []
            desk = desk_of(who, NOW + timedelta(days=9))
            assert (desk.overdue, desk.unread, desk.waiting, desk.to_answer) == ([], [], [], [])
            assert unread_notices(who, sealed=True) == []


def test_the_ordinary_lists_of_those_who_work_in_the_sealed_room_do_not_show_it_either(legal, gulnoz, anvar):
    origin = new_id()
    row = sealed(gulnoz, legal, receiver=anvar, origin_id=origin)
    answered(row, Act.ACCEPT, anvar)
    with acting_as(gulnoz):
        assert list(sent(gulnoz, Filters()).rows) == []
        desk = desk_of(gulnoz, NOW + timedelta(days=9))
        assert (desk.overdue, desk.unread, desk.waiting) == ([], [], [])
        assert referrals_of_origin(gulnoz, "survivor", origin) == sealed_referrals(gulnoz) == [row]
        assert [one.kind for one in unread_notices(gulnoz, sealed=True)] == ["answered"]


def test_the_audit_tells_nobody_but_the_actor_and_who_watches_over_the_room(legal, gulnoz, anvar, nasiba, dpo):
    row = sealed(gulnoz, legal, receiver=anvar)
    answered(row, Act.ACCEPT, anvar)
    with acting_as(nasiba):
        assert not AuditEvent.objects.filter(subject_id=row.pk).exists()
    with acting_as(dpo):
        found = AuditEvent.objects.filter(subject_id=row.pk)
        assert {one.sealed for one in found} == {True}
        assert {one.subject_label for one in found} == {""}
        assert "S-7KQ2" not in str(list(found.values()))


def test_an_ordinary_right_does_nothing_to_it(legal, gulnoz, anvar, zarina, nasiba):
    row = sealed(gulnoz, legal, receiver=anvar)
    for who in (zarina, nasiba):
        for body, more in (
            (sending.withdraw_referral, {"reason": "not_needed", "version": row.version}),
            (sending.tell_answer, {"act": "accept", "version": row.version}),
            (sending.write_to_receiver, {"note": "…"}),
            (answers.accept, {"version": row.version}),
            (actions.withdraw_sealed, {"reason": "not_needed", "version": row.version}),
            (actions.issue_sealed_link, {"language": "tg", "call_whom": "…", "version": row.version}),
            (issue_link, {"language": "tg", "call_whom": "…", "version": row.version}),
        ):
            with acting_as(who), pytest.raises((OutsideScopeError, WithoutRightError)):
                body(referral=row, by=who, **more)
    with acting_as(nasiba), pytest.raises((OutsideScopeError, WithoutRightError, Refused)):
        drafts.override_consent(referral=row, reason="." * 20, version=row.version, by=nasiba)
    with acting_as(nasiba):
        refused = AuditEvent.objects.filter(actor_id=nasiba.pk, outcome="refused")
        assert {one.sealed for one in refused} == {True}


def test_only_those_of_the_sealed_room_send_from_it(legal, anvar, zarina, nasiba):
    for who in (zarina, nasiba, anvar):
        with pytest.raises((OutsideScopeError, WithoutRightError)):
            sealed(who, legal, receiver=anvar)


def test_it_goes_to_a_named_account_and_not_to_its_agency(nasiba, anvar, gulnoz):
    from tests.referrals.handshake import service

    ours = service(nasiba, user=anvar, agency_id=anvar.agency_id)
    row = sealed(gulnoz, ours, receiver=anvar)
    assert (row.receiver_id, row.receiver_agency_id) == (anvar.pk, None)
    with (
        acting_as(gulnoz),
        writing("a test"),
        pytest.raises(IntegrityError, match="names_nobody"),
        transaction.atomic(),
    ):
        Referral.objects.filter(pk=row.pk).update(receiver_agency_id=anvar.agency_id)


def test_the_receiver_reads_a_code_and_what_is_needed_and_no_more(legal, gulnoz, anvar):
    row = sealed(gulnoz, legal, receiver=anvar)
    with acting_as(anvar):
        shown = Disclosure.objects.get(referral=row)
        assert shown.values == {"survivor_code": "S-7KQ2", "needs": "Муоина ва маслиҳат", "priority": "urgent"}
        assert (row.reference, row.person_id, row.family_id) == ("S-7KQ2", None, None)


@pytest.mark.parametrize(
    ("values", "lens", "code"),
    [
        ({"needs": ""}, "survivor_code", "needs"),
        ({"needs": "…", "phones": "+992"}, "survivor_code", "lens"),
        ({"needs": "…"}, "legal", "lens"),
        ({"needs": "…"}, "survivor_contact", "needs"),
    ],
)
def test_nothing_leaves_the_sealed_room_that_its_lens_does_not_name(values, lens, code, legal, gulnoz, anvar):
    with pytest.raises(Refused) as refused:
        sealed(gulnoz, legal, receiver=anvar, values=values, lens=lens)
    assert refused.value.code == code


def test_a_form_sent_twice_sends_once(legal, gulnoz, anvar):
    row = sealed(gulnoz, legal, receiver=anvar)
    with pytest.raises(Refused) as refused:
        sealed(gulnoz, legal, receiver=anvar, referral_id=row.pk)
    assert refused.value.code == "twice"


def test_no_step_of_the_journey_is_written_by_the_receiver_and_the_room_is_asked_to(legal, gulnoz, anvar, monkeypatch):
    asked: list[Any] = []
    monkeypatch.setitem(globals(), "asked", asked)
    SEALED_NEWS.append(lambda by, row: asked.append((by, row.state, row.outcome)))
    try:
        row = sealed(gulnoz, legal, receiver=anvar)
        answered(row, Act.ACCEPT, anvar)
        answered(row, Act.COMPLETE, anvar)
        with acting_as(gulnoz):
            assert not JourneyStep.objects.exists()
            for notice in unread_notices(gulnoz, sealed=True):
                see_notice(notice=notice, by=gulnoz)
            assert unread_notices(gulnoz, sealed=True) == []
        assert asked == [(gulnoz, "completed", "completed")] * 2
    finally:
        SEALED_NEWS.pop()


def test_a_consent_withdrawn_in_the_room_stops_it_and_shuts_its_content(legal, gulnoz, anvar):
    row = withdrawn(sealed(gulnoz, legal, receiver=anvar), gulnoz)
    assert (row.state, row.reason) == ("withdrawn", "consent_withdrawn")
    with acting_as(anvar):
        assert not Disclosure.objects.exists()
        assert "withdrawn" in {one.kind for one in Notice.objects.all()}


def test_the_registry_of_consents_knows_nothing_of_it(legal, gulnoz, anvar, zarina):
    from tests.referrals.test_referral_consent import withdraw

    family = register(zarina)
    sent_by(family, legal, zarina)
    row = sealed(gulnoz, legal, receiver=anvar)
    assert withdraw(family.head, zarina) == 1
    with acting_as(gulnoz):
        assert Referral.objects.get(pk=row.pk).state == "sent"


def test_a_late_answer_is_told_in_the_sealed_room_only(legal, gulnoz, anvar, nasiba):
    sealed(gulnoz, legal, receiver=anvar)
    assert clock.escalate_overdue(now=NOW + timedelta(hours=73)).escalated == 1
    with acting_as(gulnoz):
        assert [one.kind for one in unread_notices(gulnoz, sealed=True)] == ["escalated"]
    with acting_as(nasiba):
        assert not Notice.objects.exists()


def test_an_answer_told_by_telephone_is_written_down_in_the_room(legal_outside, gulnoz):
    row = sealed(gulnoz, legal_outside)
    with acting_as(gulnoz):
        issued = actions.issue_sealed_link(
            referral=row, language="tg", call_whom="Гулноз", version=row.version, by=gulnoz, now=NOW
        )
        row = Referral.objects.get(pk=row.pk)
        assert issued.link.disclosure.values["survivor_code"] == "S-7KQ2"
        done = actions.tell_sealed_answer(
            referral=row, act="decline", reason="full", version=row.version, by=gulnoz, now=NOW
        )
        assert done.state == "declined"
        again = sealed(gulnoz, legal_outside)
        actions.issue_sealed_link(
            referral=again, language="tg", call_whom="Гулноз", version=again.version, by=gulnoz, now=NOW
        )
        again = Referral.objects.get(pk=again.pk)
        assert actions.revoke_sealed_link(referral=again, version=again.version, by=gulnoz).link_digest == ""
