"""Counts the rows of a list by what became of them."""

from __future__ import annotations

from django.db.models import Count, Q

from paivand.collect.models import ImportBatch, ImportRow
from paivand.collect.rules.lists import READY, RowState


def count_rows(batch: ImportBatch) -> None:
    """Bring the counts of ``batch``, which the caller saves, in line with its rows."""
    found = ImportRow.objects.filter(batch=batch).aggregate(
        n_rows=Count("id"),
        n_ok=Count("id", filter=Q(state__in=READY)),
        n_errors=Count("id", filter=Q(state=RowState.ERROR)),
        n_held=Count("id", filter=Q(state=RowState.HELD)),
        n_duplicates=Count("id", filter=Q(state=RowState.DUPLICATE)),
        n_skipped=Count("id", filter=Q(state=RowState.SKIPPED)),
        n_notes=Count("id", filter=Q(has_notes=True)),
        n_families=Count("id", filter=Q(state__in=READY, is_head=True)),
    )
    for name, count in found.items():
        setattr(batch, name, count)
