"""Who the database thinks is asking: set for one transaction, gone with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

from paivand.access.rules.facts import ENDING

if TYPE_CHECKING:
    from paivand.access.models.users import User

_SETTINGS = ("paivand.user", "paivand.purpose", "paivand.link")
_SET = "select " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)
_READ = "select " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _SETTINGS)

LINK = "referral-link"
"""The purpose under which a one-time link is answered."""

CERTIFICATE = "certificate-check"
"""The purpose under which anyone who has its code looks at a certificate."""

DEVICE = "device"
"""The purpose under which a device shows its token, before it is known whose it is."""


def set_identity(user_id: uuid.UUID | None, purpose: str = "", link: str = "") -> None:
    """Set who asks, until the end of the running transaction. Outside a transaction it would be forgotten at once.

    Raises:
        TransactionManagementError: when no transaction is running.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An identity is set inside a transaction only.")
    _set(str(user_id) if user_id else "", purpose, link)


def _set(user: str, purpose: str, link: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, [user, purpose, link])


def _current() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        user, purpose, link = cursor.fetchone()
    return user, purpose, link


@contextmanager
def identity(user_id: uuid.UUID | None, purpose: str = "", link: str = "") -> Iterator[None]:
    """Run the block in a transaction with this identity, and give the former one back."""
    with transaction.atomic():
        before = _current()
        set_identity(user_id, purpose, link)
        yield
        # After an error the transaction is rolled back to before the change, and the setting with it.
        _set(*before)


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
        before = _current()
        _set(before[0], purpose, before[2])
        yield
        _set(*before)


@contextmanager
def for_link(digest: str) -> Iterator[None]:
    """Run the block as whoever holds the one-time link with this digest: nobody is signed in, one referral is seen."""
    with identity(None, LINK, digest):
        yield


@contextmanager
def for_certificate(digest: str) -> Iterator[None]:
    """Run the block as whoever has the code with this digest: nobody is signed in, one certificate is seen."""
    with identity(None, CERTIFICATE, digest):
        yield


@contextmanager
def for_device(digest: str) -> Iterator[None]:
    """Run the block as the device whose token has this digest: nobody is signed in, one device is seen."""
    with identity(None, DEVICE, digest):
        yield


@contextmanager
def reading_facts() -> Iterator[None]:
    """Run the block as the role that reads for figures: chosen columns of all rows, no name, and nothing else.

    It is the same connection and transaction, so that what was just written is read. Who asks plays no part in it: what
    leaves the block are exact figures, which nobody may be shown before they were protected.
    """
    with transaction.atomic():
        _take_role(f"left(current_database() || '{ENDING}', 63)")
        yield
        # After an error the transaction is rolled back to before the change, and the role with it.
        _take_role("'none'")


def _take_role(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select set_config('role', {name}, true)")
