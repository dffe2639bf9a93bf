"""What of the reach rests on a code of a programme's plan."""

from __future__ import annotations

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.templatetags.paivand import number
from paivand.outreach.models import Campaign, ReachEntry
from paivand.programme.models import Programme


def reach_on(by: User, programme: Programme, code: str) -> list[str]:
    """Campaigns and entries of reach that name this output or activity."""
    n_campaigns, n_entries = (
        model.objects.seen_by(by).filter(programme=programme.code, output=code).count()
        for model in (Campaign, ReachEntry)
    )
    return [
        *([_("campaigns: %(n)s") % {"n": number(n_campaigns)}] if n_campaigns else []),
        *([_("entries of reach: %(n)s") % {"n": number(n_entries)}] if n_entries else []),
    ]
