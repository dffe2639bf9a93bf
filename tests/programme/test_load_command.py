"""``paivand programme load``: a whole programme from a file, or nothing and a sentence."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from paivand.access.models.identity import acting_as
from paivand.operate.postgres import OperatingError
from paivand.programme.actions.founding import JOINT_PROGRAMME
from paivand.programme.queries.programmes import programme_by_code

pytestmark = pytest.mark.django_db


def load(*options: str) -> str:
    said = io.StringIO()
    call_command("programme", "load", *options, stdout=said)
    return said.getvalue()


def test_a_file_is_loaded_once_with_its_agencies(manager, admin):
    told = load("--as", "manager", "--agencies-as", "admin")
    assert "Added UN Women." in told
    assert "JP-2021" in told
    with acting_as(manager):
        assert programme_by_code(manager, "JP-2021") is not None
    with pytest.raises(OperatingError, match="has this code already"):
        load("--as", "manager")


def test_a_wrong_file_is_told_with_its_line(manager, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(JOINT_PROGRAMME.read_text(encoding="utf-8").replace("months: 24", "months: many"), "utf-8")
    with pytest.raises(OperatingError, match=r"wrong.yaml, line \d+, dates.months: here must stand a number"):
        load(str(wrong), "--as", "manager")
    with pytest.raises(OperatingError, match="cannot be read"):
        load(str(tmp_path / "none.yaml"), "--as", "manager")


def test_who_may_not_or_does_not_exist_is_told(admin, zarina):
    with pytest.raises(OperatingError, match="may not do that"):
        load("--as", "zarina")
    with pytest.raises(OperatingError, match="no active user nobody"):
        load("--as", "nobody")


def test_without_an_administrator_the_missing_organisations_are_named(manager):
    with pytest.raises(OperatingError, match="not known yet: IOM"):
        load("--as", "manager")
