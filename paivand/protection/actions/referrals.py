"""Sending a survivor to a service, with the least that help needs, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from paivand.access.models import User
from paivand.protection.models import Survivor
from paivand.protection.queries.referrals import under_way


def stop_referrals(by: User, survivor: Survivor, consents: Collection[uuid.UUID]) -> int:
    """Take back what is under way on these consents; returns how many. A part of the action that withdraws them."""
    return len(under_way(by, survivor, consents))
