"""The application's role, made and kept right by owners of several kinds."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from paivand.operate.postgres import OperatingError
from paivand.operate.roles import application_url, ensure_application_role, ensure_facts_role
from tests.operate.conftest import Installation


@pytest.fixture
def keeper(installations: Callable[[], Installation]) -> Iterator[Installation]:
    """An installation whose owner is no superuser, as on most servers of others."""
    site = installations()
    name = f"keeper_{uuid.uuid4().hex[:8]}"
    database = sql.Identifier(urlsplit(site.url).path.lstrip("/"))
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("create role {} login createrole password 'of the keeper'").format(sql.Identifier(name)))
        server.execute(sql.SQL("alter database {} owner to {}").format(database, sql.Identifier(name)))
    parts = urlsplit(site.url)
    site.url = urlunsplit(parts._replace(netloc=f"{name}:of%20the%20keeper@{parts.netloc.rpartition('@')[2]}"))
    yield site
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(database))
        for ending in ("_app", "_facts"):
            server.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(parts.path.lstrip("/") + ending)))
        server.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))


def test_an_owner_without_superuser_rights_migrates_again_and_again(keeper: Installation) -> None:
    for _time in range(2):
        done = keeper.run("migrate", "--verbosity=0")
        assert done.returncode == 0, done.stderr
    assert keeper.run("check", PAIVAND_HOSTS="paivand.example").returncode == 0


def test_a_new_key_gives_the_role_a_new_password(installations: Callable[[], Installation]) -> None:
    site = installations()
    for key in ("the first key", "the second key"):
        url = application_url(site.url, key)
        role = ensure_application_role(site.url, url)
        psycopg.connect(url).close()
    assert role.endswith("_app")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(application_url(site.url, "the first key"))


def test_a_role_that_may_too_much_is_put_right(installations: Callable[[], Installation]) -> None:
    site = installations()
    url = application_url(site.url, "a key")
    role = ensure_application_role(site.url, url)
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute(sql.SQL("alter role {} superuser createdb").format(sql.Identifier(role)))
    ensure_application_role(site.url, url)
    assert site.ask(f"select rolsuper or rolcreatedb from pg_roles where rolname = '{role}'") is False


def test_an_owner_who_may_not_make_roles_is_told_what_to_run(keeper: Installation) -> None:
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        name = sql.Identifier(str(urlsplit(keeper.url).username))
        server.execute(sql.SQL("alter role {} nocreaterole").format(name))
    with pytest.raises(OperatingError, match="create role") as refused:
        ensure_application_role(keeper.url, application_url(keeper.url, "a key"))
    assert "password '...'" in str(refused.value)


def test_the_role_of_figures_that_may_too_much_is_put_right(keeper: Installation) -> None:
    assert keeper.run("migrate", "--verbosity=0").returncode == 0
    name = urlsplit(keeper.url).path.lstrip("/")
    app, facts = sql.Identifier(f"{name}_app"), sql.Identifier(f"{name}_facts")
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("alter role {} login bypassrls").format(facts))
        server.execute(sql.SQL("alter role {} nologin").format(facts))
    with psycopg.connect(keeper.url, autocommit=True) as owner:
        owner.execute(sql.SQL("revoke {} from {}").format(facts, app))
    told = keeper.run("check", PAIVAND_HOSTS="paivand.example").stdout
    assert f"{name}_facts, may bypass row security" in told
    assert f"cannot read as {name}_facts" in told, told
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("alter role {} nobypassrls").format(facts))
    assert keeper.run("migrate", "--verbosity=0").returncode == 0
    done = keeper.run("check", PAIVAND_HOSTS="paivand.example")
    assert done.returncode == 0, done.stdout


def test_an_owner_who_may_not_make_the_role_of_figures_is_told_what_to_run(keeper: Installation) -> None:
    ensure_application_role(keeper.url, application_url(keeper.url, "a key"))
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("alter role {} nocreaterole").format(sql.Identifier(str(urlsplit(keeper.url).username))))
    name = urlsplit(keeper.url).path.lstrip("/")
    with pytest.raises(OperatingError, match=f'create role "{name}_facts" nologin'):
        ensure_facts_role(keeper.url, f"{name}_app")
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("create role {} nologin noinherit").format(sql.Identifier(f"{name}_facts")))
    with pytest.raises(OperatingError, match=f'grant "{name}_facts" to "{name}_app"'):
        ensure_facts_role(keeper.url, f"{name}_app")
