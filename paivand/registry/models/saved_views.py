"""Filters of the family list that somebody keeps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Guarded, Mine, Policy
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy


class SavedView(Guarded, Record):
    """A name for a set of filters; everybody has their own."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} user name filters is_default")
    policy: ClassVar[Policy] = Policy(
        view=Mine("user_id"), add=Mine("user_id"), change=Mine("user_id"), remove=Mine("user_id")
    )

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    filters = models.JSONField(default=dict)
    # The one that the list opens with.
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_is_unique_for_its_user"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="user_has_one_default_saved_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_label(self) -> str:
        """Nothing: the name is its user's own words, and may hold somebody's name."""
        return ""
