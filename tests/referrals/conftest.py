"""Services that the tests of the handshake send to."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def legal(nasiba: Any, anvar: Any) -> Any:
    """A legal centre that Anvar answers for."""
    from tests.referrals.handshake import service

    return service(nasiba, user=anvar)


@pytest.fixture
def legal_outside(nasiba: Any) -> Any:
    """A legal centre where nobody has an account."""
    from tests.referrals.handshake import service

    return service(nasiba)
