"""Writes the reference pages from the code, so that they cannot drift from it.

``python -m docs.generate`` writes them; ``pages()`` gives them as they should be, for the guard test. No database is
needed: only declarations are read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"


def _ready() -> None:
    """Start Django with surroundings that name a database but never open it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paivand.settings")
    os.environ.setdefault("PAIVAND_SECRET_KEY", "docs")
    os.environ.setdefault("DATABASE_URL", "postgresql://docs@localhost/docs")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def pages() -> dict[Path, str]:
    """Every generated page by its path, as it should stand."""
    _ready()
    from docs.pages import (
        actions,
        case_states,
        commands,
        dictionary,
        events,
        files,
        places,
        referral_states,
        roles,
        sealed_states,
        settings,
        submission_states,
    )

    written = {
        "actions.md": actions.page(),
        "case-states.md": case_states.page(),
        "commands.md": commands.page(),
        "data-dictionary.md": dictionary.page(),
        "events.md": events.page(),
        "files.md": files.page(),
        "places.md": places.page(),
        "referral-states.md": referral_states.page(),
        "roles.md": roles.page(),
        "sealed-room.md": sealed_states.page(),
        "settings.md": settings.page(),
        "submission-states.md": submission_states.page(),
    }
    return {REFERENCE / name: text for name, text in sorted(written.items())}


def main() -> None:
    """Write every page whose text has changed."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
