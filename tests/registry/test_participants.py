"""The register of participants: written down once, found again, joined, recognised, and behind its wall."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.participants import (
    edit_participant,
    join_participant,
    recognise_participant,
    register_participant,
    register_participants,
)
from paivand.registry.models import JourneyStep, Participant
from paivand.registry.queries.journey import n_people
from paivand.registry.queries.participants import (
    alike,
    joined_with,
    kept_participants,
    participant_by_id,
    participants,
    participants_found,
)
from paivand.registry.rules import Sex
from paivand.registry.rules.participants import ParticipantDraft, ParticipantKind, match_key, needs_guardian, posts
from tests.cast import DUSTI, KULOB, fresh, register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SERVICE = "learning.oriented"


def draft(name="Раҷабова Савсан", **changes):
    values = {
        "kind": ParticipantKind.PROFESSIONAL, "name": name, "sex": Sex.FEMALE, "agreed_on": TODAY,
        "birth_year": 1985, "post": "teacher", "organisation": "Мактаби №3", "telephone": "918 12 34 56",
    }  # fmt: skip
    return ParticipantDraft(**{**values, **changes})


def written(by, name="Раҷабова Савсан", district=KULOB, **changes):
    by = fresh(by)
    with acting_as(by):
        return register_participant(
            scope=placement(by, district), participant_id=new_id(), draft=draft(name, **changes), by=by
        )  # fmt: skip


def refused(call, code):
    with pytest.raises(Refused) as error:
        call()
    assert error.value.code == code


def _step(by, **who):
    """A service that reached somebody, as a course writes it."""
    with acting_as(by), writing("test"):
        return JourneyStep.objects.create(
            service=SERVICE, outcome="completed", quantity=1, happened_on=TODAY, place_id=KULOB, district_id=KULOB,
            agency_id=by.agency_id, team_id=by.team_id, owner_id=by.pk, recorded_by=by, **who,
        )  # fmt: skip


def _counted(by):
    with acting_as(by):
        return n_people(fresh(by), SERVICE)


# --- writing down ----------------------------------------------------------------------------------------------------


def test_a_participant_is_written_down_with_post_and_telephone(zarina):
    row = written(zarina)
    assert (row.post_name, row.telephone, row.organisation) == ("teacher", "+992918123456", "Мактаби №3")
    assert (row.district_id, row.owner_id, row.recorded_by_id) == (KULOB, zarina.pk, zarina.pk)
    assert row.age_on(date(row.birth_year + 40, 1, 1)).years in {39, 40}


def test_only_a_professional_keeps_a_post(zarina):
    assert written(zarina, kind=ParticipantKind.OTHER, post="teacher").post == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "name"),
        ({"birth_year": 1800}, "birth"),
        ({"birth_year": TODAY.year}, "birth"),
        ({"post": ""}, "post"),
        ({"post": "astronaut"}, "post"),
        ({"agreed_on": TODAY + timedelta(days=2)}, "agreed"),
        ({"telephone": "12"}, "phone"),
        ({"kind": ParticipantKind.PUPIL, "birth_year": TODAY.year - 12}, "guardian"),
        (
            {"kind": ParticipantKind.PUPIL, "birth_year": TODAY.year - 12, "guardian_name": "Модар",
             "guardian_agreed_on": TODAY + timedelta(days=2)}, "agreed",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(zarina, changes, code):
    refused(lambda: written(zarina, **changes), code)
    with acting_as(zarina):
        assert not Participant.objects.exists()


def test_the_same_form_writes_nobody_twice(zarina):
    by, key = fresh(zarina), new_id()
    with acting_as(by):
        scope = placement(by, KULOB)
        register_participant(scope=scope, participant_id=key, draft=draft(), by=by)
        refused(lambda: register_participant(scope=scope, participant_id=key, draft=draft(), by=by), "twice")
        rows = register_participants(scope=scope, drafts=[(key, draft()), (new_id(), draft("Назаров Алӣ"))], by=by)
        assert [row.name for row in rows] == ["Назаров Алӣ"]
        assert Participant.objects.count() == 2


def test_of_many_all_are_written_down_or_none(zarina):
    by = fresh(zarina)
    with acting_as(by):
        people = [(new_id(), draft()), (new_id(), draft(name=" "))]
        refused(lambda: register_participants(scope=placement(by, KULOB), drafts=people, by=by), "name")
        assert not Participant.objects.exists()


def test_nobody_writes_into_another_district_or_without_the_right(zarina, manija):
    with pytest.raises(WithoutRightError):
        written(zarina, district=DUSTI)
    with pytest.raises(WithoutRightError):
        written(manija)


def test_the_event_names_nobody(zarina, nasiba):
    row = written(zarina)
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="learning.enrol", subject_id=row.pk).latest("id")
    assert event.detail == {"act": "participant.register", "kind": "professional"}
    assert event.subject_label == ""


# --- changing --------------------------------------------------------------------------------------------------------


def test_what_is_known_is_changed_and_an_old_page_changes_nothing(zarina):
    row = written(zarina)
    with acting_as(zarina):
        by = fresh(zarina)
        done = edit_participant(participant=row, version=row.version, draft=draft("Раҷабова Сусан"), by=by)
        assert (done.name, done.version) == ("Раҷабова Сусан", row.version + 1)
        assert done.match_key != row.match_key
        refused(lambda: edit_participant(participant=row, version=row.version, draft=draft(), by=by), "stale")


def test_from_elsewhere_nobody_changes_joins_or_recognises(zarina, farrukh):
    one, other = written(zarina), written(zarina, "Назаров Алӣ")
    by = fresh(farrukh)
    with acting_as(by):
        for call in (
            lambda: edit_participant(participant=one, version=one.version, draft=draft(), by=by),
            lambda: join_participant(participant=one, kept=other, by=by),
            lambda: recognise_participant(participant=one, person=None, by=by),
        ):
            with pytest.raises(OutsideScopeError):
                call()


# --- finding ---------------------------------------------------------------------------------------------------------


def test_somebody_is_found_by_the_beginning_of_the_name_or_by_telephone(zarina):
    row, other = written(zarina), written(zarina, "Назаров Алӣ", telephone="")
    with acting_as(zarina):
        by = fresh(zarina)
        assert participants_found(by, "Рад") == []
        assert participants_found(by, "раҷаб") == [row]
        assert participants_found(by, "+992 918 12 34 56") == [row]
        assert participants_found(by, "  ") == []
        assert set(participants(by).rows) == {row, other}
        assert participant_by_id(by, row.pk) == row


def test_likely_same_people_are_named_whatever_the_order_and_script(zarina, farrukh):
    row = written(zarina)
    asked = [
        ("Savsan Rajabova", "female", 1985),
        ("Раҷабова Савсан", "male", 1985),
        ("Раҷабова Савсан", "female", 1986),
    ]
    with acting_as(zarina):
        assert alike(fresh(zarina), asked) == {0: [row]}
    with acting_as(farrukh):
        assert alike(fresh(farrukh), asked) == {}


def test_the_register_is_leafed_through_without_losing_anybody(zarina, monkeypatch):
    monkeypatch.setattr("paivand.registry.queries.participants.PAGE", 2)
    for name in ("Алиева А", "Алиева А", "Бобоев Б", "Вализода В", "Ғафуров Ғ"):
        written(zarina, name, telephone="")
    with acting_as(zarina):
        by, found, after = fresh(zarina), [], ""
        for _page in range(4):
            page = participants(by, after=after)
            found += page.rows
            after = page.after or ""
            if not page.more:
                break
        assert len({row.pk for row in found}) == len(found) == 5
        assert [row.sort_key for row in found] == sorted(row.sort_key for row in found)
        assert participants(by, after="a~no key").rows == []


# --- one person, counted once ----------------------------------------------------------------------------------------


def test_joined_rows_are_found_once_and_count_once(zarina):
    one, other = written(zarina), written(zarina, "Раҷабова С.")
    _step(zarina, participant=one)
    _step(zarina, participant=other)
    assert _counted(zarina) == 2
    with acting_as(zarina):
        by = fresh(zarina)
        join_participant(participant=one, kept=other, by=by)
        assert participants_found(by, "раҷаб") == [other]
        assert [row.pk for row in joined_with(by, other)] == [one.pk]
        assert kept_participants(by, [one.pk, other.pk]) == {one.pk: other.pk, other.pk: other.pk}
        refused(lambda: join_participant(participant=one, kept=other, by=by), "same")
        refused(lambda: join_participant(participant=other, kept=one, by=by), "same")
        refused(lambda: join_participant(participant=other, kept=other, by=by), "same")
    assert _counted(zarina) == 1


def test_three_rows_joined_one_after_another_are_one(zarina):
    rows = [written(zarina, f"Раҷабова {letter}") for letter in "АБВ"]
    for row in rows:
        _step(zarina, participant=row)
    with acting_as(zarina):
        by = fresh(zarina)
        join_participant(participant=rows[0], kept=rows[1], by=by)
        join_participant(participant=rows[1], kept=rows[2], by=by)
        assert set(kept_participants(by, [row.pk for row in rows]).values()) == {rows[2].pk}
    assert _counted(zarina) == 1


def test_a_participant_recognised_as_a_member_of_a_family_counts_with_her(zarina):
    her = register(zarina, members=0).head
    row = written(zarina)
    _step(zarina, participant=row)
    _step(zarina, person=her)
    assert _counted(zarina) == 2
    with acting_as(zarina):
        recognise_participant(participant=row, person=her, by=fresh(zarina))
    assert _counted(zarina) == 1
    with acting_as(zarina):
        recognise_participant(participant=row, person=None, by=fresh(zarina))
    assert _counted(zarina) == 2


@pytest.mark.parametrize("first", ["join", "recognise"])
def test_the_order_of_joining_and_recognising_does_not_matter(zarina, first):
    her = register(zarina, members=0).head
    one, other = written(zarina), written(zarina, "Раҷабова С.")
    for who in ({"participant": one}, {"participant": other}, {"person": her}):
        _step(zarina, **who)
    with acting_as(zarina):
        by = fresh(zarina)
        if first == "recognise":
            recognise_participant(participant=one, person=her, by=by)
        join_participant(participant=one, kept=other, by=by)
        if first == "join":
            one.refresh_from_db()
            recognise_participant(participant=one, person=her, by=by)
        other.refresh_from_db()
        assert other.person_id == her.pk
    assert _counted(zarina) == 1


def test_two_who_are_different_members_of_families_are_not_joined(zarina):
    one, other = written(zarina), written(zarina, "Раҷабова С.")
    with acting_as(zarina):
        by = fresh(zarina)
        recognise_participant(participant=one, person=register(zarina, members=0).head, by=by)
        recognise_participant(participant=other, person=register(zarina, given="Мавҷуда", members=0).head, by=by)
        refused(lambda: join_participant(participant=one, kept=other, by=by), "person")


def test_a_reversed_step_counts_nobody(zarina):
    row = written(zarina)
    step = _step(zarina, participant=row)
    with acting_as(zarina), writing("test"):
        JourneyStep.objects.create(
            service=SERVICE, outcome="completed", quantity=-1, happened_on=TODAY, place_id=KULOB, district_id=KULOB,
            owner_id=zarina.pk, recorded_by=zarina, participant=row, reverses=step,
        )  # fmt: skip
    assert _counted(zarina) == 0


# --- the wall --------------------------------------------------------------------------------------------------------


def _names_in_database(by):
    """What PostgreSQL itself gives, whatever the program asks."""
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("select name from registry_participant order by name")
        return [name for (name,) in cursor.fetchall()]


def test_the_database_itself_shows_nobody_of_another_district(zarina, farrukh, manija, tahmina, everyone):
    written(zarina)
    written(farrukh, "Назаров Алӣ", DUSTI)
    assert _names_in_database(zarina) == ["Раҷабова Савсан"]
    assert _names_in_database(farrukh) == ["Назаров Алӣ"]
    assert _names_in_database(tahmina) == ["Раҷабова Савсан"]
    for user in (manija, everyone["manager"]):
        assert _names_in_database(user) == []


def test_the_database_itself_lets_nobody_change_what_lies_elsewhere(zarina, farrukh):
    row = written(zarina)
    with acting_as(farrukh), connection.cursor() as cursor:
        cursor.execute("update registry_participant set name = 'x' where id = %s", [row.pk])
        assert cursor.rowcount == 0


# --- rules -----------------------------------------------------------------------------------------------------------


@given(st.permutations(["Каримова", "Ҷамила", "Раҳимовна"]), st.sampled_from(["female", "male"]))
def test_the_order_of_the_parts_of_a_name_does_not_matter(parts, sex):
    assert match_key(" ".join(parts), sex, 1990) == match_key("Каримова Ҷамила Раҳимовна", sex, 1990)


@given(st.text(max_size=300), st.integers(1900, 2030))
def test_a_key_fits_its_column_whatever_is_typed(name, year):
    assert len(match_key(name, "female", year)) <= 200


def test_every_post_has_a_title_in_each_language():
    assert {"teacher", "social_worker"} <= set(posts())
    for post in posts().values():
        assert all(post.titles.get(language) for language in ("tg", "ru", "en", "fa"))


@pytest.mark.parametrize(("day", "youngest"), [
    (date(2026, 1, 1), 2007), (date(2026, 6, 30), 2007), (date(2026, 7, 1), 2008), (date(2026, 12, 31), 2008),
])  # fmt: skip
def test_whoever_may_still_be_a_child_needs_a_guardian(day, youngest):
    """A year of birth is taken from its middle, so whoever turns eighteen this year is grown from July on."""
    assert needs_guardian(youngest + 1, day)
    assert not needs_guardian(youngest, day)
