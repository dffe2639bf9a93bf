"""What the tests of casework share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def profiles(zarina: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the vulnerability profile says of families of Kulob, told by the test."""
    from tests.cases.rounds import Profiles

    told = Profiles(zarina)
    monkeypatch.setattr("paivand.cases.queries.selection_profiles.vulnerability_of", told)
    return told
