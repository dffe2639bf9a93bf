"""The second wall: what raw SQL as the application's role can and cannot do."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction

from paivand.access.models.identity import acting_as, identity
from paivand.access.models.policies import Anyone
from paivand.access.models.walls import guarded_tables, wall_defects
from paivand.core.models import new_id
from paivand.operate.roles import application_role
from tests.cast import DUSTI, KULOB

PERSONAL = sorted(name for name, policy in guarded_tables().items() if not isinstance(policy.view, Anyone))
SCOPED = ["registry_family", "registry_person", "registry_familymember", "registry_namekey", "registry_consent",
          "registry_journeystep"]  # fmt: skip
pytestmark = pytest.mark.django_db


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from "{table}"')
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("table", PERSONAL)
def test_without_identity_no_table_shows_a_row(table, family, dusti_family):
    with identity(None):
        assert count(table) == 0


def test_an_unknown_identity_shows_no_row(family):
    with identity(new_id()):
        assert [count(table) for table in PERSONAL] == [0] * len(PERSONAL)


@pytest.mark.parametrize("table", SCOPED)
def test_the_worker_of_dusti_sees_no_row_of_kulob(table, family, dusti_family, farrukh):
    with acting_as(farrukh), connection.cursor() as cursor:
        cursor.execute(f'select distinct district_id from "{table}"')
        assert cursor.fetchall() == [(DUSTI,)]


@pytest.mark.parametrize("table", SCOPED)
def test_the_worker_of_kulob_sees_her_rows(table, family, zarina):
    with acting_as(zarina):
        assert count(table) > 0


def test_the_worker_of_dusti_cannot_change_a_row_of_kulob(family, farrukh):
    with acting_as(farrukh), connection.cursor() as cursor:
        cursor.execute("update registry_family set village = 'x' where id = %s", [family.pk])
        assert cursor.rowcount == 0


def test_the_worker_of_dusti_cannot_write_a_row_into_kulob(family, farrukh):
    statement = (
        "insert into registry_person (id, version, created_at, changed_at, given_name, family_name, father_name, "
        "known_as, sex, birth_precision, is_head, sort_key, district_id) "
        "values (%s, 1, now(), now(), 'x', '', '', '', 'male', '', false, '', %s)"
    )
    with acting_as(farrukh), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(statement, [new_id(), KULOB])
        cursor.execute(statement, [new_id(), DUSTI])


def test_a_worker_cannot_move_a_row_out_of_her_scope(family, zarina):
    with acting_as(zarina), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute("update registry_family set district_id = %s where id = %s", [DUSTI, family.pk])


def test_the_monitoring_officer_sees_families_but_no_person(family, manija):
    with acting_as(manija):
        assert count("registry_family") == 1
        assert count("registry_person") == 0
        assert count("registry_namekey") == 0


@pytest.mark.parametrize("role", ["admin", "dpo", "manager", "ministry", "anvar", "tahmina", "outsider"])
def test_roles_without_families_see_none(role, family, everyone):
    with acting_as(everyone[role]):
        assert [count(table) for table in SCOPED] == [0] * len(SCOPED)


@pytest.mark.parametrize("statement", ["update access_auditevent set reason = 'x'", "delete from access_auditevent",
                                       "truncate access_auditevent"])  # fmt: skip
def test_audit_rows_cannot_be_changed(statement, family, zarina):
    with acting_as(zarina), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)


def test_nobody_can_write_an_audit_row_in_anothers_name(zarina, farrukh):
    statement = (
        "insert into access_auditevent (id, at, event, outcome, actor_id, actor_name, roles, subject_type, "
        "subject_label, reason, detail) values (%s, now(), 'family.open', 'done', %s, '', '', '', '', '', '{}')"
    )
    with acting_as(zarina), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(statement, [new_id(), farrukh.pk])


@pytest.mark.parametrize("statement", [
    "update registry_journeystep set quantity = 5", "delete from registry_journeystep",
    "delete from registry_person", "delete from registry_family", "delete from registry_consent",
])  # fmt: skip
def test_the_journey_is_append_only_and_nothing_is_deleted(statement, family, zarina):
    with acting_as(zarina), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)


def test_the_application_cannot_become_the_owner_or_lower_the_wall(zarina):
    for statement in (
        "alter table registry_family disable row level security",
        "drop policy registry_family_select on registry_family",
        "create table somewhere (id int)",
        "set role postgres",
        "alter role current_user bypassrls",
        "create or replace function paivand_user() returns uuid language sql as $$select null::uuid$$",
    ):
        with acting_as(zarina), connection.cursor() as cursor:
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement)


def test_the_claim_to_bootstrap_is_worth_nothing_once_there_is_an_administrator(outsider):
    statement = (
        "insert into access_roleassignment (id, version, created_at, changed_at, user_id, role, scope, districts, "
        "starts_at, reason) values (%s, 1, now(), now(), %s, 'administrator', 'programme', '{}', now(), '')"
    )
    with identity(outsider.pk, "bootstrap"), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(statement, [new_id(), outsider.pk])


def test_identity_ends_with_its_transaction(zarina):
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("select paivand_user()")
        assert cursor.fetchone()[0] == zarina.pk
    with connection.cursor() as cursor:
        cursor.execute("select paivand_user()")
        assert cursor.fetchone()[0] is None


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_wall_stands_as_declared():
    owner = connections["owner"]
    role = application_role(f"postgresql://x/{owner.settings_dict['NAME']}")
    assert wall_defects(owner, role) == []


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(("harm", "found"), [
    ("alter table registry_person disable row level security", "registry_person holds personal data"),
    ("drop policy registry_person_select on registry_person", "policy for select is missing"),
    ("alter policy registry_person_select on registry_person using (true)", "differs from its declaration"),
    ("create policy extra on registry_person for delete using (true)", "not declared"),
    ("create table left_over (id int)", None),
    ("create or replace function paivand_signed_in() returns boolean language sql as $$select true$$", "differs"),
])  # fmt: skip
def test_a_breach_of_the_wall_is_named(harm, found):
    owner = connections["owner"]
    role = application_role(f"postgresql://x/{owner.settings_dict['NAME']}")
    with transaction.atomic(using="owner"):
        with owner.cursor() as cursor:
            cursor.execute(harm)
            if found is None:
                cursor.execute(f'grant select on left_over to "{role}"')
                found = "left_over, which has no policy"
        defects = wall_defects(owner, role)
        transaction.set_rollback(True, using="owner")
    assert [defect for defect in defects if found in defect], defects
