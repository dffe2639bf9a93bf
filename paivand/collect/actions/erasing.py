"""Erasing what forms from the field said: when it has been kept long enough, or somebody withdraws the consent.

What goes is the XML, the files, what was mended and decided, the words about it, the values in conflicts, the keys of
those it was about, and of a survey the answers in its table. What stays is the row: that a form of this kind arrived
then, from whom, what became of it and which records it led to.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.concerning import blank_mentions, keys_as_kept, keys_of_families, remember_keys
from paivand.collect.actions.entities import erase_changes, erase_values_of
from paivand.collect.actions.moving import Because, move
from paivand.collect.actions.survey_files import drop_files
from paivand.collect.actions.work import erase_rows_of
from paivand.collect.models import (
    Submission,
    SubmissionContent,
    SubmissionFile,
    SubmissionKey,
    SubmissionStep,
    SurveyAnswer,
)
from paivand.collect.queries.upkeep import forms_without_keys, old_forms, withdrawn_forms
from paivand.collect.rules.concerned import KeyKind, about_others, only_mentions
from paivand.collect.rules.keeping import ERASED, open_for
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import TO_DO, Act, Problem
from paivand.core.models.files import forget
from paivand.core.rules.writing import writing
from paivand.learning.models import Enrolment, FollowUp, Plot, Session
from paivand.referrals.models import Referral
from paivand.registry.models import CONSENT_ENDS, FamilyMember
from paivand.registry.queries.consents import Withdrawal

AT_ONCE = 100


def erase_old_forms(now: datetime | None = None) -> int:
    """Erase what some forms said that were taken in or set aside long ago, or whose consent was withdrawn.

    Returns how many, 0 when none is left.
    """
    moment = now or timezone.now()
    with for_purpose("upkeep"), writing("upkeep"):
        found = list(old_forms(moment).select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for sent in found:
            _erase(sent, moment)
            record_event(Verb.FORM_FILL, by=None, subject=sent, scope=Scope.of(sent), detail={"stage": "erase"})
        due = list(withdrawn_forms(moment).select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for sent in due:
            _end(sent, moment)
            detail = {"stage": "consent_withdrawn"}
            record_event(Verb.FORM_FILL, by=None, subject=sent, scope=Scope.of(sent), detail=detail)
    return len(found) + len(due)


def note_missing_keys() -> int:
    """Write down whom some forms are about that arrived before that was done.

    Each bears its own key then, which says that it was looked at. Returns how many, 0 when none is left.
    """
    with for_purpose("upkeep"), writing("upkeep"):
        found = list(forms_without_keys().select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for sent in found:
            remember_keys(sent, {**keys_as_kept(sent), sent.pk: KeyKind.OTHER})
    return len(found)


def count_forms(by: User, withdrawal: Withdrawal) -> int:
    """How many forms from the field are erased with the data of these people; also those that ``by`` may not see."""
    with for_purpose(CONSENT_ENDS):
        reached = _Reached.by(withdrawal)
        fates = _fates(list(_holding(reached)), reached).values()
        return sum(fate not in {_Fate.SPEAKS, _Fate.STAYS} for fate in fates)


def erase_forms(by: User, withdrawal: Withdrawal, on: date, reason: str) -> None:
    """Erase them. One that was not taken in yet is set aside for good, because it may not be taken in any more.

    A form that is about others too, such as the attendance of a group, is still taken in by whoever works on it: what
    it said is erased as soon as it is, and after some weeks in any case. One about another family that speaks of those
    who withdrew in a sentence only loses that answer where it would be kept for ever, in a survey; else it stays.
    """
    now = timezone.now()
    with for_purpose(CONSENT_ENDS), writing(Verb.FORM_FILL):
        reached = _Reached.by(withdrawal)
        held = list(_holding(reached).select_for_update(of=("self",)))
        fates = _fates(held, reached)
        for sent in held:
            fate = fates[sent.pk]
            if fate is _Fate.STAYS:
                continue
            if fate is _Fate.SPEAKS:
                blank_mentions(sent, reached.gone)
                drop_files(sent.form_id)
                sent.version += 1
                sent.save(update_fields=["version", "changed_at"])
            elif fate is _Fate.WAITS:
                sent.erase_by = timezone.localdate(now) + open_for()
                sent.version += 1
                sent.save(update_fields=["erase_by", "version", "changed_at"])
            else:
                _end(sent, now, is_withdrawn=fate is _Fate.ENDS)
            detail = {"stage": "answer_erased" if fate is _Fate.SPEAKS else "consent_withdrawn"}
            record_event(Verb.FORM_FILL, by=by, subject=sent, scope=Scope.of(sent), detail=detail)
        erase_changes(reached.closing, reached.people)
    with for_purpose("upkeep"), writing(Verb.FORM_FILL):
        erase_rows_of({family.pk for family in withdrawal.closing})


def _end(sent: Submission, now: datetime, *, is_withdrawn: bool = True) -> None:
    """Set a form aside for good that was not taken in, and erase it, with all values."""
    if sent.state in {SubmissionState.WAITING, *TO_DO}:
        move(sent, Act.SET_ASIDE, by=None, now=now, because=Because(Problem.CONSENT, reason=Problem.CONSENT))
    _erase(sent, now, is_withdrawn=is_withdrawn)


@dataclass(frozen=True)
class _Reached:
    """Under which keys forms name those whom a withdrawal reaches.

    Args:
        gone: of people and families whose data are erased, with their places in groups and their referrals.
        files: of files that they leave, which may speak of them without naming them. Such a form was taken in and
            stands in the records; what it said in words goes, too.
        places: of plots and sessions of their groups: the same.
        closing: families whose file closes: all that devices changed there goes.
        people: whose own entries devices changed, also in files that stay.
    """

    gone: frozenset[uuid.UUID] = frozenset()
    files: frozenset[uuid.UUID] = frozenset()
    places: frozenset[uuid.UUID] = frozenset()
    closing: frozenset[uuid.UUID] = frozenset()
    people: frozenset[uuid.UUID] = frozenset()

    @classmethod
    def by(cls, withdrawal: Withdrawal) -> _Reached:
        """Asked for the purpose of a consent that ends, so that no row is missed for want of somebody's right."""
        if not withdrawal.erased:
            return cls()
        people, closing = list(withdrawal.erased), list(withdrawal.closing)
        enrolled = Enrolment.objects.filter(person_id__in=people)
        groups = list(enrolled.values_list("group_id", flat=True).distinct())
        sent_on = Referral.objects.filter(Q(person_id__in=people) | Q(family__in=closing))
        gone = {
            *people, *keys_of_families(closing), *enrolled.values_list("pk", flat=True),
            *FollowUp.objects.filter(enrolment__person_id__in=people).values_list("pk", flat=True),
            *sent_on.values_list("pk", flat=True),
        }  # fmt: skip
        former = FamilyMember.objects.filter(person_id__in=people).values_list("family_id", flat=True)
        files = {*keys_of_families(member.family for member in withdrawal.leaving), *former}
        places = {
            *Plot.objects.filter(group_id__in=groups).values_list("pk", flat=True),
            *Session.objects.filter(group_id__in=groups).values_list("pk", flat=True),
        }
        return cls(
            frozenset(gone), frozenset(files - gone), frozenset(places - gone),
            frozenset(family.pk for family in closing), frozenset(people),
        )  # fmt: skip


