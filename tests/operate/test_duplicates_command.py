"""``paivand duplicates find``: pairs found with the reach of one user."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from paivand.access.models.identity import acting_as
from paivand.operate.postgres import OperatingError
from paivand.registry.models import DuplicatePair
from tests.registry.test_duplicates import same_man

pytestmark = pytest.mark.django_db


def find(*options):
    said = StringIO()
    call_command("duplicates", "find", *options, stdout=said)
    return said.getvalue()


def test_the_command_looks_through_the_districts_of_its_user(zarina, nasiba):
    same_man(zarina)
    assert find("--as", "nasiba") == "Kulob: looked at 2 people, 1 new pairs.\n"
    assert (
        find("--as", "nasiba", "--days", "1", "--district", "TJ-KT-02") == "Kulob: looked at 2 people, 0 new pairs.\n"
    )
    with acting_as(nasiba):
        assert DuplicatePair.objects.count() == 1


@pytest.mark.parametrize(("options", "words"), [
    (["--as", "nobody"], "no active user nobody"),
    (["--as", "nasiba", "--district", "TJ-KT-20"], "no such district"),
    (["--as", "anvar"], "no such district"),
])  # fmt: skip
def test_the_command_says_what_it_cannot_do(options, words, db):
    with pytest.raises(OperatingError, match=words):
        find(*options)
