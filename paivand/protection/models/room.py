"""What every table of the sealed room has in common: one right opens it, and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.db import models

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass

_WORK = InScope(Verb.SURVIVOR_WORK)

ROOM = Policy(view=_WORK, add=_WORK, change=_WORK, data_class=DataClass.VIOLENCE)
"""For what is written and mended."""

HISTORY = replace(ROOM, change=None)
"""For what is written once and stays."""

IN_FILE = f"{SCOPE_FIELDS} survivor recorded_by"
"""The technical fields of every record in a survivor's file, for privacy declarations."""


class SealedRecord(ScopedRecord):
    """A record in a survivor's file; it lies where the file lies."""

    # Nothing may be told of it outside: no label in the audit, no content of the table in any file but the incident
    # table, which asks for its own right.
    audit_label: ClassVar[str] = ""

    survivor = models.ForeignKey("protection.Survivor", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return "sealed"
