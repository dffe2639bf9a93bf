"""Writes the demonstration's casework through the same actions as the screens: help, cases, plans, closures, referrals.

What it tells is declared in ``parameters/demo_casework.yaml``. Everything is drawn with one seed, so that the same day
gives the same casework; keys of forms are made from the families' codes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions.approvals import approve_plan, judge_goal, note_step, submit_plan
from paivand.cases.actions.cases import Concerned, begin_work, note_assessed, open_case
from paivand.cases.actions.closure import approve_closure, ask_closure
from paivand.cases.actions.plans import add_goal, add_need, add_step, start_plan, write_words
from paivand.cases.actions.visits import note_visit
from paivand.cases.models import Case, Closure, Plan, PlanAction, PlanGoal
from paivand.cases.queries.closure import open_things
from paivand.cases.rules.cases import CaseRole, ClosingReason, Outcome, Risk
from paivand.cases.rules.closure import Checked, ClosureDraft, checklist_on
from paivand.cases.rules.kinds import MainPerson, case_kinds
from paivand.cases.rules.plans import Area, Doer, GoalDraft, GoalState, NeedDraft, StepDraft, StepState, WordsDraft
from paivand.cases.rules.records import VisitDraft, Way
from paivand.instruments.actions.assessments import begin_assessment, complete_assessment, save_answers
from paivand.instruments.models import Assessment
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instruments
from paivand.instruments.rules.states import Stage
from paivand.registry.actions.journey import Help
from paivand.registry.actions.stories import record_steps
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.queries.consents import covered
from paivand.registry.rules import ADULT, ConsentPurpose, Sex
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.keys import row_key

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_casework.yaml"
ROOT = uuid.UUID("019a0000-0000-7000-8000-0000000ca5e5")
AT_ONCE = 400
NOON = time(12)


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """What is declared."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


def share(figure: str, n_families: int) -> int:
    """The part of a declared figure that a demonstration of so many families has."""
    whole: int = told()["figures"][figure]
    families: int = told()["families"]
    return round(whole * min(1, n_families / families))


def drawn(chance: Random, weights: Mapping[str, int]) -> str:
    """One key of a table of weights."""
    return chance.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True)
class Home:
    """An open file and those of it who agree to services."""

    family: Family
    women: tuple[Person, ...]
    children: tuple[Person, ...]


@dataclass
class Story:
    """A case to be told: its family and people, how far it has come, and who works on it."""

    home: Home
    people: list[Concerned]
    kind: str
    risk: Risk
    stage: str
    worker: User
    opened_on: date
    key: uuid.UUID
    seeds: Random = field(default_factory=Random)
    case: Case = field(default_factory=Case)

    def at(self, days: int) -> datetime:
        """Noon, so many days after the opening, and never in the future."""
        day = datetime.combine(self.opened_on + timedelta(days=days), NOON)
        return min(timezone.make_aware(day), timezone.now())

    def id_of(self, *parts: object) -> uuid.UUID:
        """The key of a form of this case."""
        return row_key(self.key, *parts)


def homes(by: User, district: str) -> list[Home]:
    """The open files of a district with those who agree to services, in the order of their numbers."""
    members = (
        FamilyMember.objects.filter(until_on=None, district_id=district, family__state="active")
        .select_related("family__jamoat", "person")
        .order_by("family__number", "pk")
    )
    grouped: dict[Family, list[Person]] = {}
    for member in members:
        if member.person.merged_into_id is None:
            grouped.setdefault(member.family, []).append(member.person)
    people = [person.pk for theirs in grouped.values() for person in theirs]
    agreed: set[uuid.UUID] = set()
    for start in range(0, len(people), AT_ONCE):
        agreed |= covered(by, people[start : start + AT_ONCE], ConsentPurpose.SERVICES)
    found = []
    for family, theirs in grouped.items():
        if family.head_id not in agreed:
            continue  # the head speaks for the household
        ages = {person.pk: person.age.years for person in theirs if person.age and person.pk in agreed}
        women = [one for one in theirs if one.sex == Sex.FEMALE and ages.get(one.pk, 0) >= ADULT]
        children = [one for one in theirs if ages.get(one.pk, ADULT) < ADULT]
        found.append(Home(family, tuple(women), tuple(children)))
    return found


