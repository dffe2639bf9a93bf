"""The base of every table with data about the people served: it carries where it lies."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models

from paivand.access.models.policies import Guarded
from paivand.access.rules.scopes import Scope
from paivand.core.models import Record, RecordQuerySet
from paivand.core.models.record import RECORD_FIELDS

if TYPE_CHECKING:
    from paivand.access.models.users import User

S = TypeVar("S", bound="ScopedRecord")

SCOPE_FIELDS = f"{RECORD_FIELDS} district agency team owner"
"""The technical fields of every scoped record, for privacy declarations."""


class ScopedQuerySet(RecordQuerySet[S]):
    """A queryset that knows who asks."""

    def seen_by(self, by: User) -> ScopedQuerySet[S]:
        """The rows that ``by`` may see: the first wall. Row security is the second."""
        return self.filter(self.model.policy.visible(by))


class ScopedRecord(Guarded, Record):
    """A record that lies in a district and belongs to an agency, a team and a responsible worker."""

    district = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("access.Team", on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        """Where the record lies."""
        return Scope.of(self)

    def lets_act(self, user_id: uuid.UUID) -> bool:
        """Whether the row names this user as somebody who acts on it wherever it lies; such as a second trainer."""
        return False
