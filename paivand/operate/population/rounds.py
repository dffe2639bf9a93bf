"""Selections of the demonstration: in each district one that is decided, with an appeal, and one that is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions.appeals import Verdict, bring_appeal, decide_appeal
from paivand.cases.actions.commission import conclude, seat_outside_member, sign_list, step_aside, take_seat
from paivand.cases.actions.selection import begin_commission, draw_up_list, open_round, share_places
from paivand.cases.actions.selection_list import decide, take_proposals, tell_family
from paivand.cases.models import SelectionCandidate, SelectionRound, SelectionSeat
from paivand.cases.queries.commission import present_list
from paivand.cases.rules.selection import PROPOSED_REASONS, Choice, ConflictKind, Outcome, Part
from paivand.instruments.actions.flags import answer_flag
from paivand.instruments.models import Assessment, RedFlag
from paivand.operate.population.measures import PROFILE, profiles_of, write_down
from paivand.operate.population.stories import Scene
from paivand.operate.population.telling import told
from paivand.registry.models import Family
from paivand.registry.rules.keys import row_key

ROOT = UUID("019a0000-0000-7000-8000-0000005e1ec7")
DONE, OPEN = "done", "open"
AGO: Mapping[str, int] = {DONE: 17, OPEN: 6}
"""How many days ago each began."""
FEWEST = 5
"""With fewer families that were assessed there is nothing to select from."""
ENOUGH = 8
"""So many families make a selection; where a jamoat has fewer, its neighbours belong to it too."""


@dataclass(frozen=True)
class Commission:
    """Who sits in it: a social worker who leads it, a colleague, and the supervisor."""

    leader: User
    others: Sequence[User]


def write_rounds(scene: Scene) -> None:
    """Tell both selections of every district; the second supervisor, who does not sit there, hears appeals."""
    for turn, district in enumerate(scene.workers):
        commission = Commission(scene.workers[district][0], (scene.workers[district][1], scene.supervisor))
        left = Counter(str(home.family.jamoat_id) for home in scene.known[district]).most_common()
        for name in (DONE, OPEN):
            jamoats: list[str] = []
            n = 0
            while left and n < ENOUGH:
                jamoat, here = left.pop(0)
                jamoats.append(jamoat)
                n += here
            if n >= FEWEST:
                _profile(scene, district, jamoats, name, commission.leader)
                _round(scene, district, jamoats, name, commission, appeal_is_open=turn == 0)


def rounds_written(supervisor: User) -> bool:
    """Whether there are selections already."""
    with acting_as(supervisor):
        return SelectionRound.objects.exists()


def _profile(scene: Scene, district: str, jamoats: Sequence[str], name: str, by: User) -> None:
    """Assess families of these jamoats that nobody assessed yet; one cannot wait, and the supervisor was there."""
    words = told()["selection"]
    homes = [home for home in scene.known[district] if str(home.family.jamoat_id) in jamoats]
    with acting_as(by):
        assessed = Assessment.objects.filter(instrument=PROFILE, family__jamoat_id__in=jamoats)
        known = set(assessed.values_list("family_id", flat=True))
    left: list[Family] = [home.family for home in homes if home.family.pk not in known][: words["most_profiles"]]
    write_down(by, district, profiles_of(scene, left, AGO[name] + 4, row_key(ROOT, *jamoats), words["flags"]))
    with acting_as(scene.supervisor):
        for flag in RedFlag.objects.filter(assessment__family__in=[one.pk for one in left[:1]], answered_at=None):
            answer_flag(
                flag=flag, note=words["flag_answered"], version=flag.version, by=scene.supervisor,
                now=scene.at(AGO[name] + 3),
            )  # fmt: skip


def _round(
    scene: Scene, district: str, jamoats: Sequence[str], name: str, commission: Commission, *, appeal_is_open: bool
) -> None:
    words, leader, ago = told()["selection"], commission.leader, AGO[name]
    with acting_as(leader):
        chosen = open_round(
            scope=placement(leader, district), round_id=row_key(ROOT, name, district), purpose=words["purpose"][name],
            programme=words["programme"][name], places=dict.fromkeys(jamoats, 0), by=leader,
            on=scene.today - timedelta(days=ago),
        )  # fmt: skip
        chosen = draw_up_list(chosen=chosen, version=chosen.version, by=leader, now=scene.at(ago))
        share_places(chosen=chosen, total=words["places"][name], version=chosen.version, by=leader)
        take_seat(chosen=chosen, function="social_worker", by=leader, now=scene.at(ago - 1))
        seat_outside_member(
            chosen=chosen, seat_id=row_key(chosen.pk, "outside"), by=leader, now=scene.at(ago - 1), **words["outside"]
        )
    for user in commission.others:
        with acting_as(user):
            function = "supervisor" if user == scene.supervisor else "social_worker"
            take_seat(chosen=chosen, function=function, by=user, now=scene.at(ago - 1))
    with acting_as(leader):
        chosen = SelectionRound.objects.get(pk=chosen.pk)
        begin_commission(chosen=chosen, version=chosen.version, by=leader, on=scene.today - timedelta(days=ago - 2))
        _decide(scene, chosen, name, leader, jamoats)
        last = _listed(chosen)[-1]
    with acting_as(commission.others[0]):
        _step_aside(scene, last, commission.others[0], ago - 3, words["aside"])
    if name == DONE:
        _conclude(scene, chosen, commission, ago - 4)
        _after(scene, chosen, commission, appeal_is_open=appeal_is_open)


def _decide(scene: Scene, chosen: SelectionRound, name: str, leader: User, jamoats: Sequence[str]) -> None:
    """Decide about everybody; in the selection that is under way, about the first two."""
    now = scene.at(AGO[name] - 3)
    choices = _choices(_listed(chosen), told()["selection"])
    for row, choice in choices if name == DONE else choices[:2]:
        decide(candidate=row, choice=choice, version=row.version, by=leader, now=now)
    if name == DONE:
        for jamoat in jamoats:
            take_proposals(chosen=chosen, jamoat_id=jamoat, by=leader, now=now)
        for row in _listed(chosen):
            if not row.outcome:  # who cannot wait is looked at one by one
                outcome = Outcome(row.proposal)
                choice = Choice(outcome, PROPOSED_REASONS[outcome])
                decide(candidate=row, choice=choice, version=row.version, by=leader, now=now)


def _listed(chosen: SelectionRound) -> list[SelectionCandidate]:
    """The families in the order of need, first whoever cannot wait."""
    found = SelectionCandidate.objects.filter(round=chosen, part=Part.LISTED).select_related("round", "family")
    return list(found.order_by("order_key", "pk"))


def _choices(rows: Sequence[SelectionCandidate], words: Mapping[str, Any]) -> list[tuple[SelectionCandidate, Choice]]:
    """What is decided about those who are proposed for a place, and about two of the others."""
    proposed = [row for row in rows if row.proposal == Outcome.SELECTED]
    found = [(row, Choice(Outcome.SELECTED, "greatest_need")) for row in proposed[:-1]]
    found += [(row, Choice(Outcome.REFUSED, "other", words["refused"])) for row in proposed[-1:]]
    others = [row for row in rows if row not in proposed]
    if others:
        found.append((others[0], Choice(Outcome.REFERRED, "better_helped_there", referred_to="social_assistance")))
    if len(others) > 2:
        found.append((others[-1], Choice(Outcome.NOT_ELIGIBLE, "helped_already", words["departs"])))
    return found


def _step_aside(scene: Scene, row: SelectionCandidate, by: User, ago: int, words: str) -> None:
    seat = SelectionSeat.objects.get(round=row.round, user=by)
    candidate = SelectionCandidate.objects.select_related("round").get(pk=row.pk)
    step_aside(
        candidate=candidate, seat=seat, kind=ConflictKind.NEIGHBOUR, words=words, by=by, now=scene.at(ago)
    )  # fmt: skip


def _conclude(scene: Scene, chosen: SelectionRound, commission: Commission, ago: int) -> None:
    """Let everybody sign the same list, and make it the decision."""
    for user in (commission.leader, *commission.others):
        with acting_as(user):
            chosen = SelectionRound.objects.get(pk=chosen.pk)
            sign_list(chosen=chosen, list_hash=present_list(user, chosen).fingerprint, by=user, now=scene.at(ago))
    with acting_as(commission.leader):
        chosen = SelectionRound.objects.get(pk=chosen.pk)
        conclude(
            chosen=chosen, leave_unassessed=True, version=chosen.version, by=commission.leader, now=scene.at(ago - 1)
        )


def _after(scene: Scene, chosen: SelectionRound, commission: Commission, *, appeal_is_open: bool) -> None:
    """Tell some families, and hear the appeal of one that was put on the reserve."""
    leader, words = commission.leader, told()["selection"]
    told_on = timezone.localdate() - timedelta(days=8)
    with acting_as(leader):
        rows = _listed(chosen)
        for row in [row for row in rows if row.outcome][:5]:
            tell_family(candidate=row, told_on=told_on, version=row.version, by=leader)
        waiting = [row for row in rows if row.outcome in {Outcome.RESERVE, Outcome.NOT_ELIGIBLE}]
        if not waiting:
            return
        appeal = bring_appeal(
            chosen=chosen, appeal_id=row_key(chosen.pk, "appeal"), family=waiting[0].family, brought_by="head",
            brought_on=timezone.localdate() - timedelta(days=3), words=words["appeal"], by=leader, now=scene.at(3),
        )  # fmt: skip
    if not appeal_is_open:
        hearer = scene.users["supervisor.second"]
        with acting_as(hearer):
            decide_appeal(
                appeal=appeal, verdict=Verdict(upheld=False, answer=words["verdict"]), version=appeal.version,
                by=hearer, now=scene.at(1),
            )  # fmt: skip
