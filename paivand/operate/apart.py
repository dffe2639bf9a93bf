"""The second process of a first start: it knows nothing of Django before it begins."""

from __future__ import annotations

from typing import Any

import django
from django.utils.module_loading import import_string


def call(name: str, *arguments: Any) -> None:
    """Make Django ready in a process that has only just begun, and call the function of this dotted name."""
    django.setup()
    import_string(name)(*arguments)
