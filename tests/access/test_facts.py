"""The role that reads for figures: what it reaches, what it does not, and whether a breach is named."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction

from paivand.access.models.facts import columns_of, fact_tables, facts_role_of
from paivand.access.models.identity import acting_as, identity, reading_facts
from paivand.access.models.walls import wall_defects
from paivand.core.models import new_id
from paivand.instruments.rules.answers import Answer
from paivand.operate.roles import application_role
from tests.instruments import asking

pytestmark = pytest.mark.django_db

NEVER = ("name", "known_as", "sort_key", "key", "telephone", "number", "village", "recorded_by", "owner", "reason")
"""Parts of the names of columns that would lead to somebody."""


def asked(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def every_column() -> list[tuple[str, str]]:
    """Every column of every table there is, as the database's own catalogue lists them."""
    found = asked(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 "
        "and not a.attisdropped where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')"
    )
    return [(str(table), str(column)) for table, column in found]


def test_each_column_is_tried_and_only_the_declared_ones_answer(family):
    answered: dict[str, set[str]] = {}
    columns = every_column()
    with reading_facts():
        for table, column in columns:
            try:
                with transaction.atomic():
                    asked(f'select "{column}" from "{table}" limit 1')
            except DatabaseError as refused:
                assert "permission denied" in str(refused)  # noqa: PT017
            else:
                answered.setdefault(table, set()).add(column)
    assert answered == {table: set(declared) for table, (declared, _rows) in fact_tables().items()}
    assert len(columns) > 1000 > sum(map(len, answered.values()))


def test_no_declared_column_can_name_anybody():
    for model in apps.get_models():
        assert [column for column in columns_of(model) if column.endswith(NEVER) and column != "recorded_by"] == []


def test_figures_are_read_over_all_districts_whoever_asks(family, dusti_family, farrukh):
    with acting_as(farrukh):
        before = asked("select count(*) from registry_family")
        with reading_facts():
            inside = asked("select count(id) from registry_family")
        assert (before, inside, asked("select count(*) from registry_family")) == ([(1,)], [(2,)], [(1,)])
    with identity(None), reading_facts():
        assert asked("select count(id) from registry_family") == [(2,)]


def test_only_what_was_asked_about_disability_is_read(family, zarina):
    with acting_as(zarina):
        asking.asked(family, zarina, {"seeing": Answer("none")}, "wgss", person=asking.child_of(family))
        asking.asked(family, zarina, asking.worry(1))
        assert len(asked("select distinct instrument from instruments_assessment")) == 2
        assert len(asked("select distinct scale from instruments_score")) > 2
        with reading_facts():
            assert asked("select distinct instrument from instruments_assessment") == [("wgss",)]
            assert asked("select distinct scale from instruments_score") == [("worst",)]


@pytest.mark.parametrize("statement", [
    "update registry_person set sex = 'male'", "delete from registry_journeystep", "create table x (id int)",
    "insert into access_agency (id) values (gen_random_uuid())", "select paivand_user()",
    "select * from registry_person", "select given_name from registry_person", "select count(*) from registry_namekey",
    "select nextval('registry_family_number')", "lock table registry_person in access exclusive mode",
])  # fmt: skip
def test_the_role_does_nothing_else(statement, family, zarina):
    with acting_as(zarina), reading_facts(), pytest.raises(DatabaseError, match="permission denied"):
        with transaction.atomic():
            asked(statement)


def test_the_role_is_given_back_after_an_error_too(family, zarina):
    with acting_as(zarina):
        with pytest.raises(ValueError, match="of the block"), reading_facts():
            raise ValueError("of the block")
        assert asked("select count(given_name) from registry_person") != [(0,)]
        with pytest.raises(DatabaseError), reading_facts():
            asked("select given_name from registry_person")
        assert asked("select count(given_name) from registry_person") != [(0,)]
        with reading_facts(), reading_facts():
            asked("select id from registry_person")
        assert asked("select current_user = session_user") == [(True,)]


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(("harm", "said"), [
    ('grant select (given_name) on registry_person to "{facts}"', "column given_name of registry_person, which is not"),
    ('grant select on registry_namekey to "{facts}"', "column key of registry_namekey, which is not declared"),
    ("grant select on registry_consent to public", "Figures can reach the column"),
    ('revoke select (sex) on registry_person from "{facts}"', "cannot reach the column sex of registry_person"),
    ('grant update (sex) on registry_person to "{facts}"', "can change table registry_person"),
    ("drop policy registry_person_facts on registry_person", "the policy for select of figures is missing"),
    ("alter policy instruments_assessment_facts on instruments_assessment using (true)", "of figures differs"),
    ('alter policy registry_person_facts on registry_person to "{app}"', "of figures differs"),
    ('create policy more on registry_namekey for select to "{facts}" using (true)', "that is not declared"),
    ('alter role "{facts}" bypassrls', "may bypass row security"),
    ('alter role "{facts}" login', "can sign in"),
    ('grant "{facts}" to "{app}" with inherit true', "without taking it on"),
    ('grant "{facts}" to "{app}" with set false', "cannot read as"),
    ('revoke "{facts}" from "{app}"', "cannot read as"),
    ('grant pg_read_all_data to "{app}"', "is a member of another role, pg_read_all_data"),
    ('grant pg_read_all_data to "{facts}"', "is a member of another role"),
    ('create role "{facts}_x" in role "{facts}"', "may read as"),
])  # fmt: skip
def test_a_breach_of_the_role_is_named(harm, said):
    owner = connections["owner"]
    role = application_role(f"postgresql://x/{owner.settings_dict['NAME']}")
    with transaction.atomic(using="owner"):
        with owner.cursor() as cursor:
            cursor.execute(harm.format(facts=facts_role_of(owner), app=role))
        defects = wall_defects(owner, role)
        transaction.set_rollback(True, using="owner")
    assert [defect for defect in defects if said in defect], defects


def test_an_unknown_identity_cannot_take_on_another_role():
    with identity(new_id()):
        for role in ("postgres", "pg_read_all_data"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                asked(f"set local role {role}")
