"""The sealed room as tests find it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def health(nasiba: Any) -> Any:
    """An open health service in Kulob."""
    from tests.protection.stage import service

    return service(nasiba)


@pytest.fixture
def survivor(health: Any, gulnoz: Any) -> Any:
    """A survivor's file in Kulob, with consent to be helped and to be counted."""
    from tests.protection.stage import opened

    return opened(gulnoz)


@pytest.fixture
def incident(survivor: Any, gulnoz: Any) -> Any:
    """An incident in that file."""
    from tests.protection.stage import happened

    return happened(survivor, gulnoz)


@pytest.fixture
def room(sign_in: Callable[..., Any], gulnoz: Any) -> Any:
    """Gulnoz's browser with the door open."""
    from tests.protection.stage import inside

    return inside(sign_in(gulnoz))
