"""Appeals against a selection: brought within the days, and decided, if it can be, by somebody who did not sign."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.selection import locked_round, lying
from paivand.cases.actions.selection_list import (
    SIGNED_STATES,
    demand_no_conflict,
    full_words,
    locked_candidate,
    n_selected,
    put_on_list,
    quota_of,
    write_step_of,
)
from paivand.cases.models import SelectionAppeal, SelectionCandidate, SelectionRound
from paivand.cases.queries.commission import signed_by
from paivand.cases.rules.selection import (
    APPEALED_TO,
    Added,
    AppealState,
    Basis,
    Choice,
    Outcome,
    RoundState,
    appeal_until,
)
from paivand.cases.rules.selection_codes import codes, numbers
from paivand.core.rules.errors import Refused
from paivand.core.templatetags.paivand import day
from paivand.registry.models import Family


@action(Verb.SELECTION_SIGN, on="chosen")
def bring_appeal(
    *, chosen: SelectionRound, appeal_id: uuid.UUID, family: Family, brought_by: str, brought_on: date, words: str,
    by: User, now: datetime | None = None,
) -> SelectionAppeal:  # fmt: skip
    """Write down an appeal. A family that was forgotten comes onto the list by it, with its profile of this moment.

    Raises:
        Refused: ``twice``, ``state``; ``brought_by``, ``words``; ``date`` before the decision or in the future,
            ``late`` after the last day; ``selected`` for a family that stands selected, ``open`` while another waits;
            ``closed``, ``jamoat`` for a family that cannot be on this list.
    """
    row = locked_round(chosen, *SIGNED_STATES)
    if SelectionAppeal.objects.filter(pk=appeal_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if brought_by not in codes("brought_by"):
        raise Refused(_("Choose who brings the appeal."), "brought_by", field="brought_by")
    if not words.strip():
        raise Refused(_("Write what they say, in their own words."), "words", field="words")
    candidate = SelectionCandidate.objects.filter(round=row, family=family).select_for_update().first()
    _demand_in_time(row, candidate, brought_on)
    at = now or timezone.now()
    if candidate is None:
        candidate = put_on_list(row, family, Added.BY_APPEAL, by=by, at=at)
        if candidate.profile:
            candidate.profile.save()
        candidate.save(force_insert=True)
        row.n_families += 1
        row.rank_anew()
    elif candidate.outcome == Outcome.SELECTED:
        raise Refused(_("This family is selected. There is nothing to appeal against."), "selected", field="code")
    elif SelectionAppeal.objects.filter(candidate=candidate, state=AppealState.OPEN).exists():
        raise Refused(_("An appeal of this family waits for a decision already."), "open", field="code")
    appeal = SelectionAppeal(
        id=appeal_id, round=row, candidate=candidate, brought_by=brought_by, brought_on=brought_on,
        words=words.strip()[:1000], received_by=by, **lying(row),
    )  # fmt: skip
    appeal.save(force_insert=True)
    row.state = RoundState.APPEALS
    row.version += 1
    row.save()
    remark(act="appeal.bring", brought_by=brought_by, new=candidate.added == Added.BY_APPEAL)
    return appeal


def _demand_in_time(row: SelectionRound, candidate: SelectionCandidate | None, brought_on: date) -> None:
    if row.decided_on is None or not row.decided_on <= brought_on <= timezone.localdate():
        raise Refused(
            _("An appeal comes after the decision and not in the future. Check the day."), "date", field="brought_on"
        )
    last = appeal_until(row.decided_on, candidate.told_on if candidate else None, numbers().appeal_days)
    if brought_on > last:
        raise Refused(
            _("The days for an appeal ended on %(day)s. Note it in the family's file and look for other help.")
            % {"day": day(last)},
            "late", field="brought_on",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about an appeal.

    Args:
        upheld: whether the family was right.
        answer: why.
        moved_to: where it stands from now on, if it was right.
        why_same_person: why nobody decides who had not signed the list; needed from those who had.
        beyond_quota: that there is knowingly no free place.
    """

    upheld: bool
    answer: str
    moved_to: Outcome | None = None
    why_same_person: str = ""
    beyond_quota: bool = False


