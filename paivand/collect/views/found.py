"""The list that an address names, or a 404 that leaves a refusal in the audit."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand, lose
from paivand.collect.models import ImportBatch
from paivand.collect.queries import lists as queries


def list_of(by: User, list_id: uuid.UUID) -> ImportBatch:
    """The list with this key within reach of ``by``."""
    demand(by, Verb.FAMILY_IMPORT)
    batch = queries.list_seen_by(by, list_id)
    if batch is None:
        lose(by, Verb.FAMILY_IMPORT, str(list_id))
    return batch
