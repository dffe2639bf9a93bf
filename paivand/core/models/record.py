"""The base of every table that Paivand writes itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

import uuid_utils
from django.db import models

from paivand.core.rules.errors import WriteOutsideActionError
from paivand.core.rules.privacy import Privacy
from paivand.core.rules.writing import writing_allowed_by

M = TypeVar("M", bound=models.Model)


def new_id() -> uuid.UUID:
    """A UUID of version 7: unique without asking the database, and in the order of birth."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


def demand_action(what: str) -> None:
    """Raise unless an action is running."""
    if not writing_allowed_by():
        raise WriteOutsideActionError(f"{what} is written by actions only. Call or add one in the app's actions.")


class RecordQuerySet(models.QuerySet[M]):
    """A queryset whose writes are refused outside an action."""

    def create(self, **kwargs: Any) -> M:
        demand_action(self.model.__name__)
        return super().create(**kwargs)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        demand_action(self.model.__name__)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        demand_action(self.model.__name__)
        return super().bulk_update(objs, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        demand_action(self.model.__name__)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        demand_action(self.model.__name__)
        return super().delete()


class Record(models.Model):
    """A row with a birth-ordered key, a version that notices lost updates, and a declaration of its privacy.

    Every concrete subclass sets ``privacy``; a guard test fails on a field that it does not name.
    """

    privacy: ClassVar[Privacy]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        demand_action(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        demand_action(type(self).__name__)
        return super().delete(*args, **kwargs)


RECORD_FIELDS = "id version created_at changed_at"
"""The technical fields of every record, for privacy declarations."""
