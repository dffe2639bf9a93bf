"""Migrations: complete, named, reversible; schema apart from data; down to nothing and up again."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.apps import apps
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ProjectState
from django.db.models import BooleanField
from django.utils.translation import activate, deactivate_all, get_language
from psycopg import sql

from tests.guards import migrations
from tests.guards.house import ROOT
from tests.guards.test_architecture import none

OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("paivand.")}
LOADER = MigrationLoader(None)
WRITTEN = [migration for (app, _name), migration in LOADER.disk_migrations.items() if app in OURS]

DOWN_AND_UP = """
import django; django.setup()
from django.core.management import call_command
from django.db import connections

def columns():
    with connections["owner"].cursor() as cursor:
        cursor.execute("select table_name, column_name, data_type from information_schema.columns "
                       "where table_schema = 'public' order by 1, 2")
        found = [f"{table}.{column} {kind}" for table, column, kind in cursor.fetchall()]
        cursor.execute("select conrelid::regclass || ' ' || conname from pg_constraint where conrelid <> 0 "
                       "and connamespace = 'public'::regnamespace order by 1")
        found += [row[0] for row in cursor.fetchall()]
        cursor.execute("select indexname from pg_indexes where schemaname = 'public' order by 1")
        found += [row[0] for row in cursor.fetchall()]
        cursor.execute("select tablename || ' ' || policyname from pg_policies order by 1")
        return found + [row[0] for row in cursor.fetchall()]

call_command("migrate", verbosity=0)
before = columns()
call_command("migrate", "registry", "zero", verbosity=0)
call_command("migrate", "access", "zero", verbosity=0)
left = [name for name in columns() if name.startswith(("registry_", "access_"))]
assert not left, left
call_command("migrate", verbosity=0)
after = columns()
assert after == before, sorted(set(after) ^ set(before))
print(len(after), "columns, constraints, indexes and policies stand again")
"""


@contextmanager
def no_language():
    """As makemigrations sees the models: with the names of fields as they stand in the source."""
    before = get_language()
    deactivate_all()
    try:
        yield
    finally:
        activate(before) if before else None


def test_no_change_of_a_model_is_without_its_migration():
    detector = MigrationAutodetector(LOADER.project_state(), ProjectState.from_apps(apps))
    with no_language():
        changes = detector.changes(graph=LOADER.graph)
    none([
        f"{app}: {operation.describe()}. Run `python -m paivand makemigrations {app} --name ...`."
        for app, found in changes.items() for migration in found for operation in migration.operations
    ])  # fmt: skip


def test_migrations_are_named_reversible_and_apart():
    assert WRITTEN
    none(migrations.defects(WRITTEN))


@pytest.mark.parametrize("app", sorted({migration.app_label for migration in WRITTEN}))
def test_the_migrations_of_an_app_stand_in_one_line(app):
    none(migrations.misnumbered(migration.name for migration in WRITTEN if migration.app_label == app))
    assert len(LOADER.graph.leaf_nodes(app)) == 1, f"{app}: two migrations are the last. Put one after the other."


def one(name, *operations):
    migration = Migration(name, "registry")
    migration.operations = list(operations)
    return migration


@pytest.mark.parametrize(("migration", "said"), [
    (one("0003_auto_20261122"), "name it"),
    (one("3_phone"), "name it"),
    (one("0003_phone", RunSQL("create sequence x")), "cannot be taken back"),
    (one("0003_phone", RunPython(print)), "cannot be taken back"),
    (one("0003_phone", CreateModel("Phone", []), RunPython(print, print)), "at once"),
    (one("0003_phone", AddField("person", "x", BooleanField()), RunSQL("update registry_person set x = true", "")),
     "at once"),
])  # fmt: skip
def test_a_careless_migration_is_named(migration, said):
    assert [found for found in migrations.defects([migration]) if said in found]


def test_a_gap_in_the_numbers_is_named():
    assert migrations.misnumbered(["0001_initial", "0003_phone"])
    assert migrations.misnumbered(["0001_initial", "0002_phone", "0002_note"])
    assert migrations.misnumbered(["0001_initial", "0002_phone"]) == []


@pytest.fixture
def empty_database():
    """The address of a database with nothing in it, dropped afterwards with its role."""
    from paivand.access.rules.facts import facts_role
    from paivand.operate.roles import application_role

    server = os.environ["PAIVAND_TEST_SERVER"]
    name = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/") + "_scratch"
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        connection.execute(drop)
        connection.execute(sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'").format(
            sql.Identifier(name)))  # fmt: skip
        yield address
        connection.execute(drop)
        for role in (application_role(address), facts_role(name)):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))


def test_the_schema_goes_down_to_nothing_and_comes_up_the_same(empty_database):
    from paivand.operate.roles import application_url

    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "paivand.settings",
        "DATABASE_URL": empty_database,
        "PAIVAND_APP_DATABASE_URL": application_url(empty_database, os.environ["PAIVAND_SECRET_KEY"]),
    }
    run = subprocess.run(
        [sys.executable, "-c", DOWN_AND_UP], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert "stand again" in run.stdout
