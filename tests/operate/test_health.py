"""``/healthz``: alive or not, for anybody who asks."""

from __future__ import annotations

import logging

import pytest
from django.db import connections
from django.test import Client

from paivand import __version__


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")


def test_all_is_well_while_the_database_answers(db: None) -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__, "database": "ok"}
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_it_says_so_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    away = {**connections["default"].settings_dict, "HOST": "127.0.0.1", "PORT": "9"}
    monkeypatch.setattr(connections["default"], "settings_dict", away)
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "degraded", "version": __version__, "database": "away"}
    assert "no-store" in answer["Cache-Control"]


def test_it_only_answers_questions() -> None:
    assert Client().post("/healthz").status_code == 405
