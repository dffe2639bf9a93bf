"""Forms about others, in which somebody who withdraws the consent is only mentioned, or whose file she leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions import takers
from paivand.collect.actions.concerning import remember_keys, withdrawn_among
from paivand.collect.actions.erasing import erase_old_forms, note_missing_keys
from paivand.collect.actions.inbox import set_aside
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import (
    EntityChange,
    Submission,
    SubmissionContent,
    SubmissionFile,
    SubmissionKey,
    SurveyAnswer,
)
from paivand.collect.queries import upkeep
from paivand.collect.rules.concerned import KeyKind, code_key
from paivand.collect.rules.keeping import kept_for
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import Taken
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.learning.actions.inside import about
from paivand.learning.models import FollowUp
from paivand.referrals.rules.referrals import Way
from paivand.registry.models import FamilyMember
from paivand.registry.rules.consents import Consequence
from tests.cast import fresh, register
from tests.collect.arriving import again, arrived, changed_twice
from tests.collect.surveys import SURVEY, answered, in_use, workbook
from tests.collect.withdrawing import asked_about, is_kept, withdrawn
from tests.learning.schooling import running
from tests.referrals.handshake import sent as referred
from tests.referrals.handshake import service

S = SubmissionState


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every form of the tests is taken in."""
    monkeypatch.setitem(takers.TAKERS, "tested", lambda **_said: Taken())


def _neighbour(by: Any) -> Any:
    return register(by, given="Сабоҳат", surname="Нурова", members=0)


def test_a_survey_about_a_neighbour_loses_only_the_sentence_that_mentions_the_family(
    zarina: Any, manija: Any, family: Any
):
    children = [{"name": "Ойгул", "age": "9"}, {"name": f"Хоҳари {family.code}", "age": "8"}]
    _version, sent = asked_about(manija, _neighbour(zarina), wish=f"Бо {family.code} меравад", children=children)
    told = {one.consequence: one.n for one in withdrawn(zarina, family)}
    assert told[Consequence.FORMS_ERASED] == 0
    with acting_as(manija):
        row = SurveyAnswer.objects.get(submission=sent)
        xml = bytes(SubmissionContent.objects.get(submission=sent).xml).decode()
        assert not SubmissionKey.objects.filter(submission=sent, key=code_key(family.number)).exists()
        assert SubmissionFile.objects.filter(submission=sent).exists()
    assert (row.erased_at, row.values["roof"], "wish" in row.values) == (None, "tin", False)
    assert [child.get("children/name", "") for child in row.parts["children"]] == ["Ойгул", ""]
    assert row.parts["children"][1]["children/age"] == "8"
    assert family.code not in xml
    assert "Ойгул" in xml
    assert again(sent, manija).erased_at is None


def test_a_survey_about_a_neighbour_that_arrives_late_is_taken_in_without_the_sentence(
    zarina: Any, manija: Any, family: Any
):
    other = _neighbour(zarina)
    sheet = [*SURVEY, ["select_one_from_file families.csv", "family", "Family", "Оила"]]
    version = in_use(manija, workbook(survey=sheet))
    withdrawn(zarina, family)
    sent = answered(zarina, version, {"family": other.pk, "wish": f"Бо {family.code} меравад"})
    assert again(sent, zarina).erase_by is None
    with acting_as(zarina):
        row = SurveyAnswer.objects.get(submission=sent)
        xml = bytes(SubmissionContent.objects.get(submission=sent).xml).decode()
    assert (row.values["roof"], "wish" in row.values, family.code in xml) == ("tin", False, False)
    assert erase_old_forms() == 0


def test_a_form_about_a_neighbour_that_mentions_the_family_stays_wherever_it_stands(
    zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch
):
    other = _neighbour(zarina)

    def taker(*, filled: Any, **_said: Any) -> Taken:
        if filled.value("visit/purpose") == "check":
            raise Refused("No.", "no")
        return Taken()

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    note = f"<visit><purpose>%s</purpose><note>Бо {family.code} омад</note></visit>"
    stands = arrived(zarina, family=other.pk, body=note % "first")
    mend, aside = (arrived(zarina, family=other.pk, body=note % "check") for _n in range(2))
    change = changed_twice(stands, zarina, other)
    take_waiting(zarina.pk)
    with acting_as(zarina):
        row = again(aside, zarina)
        set_aside(sent=row, version=row.version, reason="ду бор", by=fresh(zarina))
    withdrawn(zarina, family)
    assert [again(one, zarina).state for one in (stands, mend, aside)] == [S.TAKEN, S.MEND, S.ASIDE]
    for one in (stands, mend, aside):
        assert is_kept(one, zarina)
        assert again(one, zarina).erase_by is None
    with acting_as(zarina):
        assert EntityChange.objects.get(pk=change.pk).told is not None


def test_a_file_that_somebody_leaves_keeps_its_set_aside_forms_and_its_open_conflicts(
    zarina: Any, family: Any, taken: None
):
    other = _neighbour(zarina)
    with acting_as(zarina), writing("a test"):
        member = FamilyMember.objects.get(family=family, person_id=family.head_id)
        member.pk, member.family, member.relation = new_id(), other, "other_relative"
        member.save(force_insert=True)
    stands, aside = arrived(zarina, family=other.pk), arrived(zarina, family=other.pk)
    change = changed_twice(stands, zarina, other)
    own = changed_twice(stands, zarina, other)
    with acting_as(zarina), writing("form.fill"):
        EntityChange.objects.filter(pk=own.pk).update(dataset="people", row_id=family.head_id)
        set_aside(sent=aside, version=aside.version, reason="ду бор", by=fresh(zarina))
    take_waiting(zarina.pk)
    withdrawn(zarina, family)
    assert not is_kept(stands, zarina), "it was taken in, and may speak of her"
    assert is_kept(aside, zarina), "it runs out its days"
    with acting_as(zarina):
        assert EntityChange.objects.get(pk=change.pk).told is not None
        assert EntityChange.objects.get(pk=own.pk).told is None