class _Fate(Enum):
    """What becomes of a form that a withdrawal reaches."""

    ENDS = auto()
    FADES = auto()
    """It was taken in about a file or a group that stays: it is erased, and what is open between two changes is not."""
    WAITS = auto()
    SPEAKS = auto()
    STAYS = auto()


def _fates(held: list[Submission], reached: _Reached) -> dict[uuid.UUID, _Fate]:
    """What becomes of each of these forms. Edits of one form stand in one row of a survey, so they have one subject."""
    kinds: dict[tuple[uuid.UUID, str], dict[uuid.UUID, KeyKind]] = {}
    roots = {sent.pk: (sent.form_id, sent.root_id) for sent in held}
    rows = SubmissionKey.objects.filter(submission_id__in=list(roots))
    for pk, key, kind in rows.values_list("submission_id", "key", "kind"):
        theirs = kinds.setdefault(roots[pk], {})
        if theirs.get(key, KeyKind.OTHER) is KeyKind.OTHER:
            theirs[key] = KeyKind(kind)
    return {sent.pk: _fate(sent, kinds.get(roots[sent.pk], {}), reached) for sent in held}


def _fate(sent: Submission, kinds: Mapping[uuid.UUID, KeyKind], reached: _Reached) -> _Fate:
    if sent.is_survey:
        if only_mentions(kinds, reached.gone):
            return _Fate.SPEAKS
    elif only_mentions(kinds, reached.gone | reached.files) and not reached.places & kinds.keys():
        return _Fate.STAYS
    is_named = bool(reached.gone & kinds.keys()) and not only_mentions(kinds, reached.gone)
    if sent.state in {SubmissionState.WAITING, *TO_DO}:
        return _Fate.WAITS if about_others(kinds, reached.gone) else _Fate.ENDS
    if is_named:
        return _Fate.ENDS
    return _Fate.STAYS if sent.state == SubmissionState.ASIDE else _Fate.FADES


def _holding(reached: _Reached) -> QuerySet[Submission]:
    """Forms that name those who are reached, or what may speak of them; of surveys, those that name them.

    Edits of one form belong together, and one that was replaced early may have named nobody.
    """
    beside = list(reached.files | reached.places)
    named = SubmissionKey.objects.filter(
        Q(key__in=list(reached.gone)) | Q(key__in=beside, is_survey=False)
    ).values_list("submission_id", flat=True)
    keys = set(named)
    roots = set(Submission.objects.filter(pk__in=keys).values_list("form_id", "root_id"))
    same = Submission.objects.filter(root_id__in=[root for _form, root in roots])
    keys |= {pk for pk, form, root in same.values_list("pk", "form_id", "root_id") if (form, root) in roots}
    return Submission.objects.filter(pk__in=keys, erased_at=None).order_by("pk")


def _erase(sent: Submission, now: datetime, *, is_withdrawn: bool = False) -> None:
    """Take away what a form said and the words about it; a part of two ways to erase.

    Args:
        is_withdrawn: the values of a conflict that nobody has settled go as well.
    """
    SubmissionContent.objects.filter(submission=sent).delete()
    for file in SubmissionFile.objects.filter(submission=sent):
        key = file.pk
        file.delete()
        transaction.on_commit(lambda key=key: forget(key))  # type: ignore[misc]
    # What the program wrote there is a word of its own, such as that a newer form came.
    SubmissionStep.objects.filter(submission=sent, by__isnull=False).exclude(reason="").update(reason="")
    SubmissionKey.objects.filter(submission=sent).delete()
    erase_values_of(sent, is_withdrawn=is_withdrawn)
    if sent.is_survey:  # its row stays, and is counted
        SurveyAnswer.objects.filter(form_id=sent.form_id, root_id=sent.root_id).update(
            values={}, parts={}, erased_at=now, changed_at=now
        )
        drop_files(sent.form_id)
    sent.erased_at, sent.problem_words, sent.erase_by = now, None, None
    if sent.aside_reason and sent.problem not in {Problem.REPLACED, Problem.CONSENT}:
        sent.aside_reason = ERASED
    sent.version += 1
    sent.save()
