"""Writing down what leaves, exactly, at the moment it leaves. A part of other actions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.rules.errors import Refused
from paivand.referrals.models import Disclosure, Preparation, Referral
from paivand.referrals.queries.contents import chosen_values, values_mark, values_of
from paivand.referrals.rules.lenses import digest, identifying, lens
from paivand.referrals.rules.referrals import Way

OUTSIDE = frozenset({Way.LINK, Way.PDF})
"""Ways by which what leaves lies about on a telephone or on paper."""


def leaving(
    by: User, referral: Referral, way: str, now: datetime, *, names_agreed: bool = False, shown: str = ""
) -> dict[str, Any]:
    """The values that leave today by ``way``: those of the draft, without what identifies where that is not agreed.

    Args:
        shown: the mark of the values that the worker was shown, if a screen showed them.

    Raises:
        Refused: ``needs`` when nothing says what is needed; ``changed`` when the values differ from those shown.
    """
    prepared = Preparation.objects.get(referral=referral)
    found = values_of(by, referral, prepared, referral.consent, timezone.localdate(now))
    if shown and shown != values_mark(found):
        raise Refused(
            _("What would leave has changed since you looked at it. Look through it once more, and send it then."),
            "changed",
        )
    values = chosen_values(prepared, found)
    if not values.get("needs"):
        raise Refused(_("Write what is needed. The service cannot answer without."), "needs", field="needs")
    if way in OUTSIDE and not names_agreed:
        values = {code: value for code, value in values.items() if code not in identifying(values)}
    return values


def disclose(
    referral: Referral, lens_code: str, values: Mapping[str, Any], *, way: str, receiver: str, by: User, now: datetime,
    names_agreed: bool = False,
) -> Disclosure:  # fmt: skip
    """Write down that these values leave through this lens.

    The digest is made of the values and of a random word beside them, see ``Disclosure``.
    """
    chosen = lens(lens_code)
    foreign = set(values) - set(chosen.places)
    if foreign:
        raise Refused(_("More would leave than what the service is told. Choose again what it is told."), "lens")
    content = {"values": dict(values), "salt": secrets.token_hex(16)}
    row: Disclosure = Disclosure.about(
        referral, lens=chosen.code, lens_version=chosen.version, fields=[one for one in chosen.places if one in values],
        content=content, values_hash=digest(content), way=way, receiver_label=receiver[:250],
        names_agreed=names_agreed, at=now, by=by,
    )  # fmt: skip
    if way != Way.LINK:
        row.link_digest = ""
    row.save()
    return row
