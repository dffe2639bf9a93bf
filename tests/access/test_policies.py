"""The two walls are one policy: filter, single-row test and SQL give the same answer."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paivand.access.models import Agency, BreakGlass, RoleAssignment, Team, User
from paivand.access.models.identity import acting_as, identity
from paivand.access.models.policies import InScope, Mine, SignedIn
from paivand.access.rules.roles import ROLES, RoleKey, clash
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.core.rules.writing import writing
from paivand.registry.models import Family, FamilyMember, Person
from tests.cast import CAST, DUSTI, KULOB, fresh, register

pytestmark = pytest.mark.django_db
TABLES = (Family, Person, FamilyMember)


@pytest.fixture
def families(zarina, farrukh, gulnoz, nasiba):
    """Families of both districts, of several teams and workers."""
    return [
        register(zarina),
        register(farrukh, jamoat="TJ-KT-20-04"),
        register(gulnoz, jamoat="TJ-KT-20-01"),
        register(gulnoz, jamoat="TJ-KT-02-01"),
        register(nasiba, jamoat="TJ-KT-02-03"),
    ]


assignments = st.lists(
    st.tuples(
        st.sampled_from(sorted(RoleKey)),
        st.sampled_from(sorted(ScopeKind)),
        st.integers(0, 2),  # which agency or team
        st.sets(st.sampled_from([KULOB, DUSTI, "TJ-KT-01"]), min_size=1),
        st.sampled_from(["live", "expired", "ended", "not yet"]),
    ),
    min_size=0,
    max_size=3,
)


def give(user, role, scope, which, districts, state):
    """An assignment written past the rules, so that every mixture is tried."""
    now = timezone.now()
    agencies, teams = list(Agency.objects.order_by("name")), list(Team.objects.order_by("name"))
    times = {
        "live": {"starts_at": now - timedelta(days=1)},
        "expired": {"starts_at": now - timedelta(days=2), "expires_at": now - timedelta(days=1)},
        "ended": {"starts_at": now - timedelta(days=2), "ended_at": now - timedelta(days=1)},
        "not yet": {"starts_at": now + timedelta(days=1)},
    }[state]
    return RoleAssignment(
        user=user, role=role, scope=scope, reason="tried", **times,
        agency=agencies[which % len(agencies)] if scope == ScopeKind.AGENCY else None,
        team=teams[which % len(teams)] if scope == ScopeKind.TEAM else None,
        districts=sorted(districts) if scope == ScopeKind.DISTRICTS else [],
    )  # fmt: skip


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(held=assignments, glass=st.sampled_from([None, KULOB, DUSTI]), active=st.booleans())
def test_filter_row_test_and_row_security_agree(families, admin, outsider, held, glass, active):
    with identity(admin.pk), writing("test"):
        RoleAssignment.objects.filter(user=outsider).update(ended_at=timezone.now() - timedelta(days=3))
        for one in held:
            give(outsider, *one).save()
    now = timezone.now()
    if glass:
        # The database itself refuses break-glass to whoever does not hold the right.
        with suppress(DatabaseError), identity(outsider.pk), writing("test"):
            BreakGlass(user=outsider, district_id=glass, reason="x", expires_at=now + timedelta(hours=1)).save()
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=outsider.pk).update(is_active=active)
    by = fresh(outsider)
    with acting_as(by):
        for table in TABLES:
            standing = set(table.objects.values_list("pk", flat=True))  # the second wall alone
            filtered = set(table.objects.filter(table.policy.visible(by)).values_list("pk", flat=True))
            assert standing == filtered, table
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=outsider.pk).update(is_active=True)
    with acting_as(by):
        single = {family.pk for family in families if Family.policy.shows(by, family)}
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=outsider.pk).update(is_active=active)
    with acting_as(by):
        assert single == set(Family.objects.values_list("pk", flat=True))
    # leave nothing behind for the next example
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=outsider.pk).update(is_active=True)
    with identity(outsider.pk), connection.cursor() as cursor:
        cursor.execute("select count(*) from access_breakglass")
    with identity(admin.pk), writing("test"):
        RoleAssignment.objects.filter(user=outsider).update(ended_at=timezone.now() - timedelta(days=3))


def test_a_role_that_expires_opens_nothing_from_that_moment(family, admin, zarina):
    with identity(admin.pk), writing("test"):
        RoleAssignment.objects.filter(user=zarina).update(
            starts_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(seconds=1)
        )
    by = fresh(zarina)
    with acting_as(by):
        assert not by.reach(Verb.FAMILY_OPEN)
        assert not Family.objects.exists()


def test_the_database_grants_break_glass_only_to_who_holds_it_and_for_three_hours(zarina, manija):
    soon, late = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=4)
    for user, until in ((manija, soon), (zarina, late)):
        with pytest.raises(DatabaseError), identity(user.pk), writing("test"):
            BreakGlass(user=user, district_id=DUSTI, reason="x", expires_at=until).save()
    with identity(zarina.pk), writing("test"):
        BreakGlass(user=zarina, district_id=DUSTI, reason="x", expires_at=soon).save()


def test_a_suspended_user_sees_nothing_even_with_an_identity(family, admin, zarina):
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=zarina.pk).update(is_active=False)
    with acting_as(zarina):
        assert not Family.objects.exists()
        assert not User.objects.exists()


def test_rules_combine_with_or_and_and(zarina, family):
    both = SignedIn() & InScope(Verb.FAMILY_OPEN)
    either = Mine("owner_id") | InScope(Verb.FAMILY_OPEN)
    assert both.allows(zarina, family, None)
    assert either.allows(zarina, family, None)
    assert " and " in both.sql(None)
    assert " or " in either.sql(None)


@pytest.mark.parametrize("username", sorted(CAST))
def test_what_a_member_of_the_cast_may_do_is_what_the_roles_say(username, everyone):
    user = everyone[username]
    role = CAST[username][1]
    with acting_as(user):
        assert user.verbs == (ROLES[role].verbs if role else frozenset())


@pytest.mark.parametrize(("one", "other", "allowed"), [
    ("administrator", "social_worker", False), ("data_protection_officer", "supervisor", False),
    ("ministry_viewer", "trainer", False), ("monitoring_officer", "social_worker", False),
    ("monitoring_officer", "trainer", False), ("grant_officer", "supervisor", False),
    ("social_worker", "trainer", True), ("social_worker", "gbv_specialist", True),
])  # fmt: skip
def test_incompatible_roles(one, other, allowed):
    assert (clash([RoleKey(one), RoleKey(other)]) is None) == allowed


def test_the_administrator_and_the_ministry_see_no_class_of_data():
    for key in (RoleKey.ADMINISTRATOR, RoleKey.MINISTRY_VIEWER, RoleKey.DATA_PROTECTION_OFFICER):
        assert not ROLES[key].sees
        assert Verb.FAMILY_OPEN not in ROLES[key].verbs
