"""Settings that are missing or weak keep the program from real use, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paivand.operate.weak_settings import setting_defects
from tests.operate.conftest import Installation

STRONG = {
    "PAIVAND_SECRET_KEY": "Fq7-vT2mXs9_kLw4RzB8nHcJ1yPdGe6aUoK3iQt5SxVbCfMjWhNpEuYlZr0gDOA-",
    "PAIVAND_HOSTS": "paivand.example",
}


def test_strong_settings_have_no_defect() -> None:
    assert setting_defects(STRONG) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"PAIVAND_SECRET_KEY": ""}, "PAIVAND_SECRET_KEY is missing"),
        ({"PAIVAND_SECRET_KEY": "short"}, "PAIVAND_SECRET_KEY has 5 characters"),
        ({"PAIVAND_SECRET_KEY": "ab" * 40}, "PAIVAND_SECRET_KEY repeats"),
        ({"PAIVAND_HOSTS": " , "}, "PAIVAND_HOSTS is missing"),
        ({"PAIVAND_HOSTS": "paivand.example,*"}, "PAIVAND_HOSTS is '*'"),
        ({"PAIVAND_HTTPS": "0"}, "PAIVAND_HTTPS is off"),
        ({"PAIVAND_DEMO": "1"}, "PAIVAND_DEMO is on"),
        ({"PAIVAND_WORKERS": "0"}, "PAIVAND_WORKERS is '0'"),
        ({"PAIVAND_THREADS": "many"}, "PAIVAND_THREADS is 'many'"),
        ({"PAIVAND_POOL": "2"}, "PAIVAND_POOL is 2"),
        ({"PAIVAND_PORT": "70000"}, "PAIVAND_PORT is '70000'"),
        ({"DATABASE_URL": "mysql://u@h/d"}, "DATABASE_URL is no address of a database"),
        ({"DATABASE_URL": "postgresql://[h/d"}, "DATABASE_URL is no address"),
        (
            {"DATABASE_URL": "postgresql://one@h/d", "PAIVAND_APP_DATABASE_URL": "postgresql://one@h/d"},
            "names the owner",
        ),
    ],
)
def test_each_weakness_is_named(changes: dict[str, str], word: str) -> None:
    defects = setting_defects({**STRONG, **changes})
    assert len(defects) == 1
    assert word in defects[0]


def test_a_proxy_may_end_the_encryption() -> None:
    assert setting_defects({**STRONG, "PAIVAND_HTTPS": "0", "PAIVAND_BEHIND_PROXY": "1"}) == []


def test_serve_refuses_weak_settings_and_starts_nothing(folders: Callable[[str], Path]) -> None:
    site = Installation(folders("home"), key="weak")
    done = site.run("serve", PAIVAND_HOSTS="*", PAIVAND_WORKERS="1000")
    assert done.returncode == 2
    for name in ("PAIVAND_SECRET_KEY", "PAIVAND_HOSTS", "PAIVAND_WORKERS"):
        assert f"- {name}" in done.stderr
    assert not (site.home / "postgres").exists()


def test_a_value_that_cannot_be_read_is_named(folders: Callable[[str], Path]) -> None:
    done = Installation(folders("home")).run("messages", "--compile", PAIVAND_PORT="door")
    assert done.returncode == 2
    assert "PAIVAND_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_needs_nothing(folders: Callable[[str], Path]) -> None:
    home = folders("home")
    done = Installation(home, key="").run("version")
    assert done.returncode == 0
    assert done.stdout.startswith("Paivand ")
    assert list(home.iterdir()) == []


def test_help_starts_no_database(folders: Callable[[str], Path]) -> None:
    home = folders("home")
    done = Installation(home, key="").run("demo", "--help")
    assert "--reset" in done.stdout
    assert list(home.iterdir()) == []
