"""Finding pairs of records that may be one person, and deciding about them. Nothing is merged by itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.methods.linkage import APART, Comparison, compare
from paivand.registry.models import DuplicatePair, Family, Person
from paivand.registry.queries.duplicates import candidate_pairs, changed_people, known_pairs
from paivand.registry.queries.matches import records
from paivand.registry.rules.duplicates import Verdict, model

BATCH = 200
"""How many people one run looks for; a run of a whole district is many of them."""


@dataclass(frozen=True)
class Found:
    """What one run found: how many people were looked for, how many pairs are new, and where to go on."""

    looked_for: int
    pairs: int
    after: uuid.UUID | None


@action(Verb.DUPLICATE_REVIEW, on="scope")
def find_pairs(
    *, scope: Scope, by: User, after: uuid.UUID | None = None, since: datetime | None = None,
    people: Sequence[uuid.UUID] | None = None,
) -> Found:  # fmt: skip
    """Look for possible duplicates of some people of a district, and list the pairs for review.

    Running it again lists nothing twice. A pair that somebody decided about is never opened again; one that is still
    open gets the weight of the present facts.

    Args:
        scope: the district whose people are looked for; candidates are all people within the reach of ``by``.
        after: the ``after`` of the run before.
        since: only people whose record changed since then.
        people: only these, such as those of a list that was taken in.
    """
    rows, further = changed_people(by, scope, after=after, since=since, people=people, limit=BATCH)
    pairs = candidate_pairs(by, rows)
    known = records(by, {pk for pair in pairs for pk in pair})
    judged = {
        pair: result
        for pair in pairs
        if pair[0] in known and pair[1] in known
        if (result := compare(known[pair[0]].facts, known[pair[1]].facts, model())).grade != APART
    }
    listed = known_pairs(by, judged)
    new = [
        _pair(known[one].person, known[other].person, result)
        for (one, other), result in judged.items()
        if (one, other) not in listed
    ]
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True)
    _weigh_anew(listed, judged)
    remark(looked_for=len(rows), pairs=len(new))
    return Found(len(rows), len(new), further)


def _pair(one: Person, other: Person, result: Comparison) -> DuplicatePair:
    """An unsaved pair; it lies where the first of the two lies."""
    return DuplicatePair(
        one=one, other=other, other_district_id=other.district_id, weight=result.weight, evidence=evidence(result),
        district_id=one.district_id, agency_id=one.agency_id, team_id=one.team_id, owner_id=one.owner_id,
    )  # fmt: skip


def evidence(result: Comparison) -> list[list[object]]:
    """The comparisons as they are kept with a pair: field, level and weight, never a value."""
    rows: list[list[object]] = [[finding.field, finding.level, finding.weight] for finding in result.findings]
    return [*rows, ["rule", result.kept_apart, 0]] if result.kept_apart else rows


def _weigh_anew(
    listed: Mapping[tuple[uuid.UUID, uuid.UUID], DuplicatePair],
    judged: Mapping[tuple[uuid.UUID, uuid.UUID], Comparison],
) -> None:
    """Bring open pairs in line with the present facts."""
    changed = []
    for key, pair in listed.items():
        result = judged[key]
        if pair.verdict == Verdict.OPEN and pair.weight != result.weight:
            pair.weight, pair.evidence = result.weight, evidence(result)
            changed.append(pair)
    if changed:
        DuplicatePair.objects.bulk_update(changed, ["weight", "evidence"])


@action(Verb.DUPLICATE_REVIEW, on="pair")
def decide_pair(*, pair: DuplicatePair, verdict: Verdict, reason: str, version: int, by: User) -> DuplicatePair:
    """Write down whether two records are one person. It changes neither record; merging is a step of its own.

    Raises:
        Refused: without a reason; ``stale`` when somebody else decided meanwhile; ``merged`` while the two are merged.
    """
    locked: DuplicatePair = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    if locked.version != version:
        raise Refused(_("Somebody else decided about this pair while you were looking. Read it again."), "stale")
    if verdict is Verdict.OPEN:
        raise Refused(_("Choose whether it is one person."), "verdict", field="verdict")
    if not reason.strip():
        raise Refused(_("Say what you go by: a talk, a paper, a neighbour."), "reason", field="reason")
    if verdict is not Verdict.SAME and _merged_together(locked):
        raise Refused(_("The two records are merged. Undo the merge first."), "merged", field="verdict")
    locked.settle(verdict, reason, by, timezone.now())
    locked.save()
    remark(verdict=str(verdict))
    return locked


def _merged_together(pair: DuplicatePair) -> bool:
    arrows = dict(Person.objects.filter(pk__in=[pair.one_id, pair.other_id]).values_list("pk", "merged_into_id"))
    ends = {arrows.get(pk) or pk for pk in (pair.one_id, pair.other_id)}
    return len(ends) == 1


@action(Verb.FAMILY_REGISTER, on="family")
def set_apart(
    *, family: Family, answered: Mapping[uuid.UUID, Iterable[uuid.UUID]], by: User
) -> Family:  # fmt: skip
    """Keep the answer "none of these" of whoever registered people: those pairs are not asked about again.

    Args:
        answered: for each new person the registered people who were shown to the worker and are somebody else.
    """
    wanted = {pk for others in answered.values() for pk in others} | set(answered)
    known = records(by, wanted)
    rows = []
    for person_id, others in answered.items():
        for other_id in others:
            if person_id not in known or other_id not in known or person_id == other_id:
                continue
            one, other = sorted((known[person_id], known[other_id]), key=lambda record: record.person.pk)
            pair = _pair(one.person, other.person, compare(one.facts, other.facts, model()))
            pair.verdict, pair.reason = Verdict.DIFFERENT, _("answered at registration")
            pair.decided_by, pair.decided_at = by, timezone.now()
            rows.append(pair)
    DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True)
    remark(pairs=len(rows))
    return family