@dataclass(frozen=True)
class Scene:
    """Who works where, what is known of each district, and the day from which everything is counted back."""

    workers: Mapping[str, Sequence[User]]
    known: Mapping[str, list[Home]]
    n_families: int
    today: date
    chance: Random

    def share(self, figure: str) -> int:
        """The part of a declared figure that this demonstration has."""
        return share(figure, self.n_families)


Progress = Callable[[Iterable[Story]], Iterable[Story]]


def write_casework(
    supervisor: User, workers: Mapping[str, Sequence[User]], n_families: int, today: date, progress: Progress = iter
) -> None:
    """Tell the cases of every district, and what reached others.

    Args:
        supervisor: who approves plans and closures.
        workers: the social workers of each district, the demonstration's own first.
        n_families: how many families the demonstration has.
        today: the day from which everything is counted back.
        progress: passes the cases through and may show how far it is.
    """
    known = {district: _homes_as(theirs[0], district) for district, theirs in workers.items()}
    scene = Scene(workers, known, n_families, today, Random(29))  # noqa: S311  # a demonstration, no secret
    stories = _stories(scene)
    for story in progress(stories):
        _tell(story, supervisor, today)
    _help_others(scene, {one.person.pk for story in stories for one in story.people})


def casework_written(supervisor: User) -> bool:
    """Whether there are cases already."""
    with acting_as(supervisor):
        return Case.objects.exists()


def _homes_as(by: User, district: str) -> list[Home]:
    with acting_as(by):
        return homes(by, district)


# --- what is told ----------------------------------------------------------------------------------------------------


def _stories(scene: Scene) -> list[Story]:
    """As many cases as women are to be supported, each about one of them, with children until those are enough."""
    chosen = [home for homes_there in scene.known.values() for home in homes_there if home.women]
    scene.chance.shuffle(chosen)
    # Homes with children first, so that the figure of children is reached whatever else is drawn.
    chosen = sorted(chosen[: scene.share("women_supported")], key=lambda home: not home.children)
    found, left = [], scene.share("children_supported")
    for turn, home in enumerate(chosen):
        children = home.children[: min(2, left)]
        left -= len(children)
        kind = drawn(scene.chance, told()["kinds"])
        if case_kinds()[kind].main_person is MainPerson.CHILD and not children:
            kind = "social_support"
        found.append(_story(scene, home, _concerned(home, children, kind), kind, turn))
    return found


def _concerned(home: Home, children: Sequence[Person], kind: str) -> list[Concerned]:
    """A woman and her children; the main person is the one for whom such a case is opened."""
    woman, others = home.women[0], [Concerned(child, CaseRole.CHILD) for child in children]
    if case_kinds()[kind].main_person is MainPerson.CHILD:
        return [Concerned(children[0], CaseRole.MAIN), Concerned(woman, CaseRole.OTHER), *others[1:]]
    return [Concerned(woman, CaseRole.MAIN), *others]


def _story(scene: Scene, home: Home, people: list[Concerned], kind: str, turn: int) -> Story:
    chance, workers = scene.chance, scene.workers[home.family.district_id]
    stage = drawn(chance, told()["stages"])
    spread = {"closed": (160, 600), "shut": (90, 600), "opened": (0, 6), "assessed": (4, 12), "submitted": (8, 20)}
    day = scene.today - timedelta(days=chance.randint(*spread.get(stage, (30, 120))))
    return Story(
        home, people, kind, Risk(drawn(chance, told()["risks"])), stage, workers[turn % len(workers)],
        max(day, home.family.registered_on), row_key(ROOT, home.family.number),
        seeds=Random(home.family.number),  # noqa: S311
    )  # fmt: skip


ORDER = ("shut", "opened", "assessed", "submitted", "planned", "in_progress", "closing", "closed")


def _reached(story: Story, stage: str) -> bool:
    return story.stage != "shut" and ORDER.index(story.stage) >= ORDER.index(stage)


