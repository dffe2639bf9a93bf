"""No device ever gets what its worker may not carry, whoever she is; and its token changes when its lists shrink."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paivand.access.actions.glass import break_glass
from paivand.access.actions.roles import end_role
from paivand.access.models.identity import acting_as
from paivand.access.rules.verbs import Verb
from paivand.collect.queries.carried import Carried, Near, reached
from paivand.collect.queries.field_lists import NAMES, FieldList, field_lists
from paivand.core.models import Place
from paivand.core.rules.dates import Birth
from paivand.registry.actions.families import edit_member
from paivand.registry.models import Family, FamilyMember
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import MemberDraft, PersonDraft
from tests.cast import CAST, fresh, person, register

pytestmark = pytest.mark.django_db


def lists_of(user: Any, **more: Any) -> dict[str, FieldList]:
    """All lists of a user, read."""
    with acting_as(user):
        found = field_lists(fresh(user), NAMES, **more)
        for one in found.values():
            assert one.rows is not None
    return found


def test_no_device_gets_a_family_outside_the_reach_of_its_worker(
    everyone: dict[str, Any], family: Family, dusti_family: Family
) -> None:
    scopes = {family.pk: "TJ-KT-02", dusti_family.pk: "TJ-KT-20"}
    for username in [*CAST, "admin"]:
        user = everyone[username]
        lists = lists_of(user)
        with acting_as(user):
            by = fresh(user)
            reach, fills = by.reach(Verb.FAMILY_EDIT), Verb.FORM_FILL in by.verbs
        may = {str(pk) for pk, code in scopes.items() if fills and code in reach.districts}
        held = {row[0] for row in lists["families"].rows}
        assert held <= may, username
        assert {row[3] for row in lists["people"].rows} <= may, username
        assert {row[2] for row in lists["referrals"].rows} <= may, username
        if not fills:
            assert not any(one.rows for one in lists.values()), username
    assert {row[0] for row in lists_of(everyone["zarina"])["families"].rows} == {str(family.pk)}


def test_row_security_holds_where_a_list_forgot_to_ask(
    monkeypatch: pytest.MonkeyPatch, everyone: dict[str, Any], family: Family, dusti_family: Family
) -> None:
    def forgetful(_by: Any) -> Any:
        return Family.objects.all()

    for module in ("carried", "field_rows.families"):
        monkeypatch.setattr(f"paivand.collect.queries.{module}.reached", forgetful)
    zarina = everyone["zarina"]
    assert {row[0] for row in lists_of(zarina)["families"].rows} == {str(family.pk)}
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_family where id = %s", [dusti_family.pk])
        assert cursor.fetchone()[0] == 0


def test_break_glass_lends_reading_on_the_screen_and_no_list(zarina: Any, dusti_family: Family) -> None:
    with acting_as(zarina):
        break_glass(district=Place.objects.get(pk="TJ-KT-20"), reason="A child was brought to Kulob.", by=zarina)
        by = fresh(zarina)
        assert Family.objects.seen_by(by).filter(pk=dusti_family.pk).exists()
        assert not reached(by).filter(pk=dusti_family.pk).exists()
    assert lists_of(zarina)["families"].rows == []


def test_lists_shrink_with_the_role_and_the_token_tells(zarina: Any, admin: Any, family: Family) -> None:
    before = lists_of(zarina)
    with acting_as(admin):
        for assignment in zarina.assignments.live():
            end_role(assignment=assignment, reason="She left the programme.", by=admin)
    after = lists_of(zarina)
    assert before["families"].rows
    assert not any(one.rows for one in after.values())
    assert {name for name in NAMES if before[name].token != after[name].token} >= {"families", "people", "places"}


def test_the_token_changes_with_whatever_the_list_shows(zarina: Any, family: Family) -> None:
    def tokens(**more: Any) -> tuple[str, str]:
        lists = lists_of(zarina, **more)
        return lists["families"].token, lists["people"].token

    first = tokens()
    assert tokens() == first
    with acting_as(zarina):
        child = FamilyMember.objects.select_related("person").get(family=family, person__given_name="Нигина")
        named = MemberDraft(person("Нигора", "Каримзода", "Ҷамшед", Sex.FEMALE, 2015), Relation.CHILD)
        edit_member(member=child, version=child.person.version, draft=named, by=zarina)
    corrected = tokens()
    assert corrected[1] != first[1]
    other = register(zarina, given="Зулфия")
    more = tokens()
    assert more[0] != corrected[0]
    assert more[1] != corrected[1]
    in_a_year = tokens(today=timezone.localdate() + timedelta(days=400))
    assert (in_a_year[0] == more[0], in_a_year[1] == more[1]) == (True, False), "everybody is a year older"
    with acting_as(zarina):
        rows = {row[0]: row for row in field_lists(fresh(zarina), ["people"])["people"].rows}
        for member in FamilyMember.objects.filter(family=other).select_related("person"):
            age = member.person.age
            assert rows[str(member.person_id)][6] == (str(age.years) if age else "")


@pytest.mark.parametrize("born", [
    Birth.on_day(date(2010, 2, 28)), Birth.on_day(date(2008, 12, 31)), Birth.in_month(2008, 11),
    Birth.in_month(2008, 12), Birth.in_year(2008), Birth.from_age(17, asked_on=date(2026, 1, 2)), None,
])  # fmt: skip
def test_ages_are_those_of_the_screens(born: Birth | None, zarina: Any) -> None:
    register(zarina, members=[MemberDraft(PersonDraft("Сайёра", Sex.FEMALE, birth=born), Relation.CHILD)])
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 11, 14), date(2026, 11, 15), date(2026, 12, 31)):
        row = next(row for row in lists_of(zarina, today=day)["people"].rows if row[1].startswith("Сайёра"))
        assert row[6] == ("" if born is None else str(born.age(day).years)), day


def test_the_nearest_families_come_first_and_are_cut_off_last(zarina: Any, nasiba: Any) -> None:
    own = register(zarina, village="Даҳана", given="Ойгул", surname="Абдуллоева")
    team = register(nasiba, given="Бунафша", surname="Ашурова")
    with acting_as(zarina):
        by = fresh(zarina)
        ranked = Carried(by).ranked
        assert (ranked[own.pk], ranked[team.pk]) == (Near.OWN, Near.TEAM)
        assert list(Carried(by, most=1).ranked) == [own.pk]
        assert [row[0] for row in field_lists(by, ["families"])["families"].rows] == [str(own.pk), str(team.pk)]


def test_nothing_of_a_survivor_is_in_any_list(gulnoz: Any, nasiba: Any, family: Family) -> None:
    from tests.protection.stage import agreed, opened, sent, service

    clinic = service(nasiba)
    survivor = opened(gulnoz)
    referral = sent(survivor, agreed(survivor, gulnoz), clinic, gulnoz)
    for user in (gulnoz, nasiba):
        told = b"".join(one.content() for one in lists_of(user).values()).decode()
        for secret in (survivor.code, str(survivor.pk), referral.code, str(referral.pk), str(clinic.pk)):
            assert secret not in told


def test_lists_ask_as_often_for_many_families_as_for_few(zarina: Any) -> None:
    def asked() -> int:
        with acting_as(zarina):
            by = fresh(zarina)
            with CaptureQueriesContext(connection) as seen:
                lists = field_lists(by, ["families", "people"])
                assert lists["families"].rows
                assert lists["people"].rows
        return len(seen)

    register(zarina)
    few = asked()
    register(zarina)
    register(zarina)
    assert asked() == few <= 16
