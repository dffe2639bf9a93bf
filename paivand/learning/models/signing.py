"""The key that signs badges, which lies outside the database, and the public keys that ever signed here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from paivand.learning.models.certificates import BadgeKey
from paivand.learning.rules.badges import badge_keys_in, public_part


def signing_key() -> str:
    """The private key that signs now: that of the environment, or of the installation's file as it stands now.

    Raises:
        ImproperlyConfigured: when there is none, or it is no key of Ed25519.
    """
    if settings.BADGE_KEY:
        return _checked(settings.BADGE_KEY)
    if not settings.BADGE_FILE:
        raise ImproperlyConfigured("No key signs badges. Set PAIVAND_BADGE_KEY, or start through `paivand`.")
    path = Path(settings.BADGE_FILE)
    return _of_file(path, path.stat().st_mtime_ns, path.stat().st_ino)


def public_keys() -> list[str]:
    """The public keys with which badges may have been signed, the one that signs now first."""
    now = public_part(signing_key())
    return [now, *(one for one in BadgeKey.objects.order_by("-id").values_list("public", flat=True) if one != now)]


@lru_cache(maxsize=4)
def _of_file(path: Path, _written_at: int, _inode: int) -> str:
    found = badge_keys_in(path.read_text())
    if not found:
        raise ImproperlyConfigured(f"There is no key in {path}. Bring the file back, or make a new key: "
                                   "`paivand vault badge`.")  # fmt: skip
    return _checked(found[0])


def _checked(key: str) -> str:
    try:
        public_part(key)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None
    return key
