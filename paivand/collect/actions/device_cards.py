"""Access for many devices at once, for a day of training."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.actions.devices import issue_device
from paivand.collect.models import Device
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.registry.rules.keys import row_key

MOST_AT_ONCE = 60


def issue_many(
    *, users: Sequence[User], label: str, expires_on: date | None, by: User, form_id: uuid.UUID | None = None
) -> list[tuple[Device, str]]:
    """Give each of these people's devices access, to all or to none, each by an action of its own.

    Args:
        form_id: the key of the form. Sent again, it gives the same devices new cards, and those before open nothing.

    Raises:
        Refused: ``people``, which names those who may not fill in forms; what ``issue_device`` refuses otherwise.
    """
    if len(users) > MOST_AT_ONCE:
        raise Refused(_("Choose at most 60 people at once."), "people", field="people")
    found, may_not = [], []
    key = form_id or new_id()
    with transaction.atomic():
        for user in users:
            try:
                found.append(
                    issue_device(
                        user=user,
                        kind=DeviceKind.COLLECT,
                        label=label,
                        expires_on=expires_on,
                        by=by,
                        device_id=row_key(key, "card", user.pk),
                    )
                )
            except Refused as refused:
                if refused.code not in {"right", "no_place"}:
                    raise
                may_not.append(user.full_name)
        if may_not:
            raise Refused(
                _("These people have no role with which they fill in forms: %(names)s. Take them out of the choice.")
                % {"names": ", ".join(may_not)},
                "people", field="people",
            )  # fmt: skip
    return found