def _tell(story: Story, supervisor: User, today: date) -> None:
    """Tell one case to where it has come."""
    with acting_as(story.worker):
        _open(story)
        if _reached(story, "assessed"):
            _assess(story)
        if _reached(story, "submitted"):
            _plan(story)
    if _reached(story, "planned"):
        with acting_as(supervisor):
            plan = Plan.objects.get(case=story.case)
            approve_plan(plan=plan, version_hash=plan.version_hash, by=supervisor, now=story.at(10))
    with acting_as(story.worker):
        if _reached(story, "in_progress"):
            begin_work(case=story.case, version=_fresh(story).version, by=story.worker, now=story.at(11))
            _visit(story, 12)
            _visit(story, 26)
        if _reached(story, "closed"):
            _finish(story)
        if story.stage in {"shut", "closing", "closed"}:
            _ask_to_close(story, today)
    if story.stage in {"shut", "closed"}:
        with acting_as(supervisor):
            closure = Closure.objects.get(case=story.case)
            approve_closure(
                closure=closure, version_hash=closure.version_hash, by=supervisor, now=story.at(_end(story) + 1)
            )


def _fresh(story: Story) -> Case:
    story.case = Case.objects.get(pk=story.case.pk)
    return story.case


def _open(story: Story) -> None:
    story.case = open_case(
        case_id=story.key, family=story.home.family, people=story.people, kind=story.kind, risk=story.risk,
        reason=story.seeds.choice(told()["reasons"][story.kind]), on=story.opened_on, by=story.worker, now=story.at(0),
    )  # fmt: skip


def _assess(story: Story) -> None:
    """Ask the family's profile: what is hard, as hard as it comes."""
    instrument = instruments()["vulnerability"]
    assessment = begin_assessment(
        assessment_id=story.id_of("profile"), family=story.home.family, person=None, instrument=instrument.code,
        stage=Stage.BASELINE, by=story.worker, on=story.at(3).date(),
    )  # fmt: skip
    for section in instrument.sections:
        urgent = section.code == "urgent"
        answers = {item.code: _answer(story, item, urgent=urgent) for item in section.items}
        assessment = save_answers(
            assessment=assessment, section=section.code, answers=answers, version=assessment.version, by=story.worker
        )
    assessment = complete_assessment(
        assessment=assessment, answered_on=story.at(3).date(), version=assessment.version, by=story.worker,
        now=story.at(3),
    )  # fmt: skip
    note_assessed(
        case=story.case, version=_fresh(story).version, by=story.worker, now=story.at(4),
        assessment=Assessment.objects.get(pk=assessment.pk),
    )  # fmt: skip


def _answer(story: Story, item: Any, *, urgent: bool) -> Answer:
    chances = {Risk.HIGH: 0.62, Risk.MEDIUM: 0.42, Risk.LOW: 0.22}
    hard = story.seeds.random() < (0.01 if urgent else chances[story.risk])
    evidence = story.seeds.choice(["seen", "told", "paper"]) if hard and item.evidence else ""
    return Answer("yes" if hard else "no", evidence=evidence)


def _plan(story: Story) -> None:
    words, by, day = told(), story.worker, story.at(0).date()
    plan = start_plan(case=story.case, plan_id=story.id_of("plan"), by=by)
    has_child = any(one.role is not CaseRole.MAIN or story.kind in {"schooling", "child_protection"}
                    for one in story.people)  # fmt: skip
    interest = words["interest"] if story.kind == "child_protection" else {}
    draft = WordsDraft(
        own_words=story.seeds.choice(words["own_words"]),
        child_view=story.seeds.choice(words["child_words"]) if has_child else "",
        interest_options=interest.get("options", ""), interest_child=interest.get("child", ""),
        interest_decision=interest.get("decision", ""), interest_deciders=interest.get("deciders", ""),
    )  # fmt: skip
    plan = write_words(plan=plan, version=plan.version, draft=draft, by=by)
    for area in words["needs_of"][story.kind]:
        row = words["needs"][area]
        need = add_need(
            plan=plan, need_id=story.id_of(area), draft=NeedDraft(Area(area), row["need"]), by=by
        )  # fmt: skip
        goal = add_goal(
            need=need, goal_id=story.id_of(area, "goal"), by=by, draft=GoalDraft(row["goal"], day + timedelta(days=150))
        )
        for n, (doer, what) in enumerate(row["steps"]):
            who = story.people[0].person.pk if doer == Doer.PERSON else None
            step = StepDraft(what, Doer(doer), day + timedelta(days=40 + 20 * n), doer_person_id=who)
            add_step(goal=goal, step_id=story.id_of(area, n), draft=step, by=by)
    plan = Plan.objects.get(pk=plan.pk)
    submit_plan(plan=plan, version=plan.version, by=by, now=story.at(8))


