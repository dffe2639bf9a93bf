"""The list that an address names, or a 404 that leaves a refusal in the audit."""

from __future__ import annotations

import uuid

from django.http import Http404

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand
from paivand.collect.models import ImportBatch
from paivand.collect.queries import lists as queries


def list_of(by: User, list_id: uuid.UUID) -> ImportBatch:
    """The list with this key within reach of ``by``."""
    demand(by, Verb.FAMILY_IMPORT)
    batch = queries.list_seen_by(by, list_id)
    if batch is None:
        detail = {"why": "OutsideScopeError"}
        record_event(Verb.FAMILY_IMPORT, by=by, outcome="refused", label=str(list_id), detail=detail)
        raise Http404
    return batch
