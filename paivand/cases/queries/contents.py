"""What lies in a case at all: most cases have few kinds of records, and only those are read for its page."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.db.models import Exists, Q

from paivand.cases.models import (
    Approval,
    Case,
    CaseDocument,
    CaseMove,
    Conference,
    ConferenceDecision,
    Correction,
    GroupMember,
    LegalMatter,
    Note,
    PsychosocialSession,
    Schooling,
    SupervisedCase,
    Transfer,
    Visit,
)

Kinds = frozenset[type[models.Model]]

KINDS: tuple[type[models.Model], ...] = (
    Approval, CaseDocument, CaseMove, Conference, ConferenceDecision, Correction, GroupMember, LegalMatter, Note,
    PsychosocialSession, Schooling, SupervisedCase, Transfer, Visit,
)  # fmt: skip

_FURTHER: Mapping[type[models.Model], Q] = {Approval: ~Q(decision="approved")}
"""An approval is no story of its own: the plan and the closure tell it."""


def kinds_in(case: Case) -> Kinds:
    """The kinds of ``KINDS`` of which something lies in the case, as far as row security shows it to who asks.

    Of approvals only those that were none.

    It saves questions and shows nothing: whoever reads rows of a kind asks through ``seen_by`` as always.
    """
    asked = [Exists(kind._base_manager.filter(_FURTHER.get(kind, Q()), case_id=case.pk)) for kind in KINDS]
    there = Case.objects.filter(pk=case.pk).values_list(*asked).first() or ()
    return frozenset(kind for kind, is_there in zip(KINDS, there, strict=False) if is_there)
