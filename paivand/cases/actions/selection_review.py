"""Looking again at a sample of a selection: whether those who were selected should have been, and who was missed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.selection import locked_round, lying
from paivand.cases.actions.selection_list import demand_no_conflict
from paivand.cases.models import (
    SelectionDecision,
    SelectionRevisit,
    SelectionRound,
    SelectionSample,
)
from paivand.cases.queries.commission import signed_by
from paivand.cases.queries.selection_profiles import profiles
from paivand.cases.rules.selection import SIGNED, Finding, Group, How, Outcome
from paivand.cases.rules.selection_codes import numbers
from paivand.core.rules.errors import Refused
from paivand.methods.selection import drawn, sample_size

MOST_REVISITS = 500


def proposed_size(n: int) -> int:
    """How many families of a group of ``n`` the formula asks for."""
    declared = numbers()
    return sample_size(
        n, margin=declared.review_margin, confidence=declared.review_confidence, expected=declared.review_expected
    )


@action(Verb.SELECTION_SIGN, on="chosen")
def draw_sample(
    *, chosen: SelectionRound, by: User, most: int | None = None, now: datetime | None = None, seed: str = ""
) -> SelectionSample:  # fmt: skip
    """Draw at random which families are looked at again, from those selected and from the others.

    Args:
        most: of each group at most so many, where the formula asks for more than can be visited.
        seed: only for drawing an earlier sample again; a new one is made else.

    Raises:
        Refused: ``state`` before the list is signed; ``twice`` when it was drawn; ``most`` for an impossible number.
    """
    row = locked_round(chosen, *SIGNED)
    if SelectionSample.objects.filter(round=row).exists():
        raise Refused(_("The sample of this selection was drawn already. It is drawn once."), "twice")
    if most is not None and not 1 <= most <= MOST_REVISITS:
        raise Refused(
            _("A number of families lies between 1 and %(most)s. Check it.") % {"most": MOST_REVISITS}, "most",
            field="most",
        )  # fmt: skip
    groups: dict[Group, dict[str, object]] = {Group.SELECTED: {}, Group.OTHERS: {}}
    for key, family, outcome in row.candidates.values_list("pk", "family_id", "outcome"):
        groups[Group.SELECTED if outcome == Outcome.SELECTED else Group.OTHERS][str(family)] = key
    sizes = {group: min(proposed_size(len(found)), most or MOST_REVISITS) for group, found in groups.items()}
    sample = SelectionSample(
        round=row, seed=seed or secrets.token_hex(16), n_selected=len(groups[Group.SELECTED]),
        n_others=len(groups[Group.OTHERS]), size_selected=sizes[Group.SELECTED], size_others=sizes[Group.OTHERS],
        drawn_by=by, drawn_at=now or timezone.now(), **lying(row),
    )  # fmt: skip
    sample.save(force_insert=True)
    SelectionRevisit.objects.bulk_create(
        SelectionRevisit(round=row, sample=sample, candidate_id=str(found[family]), group=group, lot=lot, **lying(row))
        for group, found in groups.items()
        for lot, family in enumerate(drawn(found, sizes[group], sample.seed), start=1)
    )
    remark(act="sample.draw", selected=sample.size_selected, others=sample.size_others)
    return sample


@dataclass(frozen=True, slots=True)
class Look:
    """What a revisit found, how and when. ``WRONG`` says that the family belonged into the other group."""

    finding: Finding
    how: How
    found_on: date
    words: str = ""


@action(Verb.SELECTION_SIGN, on="revisit")
def record_revisit(*, revisit: SelectionRevisit, look: Look, version: int, by: User) -> SelectionRevisit:
    """Write down what a second look at a family found. It may be corrected; it changes nothing for the family.

    Raises:
        Refused: ``stale``; ``conflict`` for who stepped aside from the family; ``date`` before the decision or in the
            future; ``assessment`` when there is no new one; ``words`` where the family stands in the wrong group.
    """
    row = locked_round(revisit.round, *SIGNED)
    locked: SelectionRevisit = SelectionRevisit.objects.select_for_update().get(pk=revisit.pk)
    if locked.version != version:
        raise Refused(_("Somebody else changed this while you were looking. Read it again, then decide."), "stale")
    demand_no_conflict(locked.candidate, by)
    if row.decided_on is None or not row.decided_on <= look.found_on <= timezone.localdate():
        raise Refused(
            _("A second look comes after the decision and not in the future. Check the day."), "date",
            field="found_on",
        )  # fmt: skip
    if look.finding is Finding.WRONG and not look.words.strip():
        raise Refused(_("Say in words what shows that the family stands in the wrong group."), "words", field="words")
    locked.assessment_id = None
    if look.how is How.ASSESSMENT and look.finding is not Finding.NOT_FOUND:
        family = locked.candidate.family_id
        present = profiles(by, [family]).get(family)
        if present is None or present.answered_on < row.decided_on:
            raise Refused(
                _("There is no assessment of this family since the decision. Make one, or choose the home visit."),
                "assessment", field="how",
            )  # fmt: skip
        locked.assessment_id = present.assessment_id
    decided = SelectionDecision.objects.filter(candidate_id=locked.candidate_id, decided_by=by).exists()
    locked.finding, locked.how, locked.found_on = look.finding, look.how, look.found_on
    locked.words, locked.found_by = look.words.strip()[:500], by
    locked.is_independent = not decided and not signed_by(by, row)
    locked.version += 1
    locked.save()
    remark(act="sample.look", group=locked.group, finding=str(look.finding), independent=locked.is_independent)
    return locked
