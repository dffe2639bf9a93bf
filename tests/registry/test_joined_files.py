"""What a file carries for lists while another is joined with it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.registry.actions.merges import merge_people, undo_merge
from paivand.registry.actions.migration import record_absence
from paivand.registry.rules.drafts import AbsenceDraft
from paivand.registry.rules.migration import AbsenceStatus
from tests.cast import register

pytestmark = pytest.mark.django_db


def test_a_joined_file_carries_what_was_told_in_both_and_gives_it_back(zarina, nasiba):
    stays = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    gone = register(zarina, given="Джамила", surname="Каримова", members=0)
    with acting_as(zarina):
        record_absence(family=gone, draft=AbsenceDraft(AbsenceStatus.MISSING, timezone.localdate()), by=zarina)
    with acting_as(nasiba):
        merge = merge_people(kept=stays.head, absorbed=gone.head, reason="One woman, two lists.", by=nasiba, join=True)
        stays.refresh_from_db()
        assert stays.absence_status == AbsenceStatus.MISSING
        undo_merge(merge=merge, reason="Two sisters-in-law.", by=nasiba)
        stays.refresh_from_db()
        gone.refresh_from_db()
        assert (stays.absence_status, gone.absence_status) == ("", AbsenceStatus.MISSING)
