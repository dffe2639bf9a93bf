"""What stands for a user on a shared phone: a name that does not tell who she is, and a key that she alone is given."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from paivand.access.models import User


def name_on_device(user: User) -> str:
    """The name under which what is hers lies there."""
    return _of_user("paivand.draft.owner", user).hex()[:20]


def key_on_device(user: User) -> bytes:
    """The key that seals her unsaved forms there."""
    return _of_user("paivand.draft.key", user)


def _of_user(purpose: str, user: User) -> bytes:
    return salted_hmac(purpose, str(user.pk), algorithm="sha256").digest()
