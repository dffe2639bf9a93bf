"""Users, roles and break-glass: what the actions allow and refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.actions.glass import break_glass, review_glass
from paivand.access.actions.roles import assign_role, end_role
from paivand.access.actions.users import (
    choose_language,
    create_first_administrator,
    create_user,
    edit_user,
    end_sessions,
    hand_over_link,
    restore_user,
    suspend_user,
)
from paivand.access.models import AuditEvent, BreakGlass, Team, User
from paivand.access.models.identity import acting_as, identity
from paivand.access.queries import users as queries
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.core.models import Place
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.families import edit_family, open_family
from paivand.registry.models import Family
from paivand.registry.queries import families as registry
from tests.cast import DUSTI, KULOB, fresh

pytestmark = pytest.mark.django_db
WHY = "A woman of Dusti stands in our office and needs help now."


def place(code):
    return Place.objects.get(pk=code)


def new_user(admin, username="dilshod"):
    return create_user(
        username=username, full_name="Дилшод Раҷабов", email="", language="tg", agency=None, team=None, by=admin
    )


def test_there_is_one_first_administrator():
    with pytest.raises(Refused) as refused:
        create_first_administrator(username="other", full_name="x", password="y")
    assert refused.value.code == "not_empty"


def test_an_administrator_creates_a_user_who_has_no_right_yet(admin):
    with acting_as(admin):
        user = new_user(admin)
        assert not user.has_usable_password()
        assert fresh(user).verbs == frozenset()


@pytest.mark.parametrize("username", ["zarina", "nasiba", "dpo", "manager", "outsider"])
def test_nobody_else_creates_users(username, everyone):
    with acting_as(everyone[username]), pytest.raises(WithoutRightError):
        new_user(everyone[username])


def test_a_team_of_another_agency_is_refused(admin, zarina):
    with acting_as(admin):
        agency = zarina.agency
        foreign = Team.objects.exclude(agency=agency).first()
        with pytest.raises(Refused) as refused:
            create_user(username="x.y.z", full_name="x", email="", language="tg", agency=agency, team=foreign, by=admin)
    assert refused.value.field == "team"


def test_two_administrators_editing_at_once_lose_nothing(admin, zarina):
    values = {"email": "", "language": "tg", "agency": zarina.agency, "team": zarina.team}
    with acting_as(admin):
        edit_user(user=zarina, version=zarina.version, full_name="Зарина Шарифзода", **values, by=admin)
        with pytest.raises(Refused) as refused:
            edit_user(user=zarina, version=zarina.version, full_name="Зарина", **values, by=admin)
        assert refused.value.code == "stale"
        assert fresh(zarina).full_name == "Зарина Шарифзода"


def test_an_e_mail_address_belongs_to_one_user(admin, zarina, sign_in):
    client = sign_in(admin)
    values = {"full_name": "x", "email": "one@paivand.example", "language": "tg"}
    first = client.post("/users/new/", {**values, "username": "one.user"})
    second = client.post("/users/new/", {**values, "username": "two.user", "email": "ONE@paivand.example"})
    assert (first.status_code, second.status_code) == (302, 422)
    assert "email" in second.context["form"].errors
    with acting_as(admin):
        one = User.objects.get(username="one.user")
    again = client.post(f"/users/{one.pk}/edit/", {**values, "version": one.version, "full_name": "Якум"})
    assert again.status_code == 302


def test_a_suspended_user_is_out_and_may_come_back(admin, zarina):
    with acting_as(admin):
        suspend_user(user=zarina, reason="lost phone", by=admin)
        assert not fresh(zarina).is_active
        with pytest.raises(Refused):
            hand_over_link(user=zarina, by=admin)
        with pytest.raises(Refused):
            suspend_user(user=zarina, reason="again", by=admin)
        restore_user(user=zarina, reason="found", by=admin)
        with pytest.raises(Refused):
            restore_user(user=zarina, reason="again", by=admin)
    assert fresh(zarina).is_active


def test_administrators_act_on_others_only(admin, second_admin):
    with acting_as(admin):
        for act in (
            lambda: suspend_user(user=admin, reason="x", by=admin),
            lambda: hand_over_link(user=admin, by=admin),
            lambda: assign_role(user=admin, role=RoleKey.TRAINER, scope=ScopeKind.OWN, reason="x", by=admin),
            lambda: end_role(assignment=queries.assignments_of(admin, admin)[0], reason="x", by=admin),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "self"


def test_ending_sessions_signs_a_user_out(admin, zarina, sign_in):
    client = sign_in(zarina)
    assert client.get("/me/").status_code == 200
    with acting_as(admin):
        end_sessions(user=zarina, reason="lost phone", by=admin)
    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize(("values", "code"), [
    ({"role": RoleKey.SOCIAL_WORKER, "scope": ScopeKind.PROGRAMME}, "scope"),
    ({"role": RoleKey.SOCIAL_WORKER, "scope": ScopeKind.DISTRICTS}, "place"),
    ({"role": RoleKey.SOCIAL_WORKER, "scope": ScopeKind.TEAM}, "place"),
    ({"role": RoleKey.TRAINER, "scope": ScopeKind.AGENCY}, "place"),
    ({"role": RoleKey.TRAINER, "scope": ScopeKind.OWN, "expires_at": timezone.now() - timedelta(days=1)}, "past"),
])  # fmt: skip
def test_a_role_needs_a_fitting_scope(values, code, admin, outsider):
    with acting_as(admin), pytest.raises(Refused) as refused:
        assign_role(user=outsider, reason="x", by=admin, **values)
    assert refused.value.code == code


def test_incompatible_roles_are_refused_until_the_other_has_ended(admin, zarina):
    values = {"user": zarina, "role": RoleKey.GRANT_OFFICER, "scope": ScopeKind.PROGRAMME, "reason": "x", "by": admin}
    with acting_as(admin):
        with pytest.raises(Refused) as refused:
            assign_role(**values)
        assert refused.value.code == "incompatible"
        end_role(assignment=queries.assignments_of(admin, zarina)[0], reason="moves on", by=admin)
        assign_role(**values)
        assert {role.key for role in fresh(zarina).roles} == {RoleKey.GRANT_OFFICER}


def test_an_ended_role_is_not_ended_twice(admin, zarina):
    with acting_as(admin):
        assignment = queries.assignments_of(admin, zarina)[0]
        end_role(assignment=assignment, reason="x", by=admin)
        with pytest.raises(Refused):
            end_role(assignment=assignment, reason="x", by=admin)


def test_everyone_chooses_a_language_for_herself(zarina):
    with acting_as(zarina):
        choose_language(language="tg", by=zarina)
    assert fresh(zarina).language == "tg"


# --- break-glass ---------------------------------------------------------------------------------------------------


def test_break_glass_opens_a_district_for_reading_for_three_hours(dusti_family, zarina):
    with acting_as(zarina):
        assert registry.family_by_code(zarina, dusti_family.code) is None
        glass = break_glass(district=place(DUSTI), reason=WHY, by=zarina)
        by = fresh(zarina)
    with acting_as(by):
        family = registry.family_by_code(by, dusti_family.code)
        assert family is not None
        open_family(family=family, by=by)
        event = AuditEvent.objects.filter(event="family.open", actor_id=by.pk).get()
        assert event.detail == {"glass": True}
        with pytest.raises(WithoutRightError):
            edit_family(family=family, version=1, jamoat=family.jamoat, village="x", by=by)
    left = glass.expires_at - timezone.now()
    assert timedelta(hours=2, minutes=59) < left <= timedelta(hours=3)


def test_break_glass_ends_by_itself(dusti_family, zarina):
    with identity(zarina.pk), writing("test"):
        BreakGlass(
            user=zarina, district_id=DUSTI, reason=WHY, owner=zarina, expires_at=timezone.now() - timedelta(seconds=1)
        ).save()
    by = fresh(zarina)
    with acting_as(by):
        assert not Family.objects.exists()


@pytest.mark.parametrize(("code", "reason", "why"), [(DUSTI, "short", "reason"), (KULOB, WHY, "already")])
def test_break_glass_needs_a_written_reason_and_a_closed_district(code, reason, why, zarina):
    with acting_as(zarina), pytest.raises(Refused) as refused:
        break_glass(district=place(code), reason=reason, by=zarina)
    assert refused.value.code == why


@pytest.mark.parametrize("username", ["manija", "rustam", "anvar", "admin", "dpo", "outsider"])
def test_roles_without_the_right_cannot_break_the_glass(username, everyone):
    with acting_as(everyone[username]), pytest.raises(WithoutRightError):
        break_glass(district=place(DUSTI), reason=WHY, by=everyone[username])


def test_break_glass_is_shown_to_the_supervisor_and_the_data_protection_officer(zarina, farrukh, nasiba, dpo):
    with acting_as(farrukh):
        into_kulob = break_glass(district=place(KULOB), reason=WHY, by=farrukh)
    with acting_as(nasiba):
        assert [glass.pk for glass in queries.glass_to_review(nasiba)] == [into_kulob.pk]
        review_glass(glass=into_kulob, note="Agreed by telephone.", by=nasiba)
        with pytest.raises(Refused):
            review_glass(glass=into_kulob, note="Again.", by=nasiba)
    with acting_as(dpo):
        assert queries.glass_to_review(dpo)[0].review_note == "Agreed by telephone."
    with acting_as(zarina):
        assert queries.glass_to_review(zarina) == []


def test_break_glass_is_shown_to_the_readers_own_supervisor_too(zarina, nasiba):
    with acting_as(zarina):
        into_dusti = break_glass(district=place(DUSTI), reason=WHY, by=zarina)
    with acting_as(nasiba):
        assert [glass.pk for glass in queries.glass_to_review(nasiba)] == [into_dusti.pk]
        review_glass(glass=into_dusti, note="I was asked before.", by=nasiba)


def test_nobody_reviews_their_own_break_glass(nasiba):
    with acting_as(nasiba):
        glass = break_glass(district=place(DUSTI), reason=WHY, by=nasiba)
        with pytest.raises((Refused, OutsideScopeError, WithoutRightError)):
            review_glass(glass=glass, note="fine", by=nasiba)
