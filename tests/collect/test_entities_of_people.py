"""What a visit found out about people of a family: written by the actions of the screens, in order, conflicts told."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET  # only for the tree

import pytest
from django.db import transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions.entities import declared_by, erase_changes, resolve_conflict
from paivand.collect.models import EntityChange
from paivand.collect.queries.entities import changes_of, deleted_states, open_conflicts, sides, stands_now
from paivand.collect.queries.field_lists import field_list
from paivand.collect.rules.entities import AWAITED, ChangeKind, Conflict, Resolution
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.members import CARRIED, IN_FILE
from paivand.collect.rules.taking import Undecided
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.registry.actions.families import edit_member, remove_member
from paivand.registry.actions.migration import edit_absence, record_departure, record_return
from paivand.registry.models import Absence, Family, FamilyMember, JourneyStep, MigrationEpisode
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import AbsenceDraft, MemberDraft, MigrationDraft, PersonDraft, ReturnDraft
from paivand.registry.rules.migration import AbsenceStatus as A
from paivand.registry.rules.migration import ReturnKind
from tests.cast import fresh
from tests.collect.on_phone import arrived, current, filled_xml
from tests.collect.told_of_people import (
    TODAY,
    about,
    farhod,
    left,
    member_of,
    nigina,
    person_of,
    refused,
    row_of,
    silent,
    stands,
    taken_in,
    write,
)

__all__ = ["farhod", "nigina"]

pytestmark = pytest.mark.django_db

# --- what a phone may change, by the registry's own actions ----------------------------------------------------------


def test_a_departure_told_at_the_door_is_a_stay_abroad_and_the_list_shows_it(
    zarina: Any, family: Any, farhod: uuid.UUID
) -> None:
    before = row_of(zarina, farhod)
    assert before is not None
    assert (before["lives"], before["absence"], before["__version"]) == ("home", "", "1")
    (change,) = write(zarina, about(family, left(farhod, absence=A.REMITTING)))
    with acting_as(zarina):
        episode = MigrationEpisode.objects.get(person_id=farhod)
        tie = Absence.objects.get(person_id=farhod)
        events = list(AuditEvent.objects.filter(event="family.edit").values_list("detail", flat=True))
    assert (episode.country, episode.departed_on, episode.departed_precision) == ("RU", date(2026, 3, 1), "month")
    assert (tie.status, tie.since_on, tie.is_current) == (A.REMITTING, TODAY, True)
    assert len(events) == 2
    assert "RU" not in str(events)
    assert (change.dataset, change.kind, change.row_id, change.family) == ("people", ChangeKind.UPDATE, farhod, family)
    assert (change.conflict, change.seen_version, change.row_version) == ("", 1, 3)
    assert change.told == {
        "sent": {"lives": "abroad", "absence": A.REMITTING}, "former": {"lives": "home", "absence": ""},
    }  # fmt: skip
    after = row_of(zarina, farhod)
    assert after is not None
    assert (after["lives"], after["absence"], after["__version"]) == ("abroad", A.REMITTING, "3")


def test_who_came_back_has_a_return_and_who_moved_out_leaves_the_list(
    zarina: Any, family: Any, farhod: uuid.UUID, nigina: uuid.UUID
) -> None:
    write(zarina, about(family, left(farhod)))
    back = {"person": farhod, "lives": "home", "returned_on": TODAY, "return_kind": "lost_work", "base": 2}
    write(zarina, about(family, back, {"person": nigina, "lives": "moved_out"}))
    with acting_as(zarina):
        episode = MigrationEpisode.objects.get(person_id=farhod)
        moved = FamilyMember.objects.get(person_id=nigina)
        assert (episode.returned_on, episode.return_kind, moved.until_on) == (TODAY, "lost_work", TODAY)
        assert deleted_states(fresh(zarina), "people", [farhod, nigina]) == {farhod: False, nigina: True}
    assert row_of(zarina, nigina) is None
    assert stands(zarina, nigina)["lives"] == "moved_out"


def test_what_was_not_asked_stays_as_it_is(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    silent(zarina, family, farhod)
    (change,) = write(zarina, about(family, left(farhod, absence="", base=2)))
    assert change.sent_values == {"lives": "abroad"}
    assert stands(zarina, farhod) == {"lives": "abroad", "absence": A.SILENT_LT6M}


def test_the_same_form_twice_writes_once(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    xml = about(family, {"person": farhod, "absence": A.SILENT_LT6M})
    sent = arrived(zarina, xml)
    assert write(zarina, xml, sent=sent) == write(zarina, xml, sent=sent)
    with acting_as(zarina):
        assert Absence.objects.filter(person_id=farhod).count() == 1


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"lives": "on_the_moon"}, "choice", "lives"),
        ({"absence": "in_love"}, "choice", "absence"),
        ({"absence": A.IMPRISONED}, "choose", "absence"),
        ({"lives": "abroad"}, "empty", "left_month"),
        ({"lives": "abroad", "left_month": "2026-03-01"}, "empty", "country"),
        ({"lives": "abroad", "left_month": "2026-03-01", "country": "XX"}, "country", "country"),
        ({"lives": "abroad", "left_month": f"{TODAY.year + 1}-03-01", "country": "RU"}, "date", "left_month"),
    ],
)
def test_what_cannot_be_is_refused_at_the_question_of_its_repetition(
    zarina: Any, family: Any, farhod: uuid.UUID, nigina: uuid.UUID, told: dict[str, str], code: str, field: str
) -> None:
    xml = about(family, {"person": nigina, "absence": A.REMITTING}, {"person": farhod, **told})
    assert refused(zarina, xml) == (code, f"somebody[2]/{field}")
    with acting_as(zarina):
        assert not EntityChange.objects.exists()
        assert not Absence.objects.exists()


def test_the_head_does_not_move_out_of_her_family(zarina: Any, family: Any) -> None:
    xml = about(family, {"person": family.head_id, "lives": "moved_out"})
    assert refused(zarina, xml) == ("head", "somebody[1]/lives")


def test_who_left_the_household_is_added_again_on_the_screen(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    with acting_as(zarina):
        remove_member(member=member_of(zarina, farhod), until_on=TODAY, reason="ҷудо", by=zarina)
    assert refused(zarina, about(family, left(farhod))) == ("member", "somebody[1]/lives")


# --- all of a form, or nothing ---------------------------------------------------------------------------------------


def test_one_entry_that_fails_fails_the_whole_form(zarina: Any, family: Any, farhod: uuid.UUID, nigina: Any) -> None:
    """Neither the visit nor the other person nor the family is written."""
    xml = about(family, {"person": nigina, "absence": A.REMITTING}, {"person": farhod, "lives": "abroad"})
    root = ET.fromstring(xml)  # noqa: S314  # our own
    entity, village = root.find("changed/meta/entity"), root.find("changed/village")
    assert entity is not None
    assert village is not None
    village.text = "Навобод"
    entity.attrib.update({"id": str(family.pk), "update": "1", "baseVersion": "1"})
    with pytest.raises(Refused) as said, transaction.atomic():
        taken_in(zarina, ET.tostring(root))
    assert said.value.field == "somebody[2]/left_month"
    with acting_as(zarina):
        assert not Absence.objects.exists()
        assert not EntityChange.objects.exists()
        assert not JourneyStep.objects.filter(service="visit.made").exists()
        assert Family.objects.get(pk=family.pk).village == family.village


def test_a_form_that_is_whole_writes_the_visit_the_family_and_its_people(
    zarina: Any, family: Any, farhod: uuid.UUID
) -> None:
    taken_in(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    with acting_as(zarina):
        assert Absence.objects.get(person_id=farhod).status == A.REMITTING
        assert JourneyStep.objects.filter(service="visit.made").count() == 1


def test_a_person_is_told_of_once_in_a_form(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    xml = about(family, {"person": farhod, "absence": A.REMITTING}, left(farhod))
    assert refused(zarina, xml) == ("twice", "somebody[2]")


def test_a_form_changes_people_only_where_it_declares_it(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    declared = declared_by(current("home_visit").xml)
    assert {name: (one.creates, one.updates, set(one.within)) for name, one in declared.items()} == {
        "families": (False, True, {"changed/"}), "people": (False, True, {"somebody/"}),
    }  # fmt: skip
    registration = declared_by(current("family_registration").xml)
    assert {name: (one.creates, one.updates) for name, one in registration.items()} == {
        "families": (True, False), "people": (True, False),
    }  # fmt: skip
    root = ET.fromstring(about(family, {"person": farhod, "absence": A.REMITTING}))  # noqa: S314  # our own
    part = root.find("somebody/meta/entity")
    assert part is not None
    sent = arrived(zarina, ET.tostring(root))
    for changed in ({"dataset": "families"}, {"create": "1"}, {"dataset": "places"}):
        strange = ET.fromstring(ET.tostring(root))  # noqa: S314  # our own
        entity = strange.find("somebody/meta/entity")
        assert entity is not None
        entity.attrib.update(changed)
        assert refused(zarina, ET.tostring(strange), sent=sent)[0] == "undeclared"
    meta = root.find("meta")
    assert meta is not None
    meta.append(part)  # at a place where this form says nothing of people
    somebody = root.find("somebody/meta")
    assert somebody is not None
    somebody.remove(part)
    assert refused(zarina, ET.tostring(root), sent=sent)[0] == "undeclared"


# --- branches, held updates, conflicts -------------------------------------------------------------------------------


def test_a_branch_made_offline_waits_for_its_first_change(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    branch = uuid.uuid4()
    first = about(family, left(farhod, base=1, trunk=1, branch=branch))
    second = about(family, {"person": farhod, "absence": A.REMITTING, "base": 2, "trunk": 1, "branch": branch})
    early = arrived(zarina, second)
    with pytest.raises(Undecided) as waits:
        write(zarina, second, sent=early)
    assert (waits.value.kind, waits.value.until) == ("waits", early.received_at + AWAITED)
    assert write(zarina, first)[0].conflict == ""
    assert write(zarina, second, sent=early)[0].conflict == ""
    assert stands(zarina, farhod) == {"lives": "abroad", "absence": A.REMITTING}


def test_a_screen_in_between_is_seen_beside_and_in_conflict(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    silent(zarina, family, farhod)
    (beside,) = write(zarina, about(family, left(farhod)))
    assert (beside.conflict, beside.disputed) == (Conflict.SOFT, [])
    (same,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    assert (same.conflict, same.disputed) == (Conflict.HARD, ["absence"])
    assert same.former_values == {"absence": A.SILENT_LT6M}
    assert stands(zarina, farhod)["absence"] == A.REMITTING, "the last write is applied"
    (agreed,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    assert agreed.conflict == Conflict.SOFT, "two who say the same do not dispute"
    with acting_as(zarina):
        assert {row.pk for row in open_conflicts(zarina).rows} == {beside.pk, same.pk, agreed.pk}


def test_a_name_corrected_on_the_screen_disputes_nothing(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    member = member_of(zarina, farhod)
    draft = MemberDraft(PersonDraft("Фарҳодҷон", Sex.MALE, birth=member.person.birth), Relation.CHILD)
    with acting_as(zarina):
        edit_member(member=member, version=1, draft=draft, by=zarina)
    (change,) = write(zarina, about(family, left(farhod)))
    assert (change.conflict, change.disputed) == (Conflict.SOFT, [])


def test_a_member_that_was_saved_without_a_change_disputes_nothing(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    member = member_of(zarina, farhod)
    told = member.person
    draft = PersonDraft(
        told.given_name, Sex(told.sex), told.family_name, told.father_name, told.birth, known_as=told.known_as
    )
    with acting_as(zarina):
        edit_member(member=member, version=told.version, draft=MemberDraft(draft, Relation.CHILD), by=zarina)
    (change,) = write(zarina, about(family, left(farhod)))
    assert (change.conflict, change.disputed) == (Conflict.NONE, [])


def test_a_day_that_is_over_goes_into_the_history_and_is_told(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    silent(zarina, family, farhod)
    with acting_as(zarina):
        before = person_of(zarina, farhod).version
    yesterday = TODAY - timedelta(days=1)
    (change,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}, on=yesterday))
    assert (change.conflict, change.row_version) == (Conflict.HARD, before)
    assert stands(zarina, farhod)["absence"] == A.SILENT_LT6M
    with acting_as(zarina):
        assert set(Absence.objects.values_list("status", "is_current")) == {
            (A.SILENT_LT6M, True), (A.REMITTING, False),
        }  # fmt: skip


def test_the_third_word_of_one_day_counts_too(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    """What was said first, then otherwise, and then as at first, is no entry that stands there already."""
    write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    silent(zarina, family, farhod)
    (change,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING, "base": 3}))
    assert (change.conflict, stands(zarina, farhod)["absence"]) == ("", A.REMITTING)


def test_a_tie_that_no_phone_carries_is_in_no_list_and_overwritten_only_with_a_word(
    zarina: Any, family: Any, farhod: uuid.UUID
) -> None:
    for status in A:
        if status not in {*CARRIED, A.DECEASED}:
            silent(zarina, family, farhod, status, TODAY)
            row = row_of(zarina, farhod)
            assert row is not None
            assert row["absence"] == ""
    version = person_of(zarina, farhod).version
    (change,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING, "base": version}))
    assert (change.conflict, change.disputed, change.former_values) == (
        Conflict.HARD, ["absence"], {"absence": IN_FILE},
    )  # fmt: skip
    with acting_as(zarina):
        (side,) = sides(zarina, change)
        assert side.former == "what the file tells"
        now = stands_now(zarina, change)
        assert now is not None
        resolve_conflict(change=change, version=1, keeps=Resolution.FORMER, seen=now.version, by=zarina)
    assert stands(zarina, farhod)["absence"] == A.CONSCRIPTED


def test_a_phone_does_not_bring_the_dead_back(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    silent(zarina, family, farhod, A.DECEASED)
    version = person_of(zarina, farhod).version
    told = {"person": farhod, "absence": A.REMITTING, "base": version}
    assert refused(zarina, about(family, told)) == ("deceased", "somebody[1]/absence")


@pytest.mark.parametrize(
    ("keeps", "values", "status"),
    [
        (Resolution.SENT, None, A.REMITTING),
        (Resolution.FORMER, None, A.SILENT_LT6M),
        (Resolution.OTHER, {"absence": A.IRREGULAR}, A.IRREGULAR),
    ],
)
def test_a_person_settles_what_was_told_of_a_tie(
    zarina: Any, nasiba: Any, family: Any, farhod: uuid.UUID, keeps: Resolution, values: Any, status: A
) -> None:
    since = TODAY - timedelta(days=40)
    silent(nasiba, family, farhod, on=since)
    (change,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    with acting_as(nasiba):
        now = stands_now(nasiba, change)
        assert now is not None
        row = resolve_conflict(change=change, version=1, keeps=keeps, seen=now.version, values=values, by=nasiba)
        present = Absence.objects.get(person_id=farhod, is_current=True)
    assert (row.resolution, row.is_open) == (keeps, False)
    assert (present.status, present.since_on) == (status, since if keeps is Resolution.FORMER else TODAY)
    carried = row_of(zarina, farhod)
    assert carried is not None
    assert (carried["absence"], int(carried["__version"])) == (status, person_of(zarina, farhod).version)


def test_a_person_settles_where_somebody_is(zarina: Any, nasiba: Any, family: Any, farhod: uuid.UUID) -> None:
    def settled(change: EntityChange) -> None:
        with acting_as(nasiba):
            now = stands_now(nasiba, change)
            assert now is not None
            resolve_conflict(change=change, version=1, keeps=Resolution.FORMER, seen=now.version, by=nasiba)

    with acting_as(nasiba):
        episode = record_departure(
            member=member_of(nasiba, farhod), draft=MigrationDraft("KZ", date(2026, 1, 1), city="Алмато"), by=nasiba
        )
        record_return(episode=episode, draft=ReturnDraft(TODAY, ReturnKind.OTHER), by=nasiba)
    (gone,) = write(zarina, about(family, left(farhod, left_month=str(TODAY.replace(day=1)))))
    assert (gone.conflict, gone.former_values) == (Conflict.HARD, {"lives": "home"})
    settled(gone)
    with acting_as(nasiba):
        assert [row.city for row in MigrationEpisode.objects.filter(person_id=farhod)] == ["Алмато"]
        record_departure(member=member_of(nasiba, farhod), draft=MigrationDraft("RU", TODAY), by=nasiba)
    told = {"person": farhod, "lives": "home", "returned_on": TODAY, "return_kind": "other"}
    (back,) = write(zarina, about(family, told))
    assert (back.conflict, back.former_values) == (Conflict.HARD, {"lives": "abroad"})
    settled(back)
    assert stands(nasiba, farhod)["lives"] == "abroad"
    (out,) = write(zarina, about(family, {"person": farhod, "lives": "moved_out"}))
    assert out.conflict == Conflict.HARD
    with pytest.raises(Refused) as said:
        settled(out)
    assert said.value.code == "choose"


def test_what_was_sent_of_a_person_counts_also_where_something_newer_stands(
    zarina: Any, nasiba: Any, family: Any, farhod: uuid.UUID
) -> None:
    def settled(change: EntityChange) -> None:
        with acting_as(nasiba):
            now = stands_now(nasiba, change)
            assert now is not None
            resolve_conflict(change=change, version=1, keeps=Resolution.SENT, seen=now.version, by=nasiba)

    silent(nasiba, family, farhod, on=TODAY - timedelta(days=40))
    (tie,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    silent(nasiba, family, farhod, A.IRREGULAR)
    settled(tie)
    assert stands(nasiba, farhod)["absence"] == A.REMITTING

    with acting_as(nasiba):
        record_departure(member=member_of(nasiba, farhod), draft=MigrationDraft("RU", date(2026, 1, 1)), by=nasiba)
    (back,) = write(
        zarina, about(family, {"person": farhod, "lives": "home", "returned_on": TODAY, "return_kind": "other"})
    )
    assert back.conflict == Conflict.HARD
    with acting_as(nasiba):
        record_departure(member=member_of(nasiba, farhod), draft=MigrationDraft("KZ", TODAY), by=nasiba)
    settled(back)
    assert stands(nasiba, farhod)["lives"] == "home"


def test_who_settles_late_or_something_else_is_told(zarina: Any, nasiba: Any, family: Any, farhod: uuid.UUID) -> None:
    silent(nasiba, family, farhod)
    (change,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    seen = person_of(nasiba, farhod).version

    def settle(**said: Any) -> str:
        with acting_as(nasiba), pytest.raises(Refused) as refusal:
            resolve_conflict(**{"change": change, "version": 1, "seen": seen, "by": nasiba, **said})
        return refusal.value.code

    assert settle(keeps=Resolution.FORMER, seen=seen - 1) == "stale"
    assert settle(keeps=Resolution.OTHER) == "choose"
    assert settle(keeps=Resolution.OTHER, values={"absence": A.IMPRISONED}) == "choose"
    assert settle(keeps=Resolution.OTHER, values={"lives": "home"}) == "choose"
    with acting_as(nasiba), writing("form.fill"):
        erase_changes([family.pk])
        assert sides(nasiba, change_again(change)) == []
        change = change_again(change)
    assert settle(keeps=Resolution.FORMER) == "erased"


def change_again(change: EntityChange) -> EntityChange:
    found: EntityChange = EntityChange.objects.get(pk=change.pk)
    return found


# --- whose people ----------------------------------------------------------------------------------------------------


def test_people_of_elsewhere_and_of_nobody_are_not_changed(zarina: Any, family: Any, dusti_family: Any) -> None:
    assert refused(zarina, about(family, {"person": dusti_family.head_id, "absence": A.REMITTING})) == (
        "gone", "somebody[1]",
    )  # fmt: skip
    unknown = about(family, {"person": uuid.uuid4(), "absence": A.REMITTING})
    sent = arrived(zarina, unknown)
    with pytest.raises(Undecided):
        write(zarina, unknown, sent=sent)
    assert refused(zarina, unknown, sent=sent, now=sent.received_at + AWAITED)[0] == "gone"


def test_a_person_registered_offline_is_changed_before_the_list_knows_her(zarina: Any) -> None:
    from tests.collect.test_takers import REGISTRATION

    xml = filled_xml("family_registration", REGISTRATION)
    taken_in(zarina, xml)
    writes = read_filled(xml).entities()
    family_key = next(one.entity_id for one in writes if one.dataset == "families")
    key = [one.entity_id for one in writes if one.dataset == "people"][1]
    with acting_as(zarina):
        family = Family.objects.get(pk=family_key)
    (change,) = write(zarina, about(family, {"person": key, "lives": "moved_out", "base": 1, "branch": uuid.uuid4()}))
    assert (change.conflict, change.seen_version, change.row_id) == ("", 1, key)


def test_an_edit_of_the_tie_counts_only_when_the_tie_changed(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    row = silent(zarina, family, farhod)
    assert person_of(zarina, farhod).changed_in == {"absence": 2}
    with acting_as(zarina):
        row = edit_absence(
            absence=row, version=row.version, draft=AbsenceDraft(A.SILENT_LT6M, TODAY, farhod, note="аз модараш"),
            by=zarina,
        )  # fmt: skip
        assert person_of(zarina, farhod).version == 2
        edit_absence(absence=row, version=row.version, draft=AbsenceDraft(A.IRREGULAR, TODAY, farhod), by=zarina)
    assert person_of(zarina, farhod).changed_in == {"absence": 3}


def test_the_token_of_the_list_tells_of_a_return_and_of_a_tie(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    def token() -> str:
        with acting_as(zarina):
            return field_list(fresh(zarina), "people").token

    first = token()
    assert token() == first
    silent(zarina, family, farhod)
    second = token()
    write(zarina, about(family, left(farhod, base=2)))
    assert len({first, second, token()}) == 3


def test_what_a_form_did_with_people_stands_with_it(zarina: Any, family: Any, farhod: uuid.UUID) -> None:
    xml = about(family, {"person": farhod, "absence": A.REMITTING})
    sent = arrived(zarina, xml)
    write(zarina, xml, sent=sent)
    with acting_as(zarina):
        (change,) = changes_of(zarina, sent)
    assert (change.dataset, change.family, change.audit_label) == ("people", family, family.code)


def test_the_page_shows_both_words_about_a_person_and_settles_it(
    zarina: Any, nasiba: Any, family: Any, farhod: uuid.UUID, sign_in: Any
) -> None:
    silent(nasiba, family, farhod)
    (change,) = write(zarina, about(family, {"person": farhod, "absence": A.REMITTING}))
    client = sign_in(nasiba)
    page = client.get(f"/field/conflicts/{change.pk}/")
    assert page.status_code == 200
    shown = page.content.decode()
    assert "Фарҳод" in shown
    assert "no contact for less than 6 months" in shown
    assert "in regular contact, sends money" in shown
    seen = page.context["form"].initial["seen"]
    told = {"version": 1, "seen": seen, "keeps": "other", "absence": A.IRREGULAR}
    assert client.post(f"/field/conflicts/{change.pk}/", told).status_code == 302
    assert stands(zarina, farhod)["absence"] == A.IRREGULAR
