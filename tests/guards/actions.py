"""All actions of the program, whichever modules were imported so far."""

from __future__ import annotations

import importlib
from typing import Any

from tests.guards.house import ROOT, sources, word_of


def all_actions() -> dict[str, Any]:
    """Every action of Paivand by module and name."""
    from paivand.access.actions.mechanism import ACTIONS

    for path in sources(ROOT):
        if word_of(ROOT, path) == "actions":
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return {name: run for name, run in ACTIONS.items() if name.startswith("paivand.")}
