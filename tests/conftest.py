"""The test database, the cast, and the browser of each of them.

One PostgreSQL server serves all workers: the embedded one, or the one of ``DATABASE_URL``. Each worker makes a database
and an application role of its own there, migrates it, builds the wall and creates the cast through the actions. Tests
connect as the application's role, as the program does, and roll back.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from paivand.operate import embedded, roles
from paivand.operate.catalogues import compile_catalogue

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# The process that starts a run names its databases, so that two runs at once stay apart.
RUN = os.environ.setdefault("PAIVAND_TEST_RUN", str(os.getpid()))
DATABASE = f"paivand_test_{RUN}_{WORKER}"
KEY = "only-for-tests-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
_server = contextlib.ExitStack()
# How long an example takes says how busy the machine is; speed is measured in bench/. Fixtures are shared by examples
# knowingly: the cast stands, and each example makes what is its own.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")


def _surroundings() -> None:
    """Set the environment before Django reads it; the first process starts the server for all workers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "paivand.settings"
    os.environ["PAIVAND_SECRET_KEY"] = KEY
    os.environ["PAIVAND_VAULT_KEYS"] = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDE="
    os.environ["PAIVAND_PSEUDONYM_KEY"] = "only-for-tests"
    os.environ["PAIVAND_BADGE_KEY"] = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDE"
    os.environ["PAIVAND_HTTPS"] = "0"
    os.environ["PAIVAND_LANGUAGE"] = "en"
    os.environ["PAIVAND_HOSTS"] = "testserver,127.0.0.1,localhost"
    os.environ.pop("PAIVAND_DEMO", None)
    if "PAIVAND_TEST_SERVER" not in os.environ:
        given = os.environ.get("DATABASE_URL")
        if given:
            os.environ["PAIVAND_TEST_SERVER"] = given
        else:
            home = ROOT / "var" / "test"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                server = _server.enter_context(embedded.running(home, embedded.secret_key(home)))
            with psycopg.connect(server.owner_url, autocommit=True) as connection:
                connection.execute("alter system set fsync = off")
                connection.execute("select pg_reload_conf()")
            os.environ["PAIVAND_TEST_SERVER"] = server.owner_url
        _sweep(os.environ["PAIVAND_TEST_SERVER"])
        for catalogue in (ROOT / "paivand" / "locale").rglob("*.po"):
            compile_catalogue(catalogue)
    os.environ["PAIVAND_HOME"] = str(ROOT / "var" / "test" / f"{RUN}-{WORKER}")
    Path(os.environ["PAIVAND_HOME"], "static").mkdir(parents=True, exist_ok=True)
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(os.environ["PAIVAND_TEST_SERVER"])._replace(path=f"/{DATABASE}"))
    os.environ["PAIVAND_APP_DATABASE_URL"] = roles.application_url(os.environ["DATABASE_URL"], KEY)


def _sweep(server_url: str) -> None:
    """Drop what runs that were killed left behind."""
    with psycopg.connect(server_url, autocommit=True) as server:
        found = server.execute("select datname from pg_database where datname ~ '^paivand_test_[0-9]+_'").fetchall()
        for (name,) in found:
            if Path(f"/proc/{name.split('_')[2]}").exists():
                continue
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            for ending in ("_app", "_facts"):
                server.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(f"{name}{ending}")))


_surroundings()

from django.conf import settings  # noqa: E402

assert settings.INSTALLED_APPS  # loads the settings, so that the test plugin finds them
# A worker that inherits this name would have the test plugin read the settings before its own surroundings are set.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.test import Client  # noqa: E402


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give all browser tests to one worker, and the drill with its servers to one; the rest goes where there is room.

    Marks of groups are passed over silently with pytest 9.2: github.com/pytest-dev/pytest-xdist/issues/1386.
    """
    from xdist.scheduler import LoadScopeScheduling

    together = ("tests/browser/", "tests/operate/test_demo_and_drill.py")

    class TogetherScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((part for part in together if nodeid.startswith(part)), nodeid)

    return TogetherScheduling(config, log)


def pytest_unconfigure() -> None:
    _server.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A migrated database of this worker with the cast in it; dropped at the end."""
    from django.core.management import call_command
    from django.db import connections

    from paivand.access.rules.facts import facts_role
    from tests.cast import create_cast

    name = sql.Identifier(DATABASE)
    theirs = (roles.application_role(os.environ["DATABASE_URL"]), facts_role(DATABASE))
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        server.execute(sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'").format(name))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("migrate", verbosity=0)
        create_cast()
        connections.close_all()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        for role in theirs:
            server.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))


class CastClient(Client):
    """A test client that leaves no identity behind in the test's own transaction."""

    def request(self, **request: object) -> object:
        from paivand.access.models.identity import set_identity

        try:
            return super().request(**request)
        finally:
            set_identity(None)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """The language that a test's last page was shown in ends with the test."""
    from django.utils.translation import deactivate

    yield
    deactivate()


@pytest.fixture
def sign_in() -> Callable[..., CastClient]:
    """A function that gives a browser signed in as a user."""

    def signed_in(user: object) -> CastClient:
        from paivand.access.models.identity import for_purpose

        client = CastClient(raise_request_exception=True)
        with for_purpose("sign-in"):
            client.force_login(user)  # type: ignore[arg-type]
        return client

    return signed_in


def _member(username: str) -> Callable[..., object]:
    @pytest.fixture
    def member(db: None) -> object:
        from paivand.access.models import User
        from paivand.access.models.identity import for_purpose

        with for_purpose("sign-in"):
            return User.objects.select_related("agency", "team").get(username=username)

    return member


admin = _member("admin")
zarina = _member("zarina")
farrukh = _member("farrukh")
gulnoz = _member("gulnoz")
rustam = _member("rustam")
manija = _member("manija")
nasiba = _member("nasiba")
anvar = _member("anvar")
tahmina = _member("tahmina")
behruz = _member("behruz")
outsider = _member("outsider")
dpo = _member("dpo")
second_admin = _member("second.admin")


@pytest.fixture
def everyone(db: None) -> dict[str, object]:
    """Every member of the cast by user name."""
    from paivand.access.models import User
    from paivand.access.models.identity import for_purpose

    with for_purpose("sign-in"):
        return {user.username: user for user in User.objects.select_related("agency", "team")}


@pytest.fixture
def family(zarina: object) -> object:
    """A family of Kulob with four members, registered by Zarina."""
    from tests.cast import register

    return register(zarina)


@pytest.fixture
def dusti_family(farrukh: object) -> object:
    """A family of Dusti, registered by Farrukh."""
    from tests.cast import register

    return register(farrukh, jamoat="TJ-KT-20-04", given="Ойгул", surname="Назарова")
