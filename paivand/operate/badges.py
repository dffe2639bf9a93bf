"""The public keys of badges, written into their table by the owner, so that backups keep what badges are checked by."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from paivand.core.models import new_id
from paivand.learning.models.signing import signing_key
from paivand.learning.rules.badges import public_part, thumbprint


def keep_public_key(owner: BaseDatabaseWrapper, private: str = "") -> None:
    """Write down the public part of a key, or of the one that signs now, unless it stands there."""
    public = public_part(private or signing_key())
    with owner.cursor() as cursor:
        cursor.execute(
            "insert into learning_badgekey (id, version, created_at, changed_at, thumbprint, public) "
            "values (%s, 1, now(), now(), %s, %s) on conflict (thumbprint) do nothing",
            [new_id(), thumbprint(public), public],
        )


def is_public_key_kept(owner: BaseDatabaseWrapper) -> bool:
    """Whether the public part of the key that signs now stands in the database."""
    with owner.cursor() as cursor:
        cursor.execute("select 1 from learning_badgekey where public = %s", [public_part(signing_key())])
        return cursor.fetchone() is not None
