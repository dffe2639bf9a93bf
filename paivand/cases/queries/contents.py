"""What lies in a case at all: most cases have few kinds of records, and only those are read for its page."""

from __future__ import annotations

from django.db import connection, models

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

_FURTHER = {Approval: "and decision <> 'approved'"}
"""An approval is no story of its own: the plan and the closure tell it."""

_THERE = ", ".join(
    f'exists (select from "{kind._meta.db_table}" where case_id = %(case)s {_FURTHER.get(kind, "")})' for kind in KINDS
)
_STATEMENT = f"select {_THERE}"


def kinds_in(case: Case) -> Kinds:
    """The kinds of ``KINDS`` of which something lies in the case, as far as row security shows it to who asks.

    Of approvals only those that were none.

    It saves questions and shows nothing: whoever reads rows of a kind asks through ``seen_by`` as always.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"case": case.pk})
        return frozenset(kind for kind, there in zip(KINDS, cursor.fetchone(), strict=True) if there)
