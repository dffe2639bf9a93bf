"""Documents of a case: kept sealed beside the database, opened with an entry in the audit, taken away with a reason."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.reached import demand_people
from paivand.cases.models import Case, CaseDocument, LegalMatter
from paivand.cases.rules.papers import document_kinds, removal_reasons
from paivand.cases.rules.records import PaperDraft
from paivand.core.models.files import forget, store
from paivand.core.rules.errors import Refused
from paivand.core.rules.uploads import UNFIT_NAMES, UnfitFileError, fit
from paivand.registry.actions.families import demand_fresh


@action(Verb.CASE_WORK, on="case")
def keep_document(
    *, case: Case, document_id: uuid.UUID, draft: PaperDraft, content: bytes, by: User, now: datetime | None = None
) -> CaseDocument:  # fmt: skip
    """Keep a file; ``document_id`` is made by the form, so that a double tap keeps one.

    What the file is, its content says. A photograph loses where and when it was taken.

    Raises:
        Refused: ``twice``, ``closed``; ``kind``, ``people``, ``matter``, ``date``; one of ``Unfit`` for a file that is
            not taken.
    """
    locked = locked_case(case)
    if CaseDocument.objects.filter(pk=document_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_possible(locked, draft, by, now)
    try:
        taken = fit(content)
    except UnfitFileError as error:
        raise Refused(_(UNFIT_NAMES[error.why]), error.why.value, field="file") from None
    document = CaseDocument(
        id=document_id, kind=draft.kind, title=draft.title.strip(), person_id=draft.person, matter_id=draft.matter,
        dated_on=draft.dated_on, media_type=taken.kind.media_type, n_bytes=len(taken.content),
        sha256=hashlib.sha256(taken.content).hexdigest(),
    )  # fmt: skip
    within(locked, document, by).save(force_insert=True)
    store(document_id, taken.content)
    remark(act="document.keep", kind=draft.kind, type=taken.kind.name, bytes=len(taken.content))
    return document


def _demand_possible(case: Case, draft: PaperDraft, by: User, now: datetime | None) -> None:
    if draft.kind not in document_kinds():
        raise Refused(_("Choose from the list what it is."), "kind", field="kind")
    if draft.person:
        demand_people(case, [draft.person], by, field="person")
    if draft.matter and not LegalMatter.objects.filter(pk=draft.matter, case=case).exists():
        raise Refused(_("This matter does not belong to the case. Choose again."), "matter", field="matter")
    if draft.dated_on and draft.dated_on > timezone.localdate(now):
        raise Refused(_("The day lies in the future. Check it."), "date", field="dated_on")


@action(Verb.CASE_VIEW, on="document")
def open_document(*, document: CaseDocument, by: User) -> CaseDocument:
    """Note that ``by`` reads the file of a document.

    Raises:
        Refused: ``removed`` when it was taken away.
    """
    if document.removed_at:
        raise Refused(_("This document was taken away. Nobody can open it any more."), "removed")
    remark(act="document.open", document=str(document.pk), kind=document.kind)
    return document


@action(Verb.CASE_WORK, on="document")
def remove_document(
    *, document: CaseDocument, version: int, why: str, by: User, now: datetime | None = None
) -> CaseDocument:  # fmt: skip
    """Take a document away, in a closed case too: its file goes for good, the row says when, by whom and why.

    Raises:
        Refused: ``why`` for a reason that is not of the list; ``already``, ``stale``.
    """
    row: CaseDocument = (
        CaseDocument.objects.select_for_update(of=("self",)).select_related("case").get(pk=document.pk)
    )  # fmt: skip
    demand_fresh(row, version)
    if why not in removal_reasons():
        raise Refused(_("Choose from the list why it is taken away."), "why", field="why")
    if row.removed_at:
        raise Refused(_("This document was taken away already."), "already")
    row.removed_at, row.removed_by, row.removed_why = now or timezone.now(), by, why
    row.version += 1
    row.save(update_fields=["removed_at", "removed_by", "removed_why", "version", "changed_at"])
    transaction.on_commit(lambda: forget(row.pk))
    remark(act="document.remove", kind=row.kind, why=why)
    return row
