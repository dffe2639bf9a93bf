"""The directory of services: kept true, and what of it must stay hidden stays hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.referrals.actions.directory import (
    add_service,
    close_service,
    edit_service,
    lying,
    pause_service,
    reopen_service,
    verify_service,
)
from paivand.referrals.models import DirectoryService, ServiceChange, ServiceKey
from paivand.referrals.queries import directory as queries
from paivand.referrals.rules.directory import (
    LANGUAGES,
    check_again_on,
    last_fresh_day,
    needs,
    poster_words,
    service_types,
    stale_after_days,
)
from paivand.referrals.rules.directory_hours import WEEK, Hours, hours_fault, opening
from paivand.registry.rules.catalogue import services
from tests.cast import DUSTI, KULOB
from tests.referrals.entries import OFFICE, PHONE, draft, entry, hidden

TODAY = date(2026, 11, 26)
pytestmark = pytest.mark.django_db


def add(by, made, *, district=KULOB, key=None, on=TODAY, today=TODAY):
    with acting_as(by):
        return add_service(
            scope=lying(district, made), service_id=key or new_id(), draft=made, on=on, today=today, by=by
        )


def edit(service, made, *, by, version=None, checked_on=None):
    with acting_as(by):
        return edit_service(
            service=service, version=version or service.version, draft=made, checked_on=checked_on, today=TODAY, by=by
        )


def refusal(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code, caught.value.field


def history_of(service, by):
    with acting_as(by):
        return [change.act for change in queries.history(by, service)][::-1]


def events(by, outcome="done"):
    with acting_as(by):
        found = AuditEvent.objects.filter(event=Verb.DIRECTORY_EDIT, outcome=outcome, actor_id=by.pk)
        return list(found.order_by("pk"))


# --- what the parameters say -----------------------------------------------------------------------------------------


def test_every_kind_of_service_is_told_in_four_languages_and_has_its_step_of_the_journey():
    assert len(service_types()) == 17
    for code, one in service_types().items():
        assert set(one.titles) == set(one.meanings) == set(LANGUAGES)
        assert f"referral.{code}" in services()
        assert one.title("xx") == one.titles["en"]


def test_every_kind_answers_one_need():
    answered = [code for need in needs() for code in need.types]
    assert sorted(answered) == sorted(service_types())
    assert all(set(need.titles) == set(LANGUAGES) for need in needs())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_poster_says_the_same_things_in_each_language(language):
    words = poster_words(language)
    assert words.keys() == poster_words("en").keys()
    assert (len(words["steps"]), len(words["promises"])) == (3, 2)
    assert "{day}" in words["printed"]
    assert "{day}" in words["again"]


def test_an_entry_goes_stale_on_the_ninety_first_day(nasiba):
    service = DirectoryService(verified_on=TODAY)
    assert stale_after_days() == 90
    assert not service.is_stale(TODAY + timedelta(days=90))
    assert service.is_stale(TODAY + timedelta(days=91))
    assert check_again_on(TODAY) == TODAY + timedelta(days=91)
    assert last_fresh_day(TODAY + timedelta(days=90)) == TODAY


# --- hours -----------------------------------------------------------------------------------------------------------

FRIDAY = datetime(2026, 11, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(("moment", "is_open", "at", "day"), [
    (FRIDAY, True, time(12), None),
    (FRIDAY.replace(hour=12), False, time(13), None),
    (FRIDAY.replace(hour=16, minute=59), True, time(17), None),
    (FRIDAY.replace(hour=17), False, time(8), "mon"),
    (FRIDAY.replace(hour=7), False, time(8), None),
    (FRIDAY + timedelta(days=1), False, time(8), "mon"),
])  # fmt: skip
def test_an_office_tells_whether_it_is_open_now(moment, is_open, at, day):
    found = opening(OFFICE, moment)
    assert (found.is_open, found.at, found.day) == (is_open, at, day)


def test_a_service_that_never_closes_is_open_at_night_and_one_without_hours_tells_nothing():
    assert opening(Hours(around_the_clock=True), FRIDAY.replace(hour=3)).is_open
    assert opening(Hours(), FRIDAY) is None


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(
    days=st.sets(st.sampled_from(WEEK), min_size=1).map(tuple),
    edges=st.lists(times, min_size=2, max_size=4, unique=True).map(sorted).filter(lambda found: len(found) != 3),
    moment=st.integers(0, 60 * 24 * 21).map(lambda minutes: FRIDAY + timedelta(minutes=minutes)),
)
def test_whether_it_is_open_agrees_with_the_week_minute_by_minute(days, edges, moment):
    pause = edges[1:3] if len(edges) == 4 else [None, None]
    hours = Hours(days, edges[0], edges[-1], *pause)
    assert hours_fault(hours) == ""
    open_now = WEEK[moment.weekday()] in days and edges[0] <= moment.time() < edges[-1]
    if pause[0] and pause[1]:
        open_now = open_now and not pause[0] <= moment.time() < pause[1]
    found = opening(hours, moment)
    assert found.is_open is open_now
    assert found.at in edges


@given(days=st.sets(st.sampled_from(WEEK)).map(tuple))
def test_runs_of_days_hold_each_day_once_in_the_order_of_the_week(days):
    spans = Hours(days=days).spans
    told = [WEEK[n] for first, last in spans for n in range(WEEK.index(first), WEEK.index(last) + 1)]
    assert told == [day for day in WEEK if day in days]
    assert all(WEEK.index(other[0]) - WEEK.index(one[1]) > 1 for one, other in pairwise(spans))


# --- adding ----------------------------------------------------------------------------------------------------------


def test_a_supervisor_adds_a_service_of_her_district(nasiba):
    service = add(nasiba, draft(), on=TODAY - timedelta(days=3))
    with acting_as(nasiba):
        row = DirectoryService.objects.get(pk=service.pk)
    assert (row.district_id, row.type, row.phone) == (KULOB, "registration", PHONE)
    assert (row.verified_on, row.verified_by_id) == (TODAY - timedelta(days=3), nasiba.pk)
    assert (row.week, row.state) == (OFFICE, "open")
    assert history_of(row, nasiba) == ["added"]
    event = events(nasiba)[-1]
    assert (event.subject_id, event.subject_label) == (row.pk, "Шуъбаи САҲШ")
    assert event.detail == {"act": "added", "type": "registration"}


def test_a_double_tap_adds_one_service(nasiba):
    key = new_id()
    add(nasiba, draft(), key=key)
    assert refusal(lambda: add(nasiba, draft(name="Дигар"), key=key)) == ("twice", None)


@pytest.mark.parametrize("who", ["zarina", "farrukh", "anvar", "manija", "rustam", "outsider", "admin"])
def test_who_does_not_keep_the_directory_adds_nothing(everyone, who):
    made = draft()
    with acting_as(everyone[who]), pytest.raises(WithoutRightError):
        add_service(scope=lying(KULOB, made), service_id=new_id(), draft=made, on=TODAY, today=TODAY, by=everyone[who])
    assert events(everyone[who], "refused")[-1].detail["why"] == "WithoutRightError"


def test_a_supervisor_adds_nothing_in_another_district(nasiba):
    with pytest.raises(WithoutRightError):
        add(nasiba, draft(jamoat=""), district=DUSTI)


def test_the_programme_manager_adds_in_every_district(everyone):
    assert add(everyone["manager"], draft(jamoat=""), district="TJ-SU-01").district_id == "TJ-SU-01"


@pytest.mark.parametrize(("changes", "code", "field"), [
    ({"type": "circus"}, "type", "type"),
    ({"name": "— —"}, "name", "name"),
    ({"phone": "33-12"}, "phone", "phone"),
    ({"cost": "cheap"}, "choice", "cost"),
    ({"languages": ("tajik",)}, "choice", "languages"),
    ({"accessibility": ("lift",)}, "choice", "accessibility"),
    ({"jamoat": "TJ-KT-20-04"}, "place", "jamoat"),
    ({"week": replace(OFFICE, closes_at=time(7))}, "hours", "closes_at"),
    ({"week": replace(OFFICE, days=())}, "hours", "days"),
    ({"week": replace(OFFICE, break_until=time(18))}, "hours", "break_until"),
    ({"address_hidden": True, "jamoat": ""}, "hidden", "address"),
    ({"address_hidden": True, "address": ""}, "hidden", "jamoat"),
    ({"address_hidden": True, "address": "", "jamoat": "", "phone": ""}, "phone", "phone"),
    ({"type": "safe_house", "jamoat": ""}, "hidden", "address"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_the_field_it_belongs_to(nasiba, changes, code, field):
    assert refusal(lambda: add(nasiba, draft(**changes))) == (code, field)


def test_nobody_asked_tomorrow(nasiba):
    assert refusal(lambda: add(nasiba, draft(), on=TODAY + timedelta(days=1)))[0] == "date"


def test_who_answers_referrals_belongs_to_the_providers_agency(everyone, nasiba):
    anvar, manager = everyone["anvar"], everyone["manager"]
    assert anvar.agency_id
    assert refusal(lambda: add(nasiba, draft(focal_user_id=anvar.pk))) == ("agency", "focal_user")
    other = everyone["farrukh"].agency_id
    assert refusal(lambda: add(nasiba, draft(focal_user_id=anvar.pk, agency_id=other)))[0] == "agency"
    service = add(manager, draft(focal_user_id=anvar.pk, agency_id=anvar.agency_id))
    assert (service.agency_id, service.owner_id, service.focal_user_id) == (anvar.agency_id, anvar.pk, anvar.pk)


# --- what must stay hidden -------------------------------------------------------------------------------------------


def test_a_safe_place_is_sensitive_and_hides_its_address_whatever_was_ticked(nasiba):
    service = add(nasiba, hidden(is_sensitive=False, address_hidden=False))
    assert (service.is_sensitive, service.address_hidden, service.address, service.jamoat_id) == (True, True, "", None)


@pytest.mark.parametrize("changes", [
    {"address": "кӯчаи Сомонӣ 14"}, {"jamoat_id": "TJ-KT-02-02"}, {"address_hidden": False}, {"is_sensitive": False},
])  # fmt: skip
def test_the_database_itself_keeps_the_address_of_a_safe_place_out(nasiba, changes):
    service = add(nasiba, hidden())
    with acting_as(nasiba), pytest.raises(IntegrityError), transaction.atomic(), writing("a test"):
        DirectoryService.objects.filter(pk=service.pk).update(**changes)


@pytest.mark.parametrize(("who", "knows"), [
    ("zarina", True), ("farrukh", True), ("nasiba", True), ("gulnoz", True), ("manager", True),
    ("anvar", False), ("manija", False), ("rustam", False), ("tahmina", False), ("ministry", False), ("dpo", False),
    ("admin", False), ("outsider", False),
])  # fmt: skip
def test_only_who_refers_or_keeps_the_directory_knows_of_a_sensitive_service(everyone, nasiba, who, knows):
    secret, plain = add(nasiba, hidden()), add(nasiba, draft())
    by = everyone[who]
    with acting_as(by):
        assert (queries.service_seen_by(by, secret.pk) is not None) is knows
        assert queries.service_seen_by(by, plain.pk) is not None
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from referrals_directoryservice where id = %s", [secret.pk])
            assert cursor.fetchone()[0] == int(knows)
            cursor.execute("select count(*) from referrals_servicekey where service_id = %s", [secret.pk])
            assert bool(cursor.fetchone()[0]) is knows
            cursor.execute("select count(*) from referrals_servicechange where service_id = %s", [secret.pk])
            assert bool(cursor.fetchone()[0]) is knows


def test_a_provider_knows_the_sensitive_service_that_he_answers_for(everyone, nasiba):
    anvar = everyone["anvar"]
    service = add(nasiba, hidden(focal_user_id=anvar.pk, agency_id=anvar.agency_id))
    with acting_as(anvar):
        assert queries.service_seen_by(anvar, service.pk) is not None


def test_an_address_that_is_hidden_later_stands_nowhere_any_more(nasiba):
    service = add(nasiba, draft(type="psychosocial", name="Равоншинос"))
    secret = draft(
        type="psychosocial", name="Равоншинос", address="", jamoat="", address_hidden=True, is_sensitive=True
    )
    service = edit(service, secret, by=nasiba)
    with acting_as(nasiba):
        changes = ServiceChange.objects.get(service=service, act="edited").changes
        assert changes["address"] == changes["jamoat_id"] == [None, None]
        assert "Сомонӣ" not in str([row.changes for row in ServiceChange.objects.filter(service=service)])
        assert not ServiceKey.objects.filter(service=service, key__startswith="somon").exists()
        assert not ServiceKey.objects.filter(service=service, is_sensitive=False).exists()
        assert not ServiceChange.objects.filter(service=service, is_sensitive=False).exists()


def test_the_audit_names_no_sensitive_service(nasiba):
    add(nasiba, hidden())
    assert events(nasiba)[-1].subject_label == ""


def test_words_for_a_poster_are_kept_for_sensitive_services_only_and_by_language(nasiba):
    words = {"tg": "Маслиҳат барои занон ", "ru": " ", "xx": "!"}
    assert add(nasiba, hidden(poster_words=words)).poster_words == {"tg": "Маслиҳат барои занон"}
    assert add(nasiba, draft(poster_words=words)).poster_words == {}


# --- changing and checking -------------------------------------------------------------------------------------------


def test_an_edit_changes_the_entry_its_keys_and_its_history_and_is_no_check(nasiba):
    service = add(nasiba, draft(), on=TODAY - timedelta(days=40))
    changed = edit(service, draft(phone="+992003310002", name="САҲШ-и шаҳр", languages=("tg", "uz")), by=nasiba)
    with acting_as(nasiba):
        row = DirectoryService.objects.get(pk=service.pk)
        change = ServiceChange.objects.get(service=row, act="edited")
        keys = set(ServiceKey.objects.filter(service=row).values_list("kind", "key"))
    assert (row.version, row.verified_on) == (2, TODAY - timedelta(days=40))
    assert change.changes == {
        "phone": [PHONE, "+992003310002"], "name": ["Шуъбаи САҲШ", "САҲШ-и шаҳр"],
        "languages": [["tg"], ["tg", "uz"]],
    }  # fmt: skip
    assert ("language", "uz") in keys
    assert events(nasiba)[-1].detail["changed"] == ["languages", "name", "phone"]
    assert changed.pk == row.pk


def test_an_edit_with_the_day_of_asking_is_a_check_too(nasiba):
    service = add(nasiba, draft(), on=TODAY - timedelta(days=40))
    service = edit(service, draft(phone="103"), by=nasiba, checked_on=TODAY)
    assert service.verified_on == TODAY
    assert history_of(service, nasiba) == ["added", "edited", "verified"]


def test_an_edit_that_changes_nothing_leaves_no_step(nasiba):
    service = add(nasiba, draft())
    assert history_of(edit(service, draft(), by=nasiba), nasiba) == ["added"]


def test_two_who_edit_at_once_do_not_overwrite_each_other(nasiba, gulnoz):
    service = add(nasiba, draft())
    edit(service, draft(phone="103"), by=gulnoz)
    assert refusal(lambda: edit(service, draft(phone="102"), by=nasiba, version=1)) == ("stale", None)


def test_who_keeps_another_district_changes_nothing_here(nasiba, everyone):
    service = entry(everyone["gulnoz"], district=DUSTI)
    with pytest.raises(WithoutRightError):
        edit(service, draft(jamoat=""), by=nasiba)
    with acting_as(nasiba), connection.cursor() as cursor:
        cursor.execute("update referrals_directoryservice set phone = '102' where id = %s", [service.pk])
        assert cursor.rowcount == 0


def test_the_history_is_not_rewritten(nasiba):
    service = add(nasiba, draft())
    with acting_as(nasiba), connection.cursor() as cursor:
        for statement in ("update referrals_servicechange set act = 'closed'", "delete from referrals_servicechange"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
    assert history_of(service, nasiba) == ["added"]


def test_a_check_renews_the_day_and_names_who_asked(nasiba, gulnoz):
    service = add(nasiba, draft(), on=TODAY - timedelta(days=100))
    with acting_as(gulnoz):
        row = verify_service(service=service, version=1, on=TODAY, note="бо мудир гап задам", today=TODAY, by=gulnoz)
    assert (row.verified_on, row.verified_by_id, row.version) == (TODAY, gulnoz.pk, 2)
    assert not row.is_stale(TODAY)
    assert history_of(row, nasiba) == ["added", "verified"]


@pytest.mark.parametrize(("on", "code"), [(TODAY + timedelta(days=1), "date"), (TODAY - timedelta(days=6), "date")])
def test_a_check_lies_between_the_last_one_and_today(nasiba, on, code):
    service = add(nasiba, draft(), on=TODAY - timedelta(days=5))
    with acting_as(nasiba):
        assert refusal(lambda: verify_service(service=service, version=1, on=on, today=TODAY, by=nasiba)) == (
            code,
            "on",
        )


def test_a_check_of_what_somebody_changed_meanwhile_is_refused(nasiba):
    service = add(nasiba, draft())
    edit(service, draft(phone="103"), by=nasiba)
    with acting_as(nasiba):
        assert (
            refusal(lambda: verify_service(service=service, version=1, on=TODAY, today=TODAY, by=nasiba))[0] == "stale"
        )


# --- pausing and closing ---------------------------------------------------------------------------------------------


def stop(act, service, by, **changes):
    given = {"version": service.version, "on": TODAY, "why": "таъмир", "today": TODAY, "by": by, **changes}
    with acting_as(by):
        return act(service=service, **given)


def test_a_service_pauses_opens_again_and_closes_and_each_is_written_down(nasiba):
    service = add(nasiba, draft(), on=TODAY - timedelta(days=10))
    service = stop(pause_service, service, nasiba, resumes_on=TODAY + timedelta(days=9))
    assert (service.state, service.stopped_on, service.stopped_why, service.takes_people) == (
        "paused", TODAY, "таъмир", False
    )  # fmt: skip
    with acting_as(nasiba):
        service = reopen_service(service=service, version=service.version, on=TODAY, today=TODAY, by=nasiba)
    assert (service.state, service.stopped_on, service.resumes_on, service.verified_on) == ("open", None, None, TODAY)
    service = stop(close_service, service, nasiba)
    assert (service.state, service.resumes_on) == ("closed", None)
    assert history_of(service, nasiba) == ["added", "paused", "reopened", "closed"]


@pytest.mark.parametrize(("act", "changes", "code"), [
    (pause_service, {"why": " "}, "why"),
    (pause_service, {"on": TODAY + timedelta(days=1)}, "date"),
    (pause_service, {"resumes_on": TODAY}, "date"),
    (close_service, {"why": ""}, "why"),
    (close_service, {"version": 9}, "stale"),
])  # fmt: skip
def test_stopping_wants_its_day_and_its_reason(nasiba, act, changes, code):
    service = add(nasiba, draft())
    assert refusal(lambda: stop(act, service, nasiba, **changes))[0] == code


def test_each_step_goes_out_from_its_own_states(nasiba):
    service = add(nasiba, draft())
    with acting_as(nasiba):
        assert (
            refusal(lambda: reopen_service(service=service, version=1, on=TODAY, today=TODAY, by=nasiba))[0] == "state"
        )
    closed = stop(close_service, service, nasiba)
    assert refusal(lambda: stop(pause_service, closed, nasiba))[0] == "state"
    assert refusal(lambda: stop(close_service, closed, nasiba))[0] == "state"
    with acting_as(nasiba):
        early = closed.stopped_on - timedelta(days=1)
        assert refusal(
            lambda: reopen_service(service=closed, version=closed.version, on=early, today=TODAY, by=nasiba)
        ) == ("date", "on")


@pytest.mark.parametrize("changes", [
    {"state": "closed"}, {"state": "paused"}, {"stopped_on": TODAY}, {"opens_at": None}, {"break_from": time(6)},
    {"break_until": None}, {"phone": "33-12"},
])  # fmt: skip
def test_the_database_refuses_what_the_actions_refuse(nasiba, changes):
    service = add(nasiba, draft())
    with acting_as(nasiba), pytest.raises(IntegrityError), transaction.atomic(), writing("a test"):
        DirectoryService.objects.filter(pk=service.pk).update(**changes)


def test_who_may_not_know_of_a_service_cannot_tell_it_from_none(everyone, nasiba):
    secret = add(nasiba, hidden())
    manija = everyone["manija"]
    with acting_as(manija), pytest.raises((OutsideScopeError, WithoutRightError)):
        verify_service(service=secret, version=1, on=TODAY, today=TODAY, by=manija)


def test_today_is_injected_so_that_nothing_depends_on_the_clock(nasiba):
    service = entry(nasiba)
    assert service.verified_on == timezone.localdate()
