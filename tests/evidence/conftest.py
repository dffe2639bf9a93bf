"""Who works on reports, and a programme to report about."""

from __future__ import annotations

import pytest

from tests.programme.conftest import fao_manager, manager, ministry, programme

__all__ = ["fao_manager", "manager", "ministry", "programme"]


@pytest.fixture
def counted(monkeypatch):
    """Figures that are given instead of counted."""
    from tests.evidence import reports as made

    monkeypatch.setattr("paivand.evidence.queries.report_figures.shown", made.counted)


@pytest.fixture
def report(programme, manija):
    """An annual report about 2025, begun."""
    from tests.evidence import reports as made

    return made.begun(manija, programme)
