"""Keeps what was counted of a long survey, sealed, so that it is not counted again for each look."""

from __future__ import annotations

import json
from datetime import timedelta

from django.core.cache import cache

from paivand.collect.queries.survey_counts import Counts
from paivand.core.models.sealed import vault

KEPT = timedelta(hours=12)


def keep_counts(counts: Counts) -> None:
    """Keep what was counted just now, for whoever asks the same again; the rest is left as it is."""
    if counts.keep_as is None:
        return
    key, stamp = counts.keep_as
    told = {path: [one.n, one.tally] for path, one in counts.told.items()}
    plain = json.dumps({"stamp": stamp, "at": counts.at.isoformat(), "told": told}, ensure_ascii=False)
    cache.set(key, vault().encrypt(plain.encode()).decode(), KEPT.total_seconds())
