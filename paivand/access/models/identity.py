"""Who the database thinks is asking: set for one transaction, gone with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from paivand.access.models.users import User

_SET = "select set_config('paivand.user', %s, true), set_config('paivand.purpose', %s, true)"
_READ = (
    "select coalesce(current_setting('paivand.user', true), ''), coalesce(current_setting('paivand.purpose', true), '')"
)


def set_identity(user_id: uuid.UUID | None, purpose: str = "") -> None:
    """Set who asks, until the end of the running transaction. Outside a transaction it would be forgotten at once.

    Raises:
        TransactionManagementError: when no transaction is running.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An identity is set inside a transaction only.")
    with connection.cursor() as cursor:
        cursor.execute(_SET, [str(user_id) if user_id else "", purpose])


def _current() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        user, purpose = cursor.fetchone()
    return user, purpose


@contextmanager
def identity(user_id: uuid.UUID | None, purpose: str = "") -> Iterator[None]:
    """Run the block in a transaction with this identity, and give the former one back."""
    with transaction.atomic():
        before = _current()
        set_identity(user_id, purpose)
        yield
        # After an error the transaction is rolled back to before the change, and the setting with it.
        with connection.cursor() as cursor:
            cursor.execute(_SET, list(before))


@contextmanager
def acting_as(user: User) -> Iterator[None]:
    """Run the block as ``user``: a task in the background, a command, a test."""
    with identity(user.pk):
        yield


def may_bootstrap() -> bool:
    """Whether the database still allows a first administrator; asked inside ``for_purpose("bootstrap")``."""
    with connection.cursor() as cursor:
        cursor.execute("select paivand_purpose('bootstrap')")
        return bool(cursor.fetchone()[0])


@contextmanager
def for_purpose(purpose: str) -> Iterator[None]:
    """Run the block as the system itself for ``purpose`` (``sign-in``, ``bootstrap``), with the present identity."""
    with transaction.atomic():
        user, before = _current()
        set_identity(uuid.UUID(user) if user else None, purpose)
        yield
        with connection.cursor() as cursor:
            cursor.execute(_SET, [user, before])