# --- what arrives late -----------------------------------------------------------------------------------------------


def test_a_late_form_that_is_taken_in_is_erased_within_the_hour(zarina: Any, family: Any, taken: None):
    withdrawn(zarina, family)
    late, other = arrived(zarina, family=family.pk), arrived(zarina, family=_neighbour(zarina).pk)
    assert take_waiting(zarina.pk) == {S.TAKEN: 2}
    assert again(late, zarina).erase_by == timezone.localdate()
    assert again(other, zarina).erase_by is None
    assert erase_old_forms() == 1
    assert not is_kept(late, zarina)
    assert is_kept(other, zarina)


def test_a_typed_code_says_late_that_the_family_withdrew(zarina: Any, family: Any):
    other = _neighbour(zarina)
    code = {code_key(family.number): KeyKind.CODE}
    with acting_as(zarina):
        assert withdrawn_among(code, fresh(zarina)) == (False, True)
    withdrawn(zarina, family)
    with acting_as(zarina):
        assert withdrawn_among(code, fresh(zarina)) == (True, False)
        assert withdrawn_among({**code, other.pk: KeyKind.FAMILY}, fresh(zarina)) == (False, True)


def test_questions_afterwards_and_referrals_say_late_that_somebody_withdrew(
    tahmina: Any, zarina: Any, nasiba: Any, family: Any
):
    referral = referred(family, service(nasiba), zarina, way=Way.SPOKEN)
    _group, rows = running(tahmina, zarina, n=2)
    with acting_as(tahmina), writing("a test"):
        asks = [
            about(row, FollowUp(
                enrolment=row, kind="after", months=6, due_on=timezone.localdate(), for_user_id=zarina.pk
            ))
            for row in rows
        ]  # fmt: skip
        for one in asks:
            one.save()
    with acting_as(zarina):
        hers = FamilyMember.objects.get(person_id=rows[0].person_id).family

    def told(kind: KeyKind, key: Any) -> tuple[bool, bool]:
        with acting_as(zarina):
            return withdrawn_among({key: kind}, fresh(zarina))

    assert told(KeyKind.FOLLOW_UP, asks[0].pk) == told(KeyKind.REFERRAL, referral.pk) == (False, True)
    withdrawn(zarina, hers)
    withdrawn(zarina, family)
    assert told(KeyKind.FOLLOW_UP, asks[0].pk) == told(KeyKind.REFERRAL, referral.pk) == (True, False)
    assert told(KeyKind.FOLLOW_UP, asks[1].pk) == (False, True)


# --- what was there before the update --------------------------------------------------------------------------------


def test_what_was_set_aside_before_the_update_has_its_days_from_then_on(
    zarina: Any, family: Any, taken: None, monkeypatch: pytest.MonkeyPatch
):
    now = timezone.now()
    monkeypatch.setattr(upkeep, "rule_since", lambda: now)
    aside, stands = arrived(zarina, family=family.pk), arrived(zarina, family=family.pk)
    with acting_as(zarina):
        set_aside(sent=aside, version=aside.version, reason="ду бор", by=fresh(zarina))
    take_waiting(zarina.pk)
    with for_purpose("upkeep"), writing("a test"):
        Submission.objects.filter(pk__in=[aside.pk, stands.pk]).update(state_at=now - timedelta(days=400))
    assert erase_old_forms(now + kept_for() - timedelta(days=1)) == 1
    assert is_kept(aside, zarina)
    assert not is_kept(stands, zarina)
    assert erase_old_forms(now + kept_for() + timedelta(days=1)) == 1
    assert not is_kept(aside, zarina)


def test_the_house_knows_since_when_it_erases(db: None):
    assert upkeep.rule_since() < timezone.now()


def test_older_forms_are_read_once_for_whom_they_name(zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upkeep, "rule_since", timezone.now)
    other = _neighbour(zarina)
    sent = arrived(zarina, family=family.pk, body=f"<visit><note>{other.code}</note></visit>")
    with for_purpose("upkeep"), writing("a test"):
        SubmissionKey.objects.filter(submission=sent).delete()
        remember_keys(sent, {family.pk: KeyKind.FAMILY})
    assert note_missing_keys() == 1
    assert note_missing_keys() == 0
    with acting_as(zarina):
        keys = dict(SubmissionKey.objects.filter(submission=sent).values_list("key", "kind"))
    assert keys == {family.pk: "family", code_key(other.number): "code", sent.pk: "other"}


def test_the_page_of_a_form_says_how_long_it_can_be_taken_up_again(zarina: Any, family: Any, taken: None, sign_in: Any):
    sent = arrived(zarina, family=family.pk)
    with acting_as(zarina):
        set_aside(sent=sent, version=sent.version, reason="ду бор", by=fresh(zarina))
    client = sign_in(zarina)
    page = client.get(reverse("collect:submission-open", kwargs={"submission_id": sent.pk})).content.decode()
    assert str(kept_for().days) in page