@action(Verb.SELECTION_SIGN, on="appeal")
def decide_appeal(
    *, appeal: SelectionAppeal, verdict: Verdict, version: int, by: User, now: datetime | None = None
) -> SelectionAppeal:  # fmt: skip
    """Decide about an appeal. What was decided before stays in the history; an upheld appeal moves the family.

    Raises:
        Refused: ``state``, ``stale``, ``decided``; ``conflict`` for who stepped aside; ``answer`` without a reason;
            ``signer`` when the decider had signed and does not say why nobody else could; ``moved_to``; ``unassessed``
            for a family whose need is not known; ``quota`` when no place is free and nobody says so.
    """
    row = locked_round(appeal.round, RoundState.APPEALS)
    locked: SelectionAppeal = SelectionAppeal.objects.select_for_update().get(pk=appeal.pk)
    if not locked.is_open:
        raise Refused(_("This appeal is decided already."), "decided")
    if locked.version != version:
        raise Refused(_("Somebody else changed this while you were looking. Read it again, then decide."), "stale")
    candidate = locked_candidate(locked.candidate)
    demand_no_conflict(candidate, by)
    signer = signed_by(by, row)
    _demand_reasons(verdict, signer=signer)
    at = now or timezone.now()
    locked.state = AppealState.UPHELD if verdict.upheld else AppealState.REJECTED
    locked.answer, locked.answered_on, locked.decided_by = verdict.answer.strip()[:1000], timezone.localdate(at), by
    locked.by_signer = signer
    locked.why_same_person = verdict.why_same_person.strip()[:300] if signer else ""
    if verdict.upheld and verdict.moved_to:
        locked.moved_to = verdict.moved_to
        locked.beyond_quota = _move(row, candidate, verdict, by=by, at=at)
    locked.version += 1
    locked.save()
    remark(
        act="appeal.decide", state=str(locked.state), moved_to=str(locked.moved_to), by_signer=signer,
        beyond_quota=locked.beyond_quota,
    )  # fmt: skip
    return locked


def _demand_reasons(verdict: Verdict, *, signer: bool) -> None:
    if not verdict.answer.strip():
        raise Refused(_("Say why. The family is told your words."), "answer", field="answer")
    if signer and not verdict.why_same_person.strip():
        raise Refused(
            _("You signed this list. Leave the appeal to somebody else, or say why nobody else can decide."),
            "signer", field="why_same_person",
        )  # fmt: skip
    if verdict.upheld and verdict.moved_to not in APPEALED_TO:
        raise Refused(_("Choose where the family stands from now on."), "moved_to", field="moved_to")


def _move(
    row: SelectionRound, candidate: SelectionCandidate, verdict: Verdict, *, by: User, at: datetime
) -> bool:  # fmt: skip
    """Move a family whose appeal is upheld; whether more families than places are selected with it."""
    if not candidate.is_listed:
        raise Refused(_("Nobody knows what this family needs today. Assess it before the appeal is upheld."),
                      "unassessed")  # fmt: skip
    beyond = False
    if verdict.moved_to is Outcome.SELECTED:
        quota = quota_of(row, candidate.jamoat_id)
        beyond = n_selected(row, candidate.jamoat_id, apart_from=candidate.pk) >= quota
        if beyond and not verdict.beyond_quota:
            said = full_words(quota, candidate.jamoat.name)
            raise Refused(f"{said} {_('Say that this one comes in addition.')}", "quota", field="beyond_quota")
    choice = Choice(Outcome(str(verdict.moved_to)), "appeal_upheld", verdict.answer.strip()[:500])
    candidate.settle(choice, Basis.APPEAL, by, at).save()
    if choice.outcome is Outcome.SELECTED:
        write_step_of(row, candidate, by=by, on=timezone.localdate(at))
    candidate.save()
    return beyond
