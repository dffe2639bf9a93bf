"""Break-glass: reading outside one's scope, for three hours, with a reason that others review."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, own_place, remark
from paivand.access.models import BreakGlass, User
from paivand.access.rules.scopes import GLASS_HOURS
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused

SHORTEST_REASON = 20


@action(Verb.GLASS_BREAK, self_service=True)
def break_glass(*, district: Place, reason: str, by: User) -> BreakGlass:
    """Open ``district`` for reading for three hours.

    Raises:
        Refused: when the reason is too short to review, or the district is open to the user already.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            _("Write what happened in at least %(count)d letters, so that others can review it.")
            % {"count": SHORTEST_REASON},
            "reason",
            field="reason",
        )
    reach = by.reach(Verb.FAMILY_OPEN)
    if reach.everywhere or district.code in reach.districts | reach.glass:
        raise Refused(_("You can read this district already."), "already", field="district")
    glass = BreakGlass(
        user=by, district=district, reader_district_id=own_place(by).district_id, agency=by.agency, team=by.team,
        owner=by, reason=reason.strip(),
        expires_at=timezone.now() + timedelta(hours=GLASS_HOURS),
    )  # fmt: skip
    glass.save()
    by.forget_rights()
    remark(district=district.code, hours=GLASS_HOURS)
    return glass


@action(Verb.GLASS_REVIEW, on="glass")
def review_glass(*, glass: BreakGlass, note: str, by: User) -> BreakGlass:
    """Say that a break-glass was looked at, and what was found."""
    if glass.user_id == by.pk:
        raise Refused(_("You cannot review your own reading. Ask another reviewer."), "self")
    if glass.reviewed_at:
        raise Refused(_("This was reviewed already."), "already")
    glass.reviewed_by, glass.reviewed_at, glass.review_note = by, timezone.now(), note
    glass.version += 1
    glass.save()
    return glass
