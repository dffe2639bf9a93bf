"""Tells the demonstration's cases through the same actions as the screens: opened, planned, worked on, closed.

What it tells is declared in ``parameters/demo_casework.yaml``, which cases there are in ``stories``. Everything is
drawn with seeds, so that the same day gives the same casework; keys of forms are made from the families' numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from random import Random

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions.approvals import approve_plan, judge_goal, note_step, submit_plan
from paivand.cases.actions.cases import begin_work, note_assessed, open_case, reopen_case
from paivand.cases.actions.closure import approve_closure, ask_closure
from paivand.cases.actions.dues import review_plan
from paivand.cases.actions.plans import add_goal, add_need, add_step, start_plan, write_words
from paivand.cases.actions.visits import note_visit
from paivand.cases.models import Case, Closure, Plan, PlanAction, PlanGoal
from paivand.cases.queries.closure import open_things
from paivand.cases.rules.cases import CaseRole, ClosingReason, Outcome, Risk
from paivand.cases.rules.closure import Checked, ClosureDraft, checklist_on
from paivand.cases.rules.plans import Area, Doer, GoalDraft, GoalState, NeedDraft, StepDraft, StepState, WordsDraft
from paivand.cases.rules.records import VisitDraft, Way
from paivand.instruments.models import Assessment
from paivand.operate.population.inside import BIRTH, tell_inside
from paivand.operate.population.measures import answer_flags, assessment_of, write_sheets
from paivand.operate.population.stories import Home, Scene, Story
from paivand.operate.population.telling import parts, told
from paivand.registry.actions.journey import Help
from paivand.registry.actions.stories import record_steps
from paivand.registry.models import Person
from paivand.registry.rules.catalogue import COMPLETED

Progress = Callable[[Iterable[Story]], Iterable[Story]]
CONTACT_DAYS = {Risk.HIGH: 7, Risk.MEDIUM: 14, Risk.LOW: 30}
"""After how many days the next contact is due; most are made in time."""


def write_casework(scene: Scene, stories: Sequence[Story], progress: Progress = iter) -> None:
    """Tell these cases with everything inside, and the help that reached others.

    Args:
        progress: passes the cases through and may show how far it is.
    """
    write_sheets(stories)
    for story in progress(stories):
        _tell(story, scene)
    answer_flags(scene, stories)
    _help_others(scene, stories)


def casework_written(supervisor: User) -> bool:
    """Whether there are cases already."""
    with acting_as(supervisor):
        return Case.objects.exists()


# --- one case --------------------------------------------------------------------------------------------------------


def _tell(story: Story, scene: Scene) -> None:
    """Tell one case to where it has come."""
    acts = story.example.get("acts", ())
    with acting_as(story.worker):
        _open(story)
        if story.age and (story.stage != "shut" or story.home.family.number % 2) and "unmet" not in acts:
            _visit(story, 1, Way.HOME)
        if story.reaches("assessed"):
            assessment = Assessment.objects.get(pk=assessment_of(story))
            story.case = note_assessed(
                case=story.case, version=story.case.version, assessment=assessment, by=story.worker, now=story.at(4)
            )  # fmt: skip
        if story.reaches("submitted"):
            _plan(story)
    if story.reaches("planned"):
        with acting_as(scene.supervisor):
            plan = Plan.objects.get(case=story.case)
            approve_plan(plan=plan, version_hash=plan.version_hash, by=scene.supervisor, now=story.at(10))
    with acting_as(story.worker):
        if story.reaches("in_progress"):
            case = story.fresh()
            begin_work(case=case, version=case.version, by=story.worker, now=story.at(11))
            _work(story)
        tell_inside(story, scene)
        if story.stage == "closed":
            _finish(story)
        if story.stage in {"shut", "reopened", "closing", "closed"}:
            _ask_to_close(story)
    if story.stage in {"shut", "reopened", "closed"}:
        _close(story, scene.supervisor)


def _open(story: Story) -> None:
    story.case = open_case(
        case_id=story.key, family=story.home.family, people=story.people, kind=story.kind, risk=story.risk,
        reason=story.seeds.choice(told()["reasons"][story.kind]), on=story.opened_on, by=story.worker, now=story.at(0),
    )  # fmt: skip


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
    write_words(plan=plan, version=plan.version, draft=draft, by=by)
    areas = words["needs_of"][story.kind]
    for area in areas if story.example else areas[:1]:
        row = words["needs"][area]
        need = add_need(
            plan=plan, need_id=story.id_of(area), draft=NeedDraft(Area(area), row["need"]), by=by
        )  # fmt: skip
        goal = add_goal(
            need=need, goal_id=story.id_of(area, "goal"), by=by, draft=GoalDraft(row["goal"], day + timedelta(days=150))
        )
        for n, (doer, what) in enumerate(row["steps"]):
            who = story.people[0].person.pk if doer == Doer.PERSON else None
            step = StepDraft(what, Doer(doer), day + timedelta(days=40 + 60 * n), doer_person_id=who)
            add_step(goal=goal, step_id=story.id_of(area, n), draft=step, by=by)
    plan = Plan.objects.get(pk=plan.pk)
    submit_plan(plan=plan, version=plan.version, by=by, now=story.at(8))


def _work(story: Story) -> None:
    """The contacts and steps of a case in progress, so that most of what is due is done in time."""
    rhythm = CONTACT_DAYS[story.risk]
    if story.stage == "closed":
        _visit(story, 60, Way.HOME)
        return
    last = max(12, story.age - story.seeds.randint(1, rhythm + 1))
    if story.example:
        _visit(story, last // 2, Way.PHONE)
    _visit(story, last, Way.HOME)
    done = story.at(last)
    for step in PlanAction.objects.filter(case_id=story.key, in_force=True, by_on__lt=done.date()):
        note_step(
            step=step, version=step.version, state=StepState.DONE, on=done.date(), note="", by=story.worker, now=done
        )
    months = 1 if story.risk is Risk.HIGH else 3
    if last - 10 > 30 * months - 7:
        case = story.fresh()
        review_plan(
            case=case, version=case.version, note=story.seeds.choice(told()["agreed"]), by=story.worker,
            on=done.date(), now=done,
        )  # fmt: skip


def _visit(story: Story, days: int, way: Way) -> None:
    moment = story.at(days)
    draft = VisitDraft(
        happened_on=moment.date(), way=way, people=tuple(one.person.pk for one in story.people),
        seen=story.seeds.choice(told()["seen"]), agreed=story.seeds.choice(told()["agreed"]),
    )  # fmt: skip
    note_visit(case=story.case, visit_id=story.id_of("visit", days), draft=draft, by=story.worker, now=moment)


# --- its end ---------------------------------------------------------------------------------------------------------


def _end(story: Story) -> int:
    """After how many days its closure was asked for."""
    if story.stage == "closing":
        return max(12, story.age - 2)
    return 140 if story.stage == "closed" else 60


def _finish(story: Story) -> None:
    """Do the steps of the plan and meet its goals."""
    moment = story.at(_end(story) - 2)
    for step in PlanAction.objects.filter(case=story.case, in_force=True, state=StepState.OPEN):
        note_step(
            step=step, version=step.version, state=StepState.DONE, on=moment.date(), note="", by=story.worker,
            now=moment,
        )  # fmt: skip
    for goal in PlanGoal.objects.filter(case=story.case, need__plan__state="approved"):
        judge_goal(
            goal=goal, version=goal.version, state=GoalState.MET, on=moment.date(), by=story.worker, now=moment
        )  # fmt: skip


def _ask_to_close(story: Story) -> None:
    moment, case = story.at(_end(story)), story.fresh()
    whole = story.stage == "closed"
    checks = {check.code: Checked.YES.value for check in checklist_on(moment.date()).checks}
    answers = {thing.name: thing.answers[-1].value for thing, _row in open_things(story.worker, case)}
    draft = ClosureDraft(
        ClosingReason.GOALS_MET if whole else ClosingReason.ASKED, Outcome.REACHED if whole else Outcome.PARTLY,
        story.seeds.choice(told()["closing_words"]), checks, answers,
    )  # fmt: skip
    ask_closure(
        case=case, closure_id=story.id_of("closure"), version=case.version, draft=draft, by=story.worker, now=moment
    )


def _close(story: Story, supervisor: User) -> None:
    end = _end(story)
    with acting_as(supervisor):
        closure = Closure.objects.get(case=story.case)
        approve_closure(closure=closure, version_hash=closure.version_hash, by=supervisor, now=story.at(end + 1))
    if story.stage == "reopened":
        with acting_as(story.worker):
            case = story.fresh()
            reason = story.seeds.choice(told()["reasons"][story.kind])
            back = max(end + 2, story.age - 5)
            reopen_case(case=case, version=case.version, reason=reason, by=story.worker, now=story.at(back))


# --- help outside cases ----------------------------------------------------------------------------------------------


def _help_others(scene: Scene, stories: Sequence[Story]) -> None:
    """Legal advice and birth registration for women and children who are in no case, each of them once."""
    chance = Random(30)  # noqa: S311  # a demonstration, no secret
    waiting: dict[str, list[tuple[Person, Help]]] = {district: [] for district in scene.workers}
    for home, one, service in helped_others(scene, stories, chance):
        day = max(scene.today - timedelta(days=chance.randint(5, 700)), home.family.registered_on)
        waiting[home.family.district_id].append((one, Help(service, COMPLETED, day, home.family.jamoat)))
    for district, steps in waiting.items():
        by = scene.workers[district][0]
        for some in parts(steps):
            with acting_as(by):
                record_steps(scope=placement(by, district), steps=some, by=by)


def helped_others(scene: Scene, stories: Sequence[Story], chance: Random) -> list[tuple[Home, Person, str]]:
    """Who else was helped, and by which service: as many as are missing from the published figures."""
    supported = {one.person.pk for story in stories for one in story.people}
    born_in_cases = sum(story.child is not None and BIRTH in story.example.get("acts", ()) for story in stories)
    others = [
        (home, one)
        for homes_there in scene.known.values()
        for home in homes_there
        for one in (*home.women, *home.children)
        if one.pk not in supported
    ]
    chance.shuffle(others)
    n_born = max(0, scene.share("births_registered") - born_in_cases)
    born = {one.pk for _home, one in islice(_small_children(others), n_born)}
    others.sort(key=lambda pair: pair[1].pk not in born)
    return [
        (home, one, "legal.birth_registered" if one.pk in born else "legal.advised")
        for home, one in others[: max(0, scene.share("helped") - len(supported))]
    ]


def _small_children(others: Iterable[tuple[Home, Person]]) -> Iterator[tuple[Home, Person]]:
    return (pair for pair in others if pair[1].age and pair[1].age.years < 8)
