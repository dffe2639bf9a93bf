"""Erasing what forms from the field said: when it has been kept long enough, or a family withdraws its consent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.entities import erase_changes
from paivand.collect.actions.moving import Because, move
from paivand.collect.models import Submission, SubmissionContent, SubmissionFamily, SubmissionFile
from paivand.collect.rules.keeping import kept_for
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import TO_DO, Act, Problem
from paivand.core.models.files import forget
from paivand.core.rules.writing import writing
from paivand.registry.models import CONSENT_ENDS, FamilyMember
from paivand.registry.queries.consents import Withdrawal

AT_ONCE = 100


def erase_old_forms(now: datetime | None = None) -> int:
    """Erase what some forms said that were taken in or set aside long ago. Returns how many, 0 when none is left."""
    moment = now or timezone.now()
    with for_purpose("upkeep"), writing("upkeep"):
        found = Submission.objects.filter(
            state__in=[SubmissionState.TAKEN, SubmissionState.ASIDE],
            is_survey=False,
            erased_at=None,
            state_at__lt=moment - kept_for(),
        )
        old = list(found.order_by("state_at").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for sent in old:
            _erase(sent, moment)
            record_event(Verb.FORM_FILL, by=None, subject=sent, scope=Scope.of(sent), detail={"stage": "erase"})
    return len(old)


def count_forms(by: User, withdrawal: Withdrawal) -> int:
    """How many forms from the field hold data of those whose data are erased; also those that ``by`` may not see."""
    with for_purpose(CONSENT_ENDS):
        return _holding(withdrawal).count()


def erase_forms(by: User, withdrawal: Withdrawal, on: date, reason: str) -> None:
    """Erase them. One that was not taken in yet is set aside for good, because it may not be taken in any more.

    Where one member leaves and the file stays, forms that were not taken in yet stay too: they may be about the others,
    and a person looks at each of them.
    """
    now = timezone.now()
    with for_purpose(CONSENT_ENDS), writing(Verb.FORM_FILL):
        for sent in _holding(withdrawal).select_for_update(of=("self",)):
            if sent.state in {SubmissionState.WAITING, *TO_DO}:
                if not withdrawal.closing:
                    continue
                move(sent, Act.SET_ASIDE, by=None, now=now, because=Because(Problem.CONSENT, reason=Problem.CONSENT))
            _erase(sent, now)
            record_event(
                Verb.FORM_FILL, by=by, subject=sent, scope=Scope.of(sent), detail={"stage": "consent_withdrawn"}
            )
        erase_changes(_families(withdrawal))


def _families(withdrawal: Withdrawal) -> set[uuid.UUID]:
    closing = {family.pk for family in withdrawal.closing}
    return closing | {member.family_id for member in withdrawal.leaving}


def _holding(withdrawal: Withdrawal) -> QuerySet[Submission]:
    """Forms about the families that close or are left, and what else was written of the people who are erased."""
    members = FamilyMember.objects.filter(person_id__in=list(withdrawal.erased)).values_list("family_id", flat=True)
    families: Iterable[uuid.UUID] = {*_families(withdrawal), *members} if withdrawal.erased else set()
    named = SubmissionFamily.objects.filter(family_id__in=list(families)).values("submission_id")
    # Edits of one form belong together, and one that was replaced early may have named nobody.
    roots = list(Submission.objects.filter(pk__in=named).values_list("root_id", flat=True))
    return Submission.objects.filter(Q(pk__in=named) | Q(root_id__in=roots), is_survey=False, erased_at=None)


def _erase(sent: Submission, now: datetime) -> None:
    """Take away the XML, the files and the words about them; a part of two ways to erase."""
    SubmissionContent.objects.filter(submission=sent).delete()
    for file in SubmissionFile.objects.filter(submission=sent):
        key = file.pk
        file.delete()
        transaction.on_commit(lambda key=key: forget(key))  # type: ignore[misc]
    sent.erased_at, sent.problem_words = now, None
    sent.version += 1
    sent.save()