def _visit(story: Story, days: int) -> None:
    moment = story.at(days)
    draft = VisitDraft(
        happened_on=moment.date(), way=Way.HOME, people=tuple(one.person.pk for one in story.people),
        seen=story.seeds.choice(told()["seen"]), agreed=story.seeds.choice(told()["agreed"]),
    )  # fmt: skip
    note_visit(case=story.case, visit_id=story.id_of("visit", days), draft=draft, by=story.worker, now=moment)


def _finish(story: Story) -> None:
    """Do the steps of the plan and meet its goals."""
    moment = story.at(_end(story) - 2)
    for step in PlanAction.objects.filter(case=story.case, in_force=True):
        note_step(
            step=step,
            version=step.version,
            state=StepState.DONE,
            on=moment.date(),
            note="",
            by=story.worker,
            now=moment,
        )
    for goal in PlanGoal.objects.filter(case=story.case, need__plan__state="approved"):
        judge_goal(
            goal=goal, version=goal.version, state=GoalState.MET, on=moment.date(), by=story.worker, now=moment
        )  # fmt: skip


def _end(story: Story) -> int:
    """How many days a case lasted until its closure was asked for."""
    return {"closed": 140, "shut": 60}.get(story.stage, 100)


def _ask_to_close(story: Story, today: date) -> None:
    day = min(story.at(_end(story)).date(), today)
    whole = story.stage == "closed"
    checks = {check.code: Checked.YES.value for check in checklist_on(day).checks}
    answers = {thing.name: thing.answers[-1].value for thing, _row in open_things(story.worker, _fresh(story))}
    draft = ClosureDraft(
        ClosingReason.GOALS_MET if whole else ClosingReason.ASKED, Outcome.REACHED if whole else Outcome.PARTLY,
        story.seeds.choice(told()["closing_words"]), checks, answers,
    )  # fmt: skip
    ask_closure(
        case=story.case, closure_id=story.id_of("closure"), version=_fresh(story).version, draft=draft, by=story.worker,
        now=story.at(_end(story)),
    )  # fmt: skip


# --- help outside cases ----------------------------------------------------------------------------------------------


def _help_others(scene: Scene, supported: set[uuid.UUID]) -> None:
    """Legal advice and birth registration for women and children who are in no case, each of them once."""
    others = [
        (home, one)
        for homes_there in scene.known.values()
        for home in homes_there
        for one in (*home.women, *home.children)
        if one.pk not in supported
    ]
    scene.chance.shuffle(others)
    born = {one.pk for _home, one in islice(_small_children(others), scene.share("births_registered"))}
    others.sort(key=lambda pair: pair[1].pk not in born)
    waiting: dict[str, list[tuple[Person, Help]]] = {district: [] for district in scene.workers}
    for home, one in others[: max(0, scene.share("helped") - len(supported))]:
        service = "legal.birth_registered" if one.pk in born else "legal.advised"
        day = max(scene.today - timedelta(days=scene.chance.randint(5, 700)), home.family.registered_on)
        waiting[home.family.district_id].append((one, Help(service, COMPLETED, day, home.family.jamoat)))
    for district, steps in waiting.items():
        by = scene.workers[district][0]
        for start in range(0, len(steps), AT_ONCE):
            with acting_as(by):
                record_steps(scope=placement(by, district), steps=steps[start : start + AT_ONCE], by=by)


def _small_children(others: Iterable[tuple[Home, Person]]) -> Iterator[tuple[Home, Person]]:
    return (pair for pair in others if pair[1].age and pair[1].age.years < 8)
