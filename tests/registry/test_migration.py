"""Who left and came back, what became of the tie to the family, and what stays restricted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.dates import Precision
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.families import add_member
from paivand.registry.actions.migration import (
    carried_absence,
    edit_absence,
    edit_ban,
    edit_episode,
    lift_ban,
    record_absence,
    record_ban,
    record_departure,
    record_return,
    remove_episode,
)
from paivand.registry.models import Absence, Family, MigrationEpisode, Person, ReentryBan
from paivand.registry.queries import families as queries
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.countries import country_choices, country_name
from paivand.registry.rules.drafts import AbsenceDraft, AwayDraft, BanDraft, MemberDraft, MigrationDraft, ReturnDraft
from paivand.registry.rules.migration import (
    GRAVITY,
    RESTRICTED,
    AbsenceStatus,
    DivorceChannel,
    LegalStatus,
    ReturnKind,
    Stay,
    first_day,
    last_day,
    most_serious,
    overlap,
    public_status,
)
from paivand.registry.rules.occupations import LANGUAGES, occupation_choices, occupation_title, occupations
from tests.cast import person, register

TODAY = timezone.localdate()
AHEAD = TODAY + timedelta(days=2)
"""Still to come where midnight passes before the tests of this file run."""
A = AbsenceStatus


def days_ago(n):
    return TODAY - timedelta(days=n)


@pytest.fixture
def son(family, zarina):
    """A member who can go abroad."""
    with acting_as(zarina):
        return next(member for member in queries.members(zarina, family) if member.relation == "child")


def left(member, by, on=None, came_back=None, **more):
    draft = MigrationDraft(**{"country": "RU", "departed_on": on or days_ago(400), "departed_precision": "day", **more})
    with acting_as(by):
        return record_departure(member=member, draft=draft, came_back=came_back, by=by)


def tie(family, by, status, since=None, **more):
    with acting_as(by):
        return record_absence(family=family, draft=AbsenceDraft(status, since or days_ago(10), **more), by=by)


def refusal(call, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


# --- rules ----------------------------------------------------------------------------------------------------------


def test_every_status_that_may_be_shown_has_its_place_in_the_order():
    assert set(GRAVITY) == set(AbsenceStatus) - RESTRICTED
    assert len(GRAVITY) == len(set(GRAVITY))


def test_a_restricted_status_never_speaks_for_the_family():
    assert public_status(A.CONSCRIPTED) == ""
    assert most_serious([A.CONSCRIPTED, A.REMITTING]) == A.REMITTING


@given(st.lists(st.sampled_from(list(AbsenceStatus)), min_size=1))
def test_the_most_serious_status_is_one_of_those_given_and_none_is_graver(statuses):
    found = most_serious(statuses)
    shown = [status for status in statuses if status not in RESTRICTED]
    assert (found in shown) if shown else found == ""
    assert all(GRAVITY.index(found) <= GRAVITY.index(status) for status in shown)


_precisions = st.sampled_from([Precision.DAY, Precision.MONTH, Precision.YEAR])
_days = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@given(_days, _precisions)
def test_a_known_stretch_begins_before_it_ends_and_holds_the_day(day, precision):
    assert first_day(day, precision) <= day <= last_day(day, precision)
    assert last_day(first_day(day, precision), precision) == last_day(day, precision)


@given(_days, _precisions, st.integers(0, 800), st.integers(0, 800))
def test_a_stay_that_begins_after_another_ended_never_overlaps_it(day, precision, length, gap):
    back = day + timedelta(days=length)
    again = back + timedelta(days=gap)
    earlier = Stay(first_day(day, precision), precision, first_day(back, precision), precision)
    later = Stay(first_day(again, precision), precision)
    assert not overlap(earlier, later)
    assert not overlap(later, earlier)


@given(_days, st.integers(2, 800))
def test_a_departure_in_the_middle_of_another_stay_overlaps_it(day, length):
    stay = Stay(day, Precision.DAY, day + timedelta(days=length), Precision.DAY)
    assert overlap(stay, Stay(day + timedelta(days=length // 2), Precision.DAY))
    assert overlap(Stay(day, Precision.DAY), Stay(day + timedelta(days=length), Precision.DAY))


def test_occupations_are_the_classification_in_four_languages():
    rows = occupations()
    assert sum(len(code) == 2 for code in rows) == 43
    assert 60 <= sum(len(code) == 4 for code in rows) <= 80
    assert all(row.titles and all(row.titles) for row in rows.values())
    assert all(code[:2] in rows for code in rows)
    assert {code for _field, choices in occupation_choices("tg") for code, _title in choices} == set(rows)
    assert len({occupation_title("7112", language) for language in LANGUAGES}) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_countries_are_named_in_every_language_with_russia_and_kazakhstan_first(language):
    choices = country_choices(language)
    assert [code for code, _name in choices[:2]] == ["RU", "KZ"]
    assert len(choices) == len({code for code, _name in choices}) == 248
    assert all(name and name != code for code, name in choices)
    assert "TJ" not in dict(choices)


def test_names_of_countries_are_in_the_readers_language():
    assert [country_name("RU", language) for language in LANGUAGES] == ["Русия", "Россия", "Russia", "روسیه"]


# --- stays abroad ---------------------------------------------------------------------------------------------------

db = pytest.mark.django_db


@db
def test_a_departure_and_a_return_make_one_stay(son, zarina):
    stay = left(
        son, zarina, country="KZ", city="Алматы", occupation="7112", work="хиштчин", legal_status=LegalStatus.CONTRACT
    )
    with acting_as(zarina):
        record_return(episode=stay, draft=ReturnDraft(days_ago(20), ReturnKind.LOST_WORK), by=zarina)
        stay.refresh_from_db()
        assert (stay.country, stay.occupation, stay.returned_on) == ("KZ", "7112", days_ago(20))
        assert stay.scope == son.scope
        assert refusal(
            record_return, episode=stay, draft=ReturnDraft(TODAY, ReturnKind.PLANNED), by=zarina
        ) == "already"  # fmt: skip


@db
@pytest.mark.parametrize(("changes", "code", "field"), [
    ({"country": "TJ"}, "country", "country"),
    ({"country": "xx"}, "country", "country"),
    ({"occupation": "7199"}, "occupation", "occupation"),
    ({"on": AHEAD}, "date", "departed_on"),
    ({"on": date(1950, 1, 1)}, "date", "departed_on"),
    ({"came_back": ReturnDraft(days_ago(500), ReturnKind.PLANNED)}, "date", "returned_on"),
    ({"came_back": ReturnDraft(AHEAD, ReturnKind.PLANNED)}, "date", "returned_on"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_the_field(changes, code, field, son, zarina):
    with pytest.raises(Refused) as refused:
        left(son, zarina, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    with acting_as(zarina):
        assert not MigrationEpisode.objects.exists()


@db
def test_a_person_is_abroad_in_one_place_at_a_time(son, zarina):
    left(son, zarina)
    assert refusal(left, son, zarina, on=days_ago(30), country="KZ") == "abroad"
    over = ReturnDraft(days_ago(390), ReturnKind.SEASON_END)
    assert refusal(left, son, zarina, on=days_ago(450), came_back=over) == "abroad"


@db
def test_the_same_departure_sent_twice_is_written_once(son, zarina):
    left(son, zarina)
    assert refusal(left, son, zarina) == "twice"


@db
def test_an_earlier_season_is_written_down_beside_the_present_stay(son, zarina):
    left(son, zarina)
    left(son, zarina, on=days_ago(800), came_back=ReturnDraft(days_ago(500), ReturnKind.SEASON_END))
    with acting_as(zarina):
        assert MigrationEpisode.objects.count() == 2


@db
def test_a_return_in_the_same_year_as_the_departure_is_possible_when_only_the_year_is_known(son, zarina):
    stay = left(son, zarina, on=date(2024, 3, 15))
    with acting_as(zarina):
        draft = ReturnDraft(date(2024, 6, 6), ReturnKind.PLANNED, Precision.YEAR)
        stay = record_return(episode=stay, draft=draft, by=zarina)
    assert (stay.returned_on, stay.returned_precision) == (date(2024, 3, 15), "year")


@db
def test_a_return_in_the_year_before_the_departure_is_refused(son, zarina):
    stay = left(son, zarina, on=date(2024, 3, 15))
    draft = ReturnDraft(date(2023, 1, 1), ReturnKind.PLANNED, Precision.YEAR)
    with acting_as(zarina):
        assert refusal(record_return, episode=stay, draft=draft, by=zarina) == "date"


@db
def test_two_workers_correcting_a_stay_at_once_lose_nothing(son, zarina, nasiba):
    stay = left(son, zarina)
    draft = MigrationDraft("KZ", days_ago(300))
    with acting_as(nasiba):
        edit_episode(episode=stay, version=1, draft=draft, by=nasiba)
    with acting_as(zarina):
        assert refusal(edit_episode, episode=stay, version=1, draft=draft, by=zarina) == "stale"
        edit_episode(
            episode=stay, version=2, draft=draft, came_back=ReturnDraft(days_ago(3), ReturnKind.ILLNESS), by=zarina
        )
        stay.refresh_from_db()
    assert (stay.version, stay.return_kind) == (3, "illness")


@db
def test_a_stay_that_never_was_is_taken_away_with_a_reason(son, zarina):
    stay = left(son, zarina)
    with acting_as(zarina):
        assert refusal(remove_episode, episode=stay, reason=" ", by=zarina) == "reason"
        remove_episode(episode=stay, reason="another person", by=zarina)
        assert not MigrationEpisode.objects.exists()
        assert AuditEvent.objects.filter(reason="another person", outcome="done").exists()


@db
def test_the_deceased_neither_leave_nor_return(family, son, zarina):
    stay = left(son, zarina)
    tie(family, zarina, A.DECEASED, person_id=son.person_id, body_returned=True, compensation=False)
    with acting_as(zarina):
        draft = ReturnDraft(TODAY, ReturnKind.PLANNED)
        assert refusal(record_return, episode=stay, draft=draft, by=zarina) == "deceased"
        record_return(episode=stay, draft=ReturnDraft(days_ago(10), ReturnKind.DIED_ABROAD), by=zarina)
    assert refusal(left, son, zarina, on=TODAY) == "deceased"


@db
def test_a_stay_follows_its_person_into_the_file_that_was_joined(family, son, zarina):
    other = register(zarina, given="Мадина", surname="Сафарова")
    stay = left(son, zarina)
    with acting_as(zarina):
        twin = other.members.exclude(relation="head").first().person
        with writing("test"):
            son.person.merged_into = twin
            son.person.save()
            Family.objects.filter(pk=family.pk).update(state="merged", merged_into=other, state_on=TODAY)
        stay = MigrationEpisode.objects.get(pk=stay.pk)
        record_return(episode=stay, draft=ReturnDraft(days_ago(5), ReturnKind.PLANNED), by=zarina)
        member = twin.memberships.get()
    # And what either record says counts for both: nobody is abroad twice.
    left(member, zarina, on=days_ago(4))
    assert refusal(left, son, zarina, on=days_ago(3)) == "abroad"


@db
def test_nothing_is_written_into_a_closed_file(family, son, zarina):
    stay = left(son, zarina)
    with acting_as(zarina), writing("test"):
        Family.objects.filter(pk=family.pk).update(state="left", state_on=TODAY)
    assert refusal(tie, family, zarina, A.REMITTING) == "closed"
    assert refusal(left, son, zarina) == "closed"
    with acting_as(zarina):
        assert refusal(record_return, episode=stay, draft=ReturnDraft(TODAY, ReturnKind.PLANNED), by=zarina) == "closed"


@db
def test_somebody_from_elsewhere_or_without_the_right_writes_nothing(son, farrukh, rustam):
    with pytest.raises(OutsideScopeError):
        left(son, farrukh)
    with pytest.raises(WithoutRightError):
        left(son, rustam)


# --- the tie to the family ------------------------------------------------------------------------------------------


@db
def test_a_new_status_closes_the_former_and_keeps_it(family, son, zarina):
    tie(family, zarina, A.REMITTING, days_ago(300), person_id=son.person_id, told_by="ҳамсараш")
    tie(family, zarina, A.SILENT_LT6M, days_ago(30), person_id=son.person_id)
    with acting_as(zarina):
        told = list(Absence.objects.order_by("since_on").values_list("status", "is_current"))
        assert told == [("in_regular_contact_and_remitting", False), ("no_contact_lt6m", True)]
        family.refresh_from_db()
        assert family.absence_status == "no_contact_lt6m"


@db
def test_a_status_that_began_earlier_goes_into_the_history(family, son, zarina):
    tie(family, zarina, A.SILENT_LT6M, days_ago(30), person_id=son.person_id)
    row = tie(family, zarina, A.REMITTING, days_ago(300), person_id=son.person_id)
    assert not row.is_current
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.absence_status == "no_contact_lt6m"


@db
def test_the_gravest_of_several_migrants_speaks_for_the_family(family, zarina):
    with acting_as(zarina):
        first, second = [m for m in queries.members(zarina, family) if m.relation == "child"]
    tie(family, zarina, A.REMITTING, person_id=first.person_id)
    tie(family, zarina, A.MISSING, person_id=second.person_id, search_asked=True)
    tie(family, zarina, A.IRREGULAR)
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.absence_status == "missing"
        assert Absence.objects.filter(is_current=True).count() == 3
    tie(family, zarina, A.RETURNED_WELL, days_ago(1), person_id=second.person_id)
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.absence_status == "remitting_irregularly"


@db
def test_a_restricted_status_is_kept_but_never_copied_to_where_lists_look(family, son, zarina, manija, rustam):
    tie(family, zarina, A.CONSCRIPTED, person_id=son.person_id, note="ба ҷабҳа")
    with acting_as(zarina):
        family.refresh_from_db()
        assert family.absence_status == ""
        assert Absence.objects.seen_by(zarina).get().status == "conscripted"
    for user in (manija, rustam):
        with acting_as(user):
            assert not Absence.objects.all().exists()
            assert not Absence.objects.seen_by(user).exists()


@db
def test_the_audit_names_neither_the_status_nor_the_person(family, son, zarina):
    tie(family, zarina, A.CONSCRIPTED, person_id=son.person_id, told_by="бародараш")
    left(son, zarina, city="Казан")
    with acting_as(zarina):
        events = AuditEvent.objects.filter(event="family.edit")
        told = " ".join(f"{event.subject_label} {event.detail}" for event in events)
    assert family.code in told
    for value in ("conscripted", "бародараш", "Казан", "RU", "Фарҳод", "Нигина"):
        assert value not in told


@db
@pytest.mark.parametrize(("draft", "code"), [
    ({"status": A.REMITTING, "since_on": AHEAD}, "date"),
    ({"status": A.REMITTING, "channel": DivorceChannel.PHONE}, "detail"),
    ({"status": A.REMITTING, "search_asked": True}, "detail"),
    ({"status": A.MISSING, "compensation": False}, "detail"),
    ({"status": A.DIVORCED_COURT, "channel": DivorceChannel.PHONE}, "detail"),
])  # fmt: skip
def test_a_status_with_answers_that_do_not_belong_to_it_is_refused(draft, code, family, zarina):
    with acting_as(zarina):
        draft = AbsenceDraft(**{"since_on": days_ago(5), **draft})
        assert refusal(record_absence, family=family, draft=draft, by=zarina) == code
        assert not Absence.objects.exists()


@db
def test_a_status_belongs_to_somebody_of_the_family(family, zarina):
    other = register(zarina)
    assert refusal(tie, family, zarina, A.MISSING, person_id=other.head_id) == "member"


@db
def test_the_same_status_sent_twice_is_written_once(family, zarina):
    tie(family, zarina, A.DIVORCED_RELIGIOUS, channel=DivorceChannel.MESSAGE)
    assert refusal(tie, family, zarina, A.DIVORCED_RELIGIOUS, channel=DivorceChannel.MESSAGE) == "twice"


@db
def test_nothing_follows_a_death_but_a_mistake_is_corrected(family, son, zarina):
    row = tie(family, zarina, A.DECEASED, person_id=son.person_id)
    assert refusal(tie, family, zarina, A.RETURNED_WELL, days_ago(1), person_id=son.person_id) == "deceased"
    with acting_as(zarina):
        draft = AbsenceDraft(A.SILENT_LT6M, row.since_on, son.person_id)
        assert refusal(edit_absence, absence=row, version=7, draft=draft, by=zarina) == "stale"
        edit_absence(absence=row, version=1, draft=draft, by=zarina)
        family.refresh_from_db()
        assert family.absence_status == "no_contact_lt6m"


@db
def test_correcting_a_day_moves_what_is_current(family, zarina):
    first = tie(family, zarina, A.IRREGULAR, days_ago(100))
    tie(family, zarina, A.CONTACT_ONLY, days_ago(50))
    with acting_as(zarina):
        edit_absence(absence=first, version=2, draft=AbsenceDraft(A.IRREGULAR, days_ago(5)), by=zarina)
        assert Absence.objects.get(is_current=True).status == "remitting_irregularly"
        family.refresh_from_db()
        assert family.absence_status == carried_absence(family) == "remitting_irregularly"


# --- bans -----------------------------------------------------------------------------------------------------------


@db
def test_a_ban_is_written_down_corrected_and_lifted(son, zarina):
    with acting_as(zarina):
        ban = record_ban(member=son, draft=BanDraft("RU", days_ago(30), for_life=True, ground="статья"), by=zarina)
        ban = edit_ban(ban=ban, version=1, draft=BanDraft("RU", days_ago(30), until_on=date(2031, 1, 1)), by=zarina)
        assert refusal(edit_ban, ban=ban, version=1, draft=BanDraft("RU", TODAY), by=zarina) == "stale"
        ban = lift_ban(ban=ban, lifted_on=TODAY, by=zarina)
        assert (ban.until_on, ban.for_life) == (TODAY, False)
        assert refusal(lift_ban, ban=ban, lifted_on=TODAY, by=zarina) == "already"
        both = BanDraft("RU", TODAY, until_on=TODAY, for_life=True)
        assert refusal(record_ban, member=son, draft=both, by=zarina) == "date"


@db
@pytest.mark.parametrize("name", ["manija", "rustam", "behruz", "farrukh"])
def test_a_ban_is_seen_only_by_those_who_see_case_data(name, son, zarina, everyone):
    with acting_as(zarina):
        record_ban(member=son, draft=BanDraft("RU", TODAY), by=zarina)
        assert ReentryBan.objects.seen_by(zarina).count() == 1
    user = everyone[name]
    with acting_as(user):
        assert not ReentryBan.objects.seen_by(user).exists()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from registry_reentryban")
            assert cursor.fetchone()[0] == 0


def test_a_ban_never_leaves_the_program():
    assert not ReentryBan.privacy.leaves
    assert Person.privacy.leaves


def test_the_gravest_tie_speaks_for_a_family_registered_with_two_migrants(zarina):
    def abroad(given, status):
        return MemberDraft(person(given, "Каримов", sex=Sex.MALE), Relation.CHILD, away=AwayDraft(status=status))

    family = register(zarina, members=[abroad("Фарҳод", A.MISSING), abroad("Далер", A.REMITTING)])
    assert family.absence_status == A.MISSING
    with acting_as(zarina):
        family = add_member(family=family, person_id=new_id(), draft=abroad("Умед", A.RETURNED_WELL), by=zarina)
    assert family.absence_status == A.MISSING
