"""What lies around the demonstration's cases: groups, cases handed over, supervision sessions and reviews of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions.groups import hold_meeting, join_group, plan_group, turn_group
from paivand.cases.actions.notices import see_notices
from paivand.cases.actions.supervision import (
    FileDraft,
    SessionDraft,
    draw_review,
    finish_review,
    hold_session,
    look_at_file,
)
from paivand.cases.actions.transfers import ask_transfer
from paivand.cases.models import Case, GroupMember, ReviewedFile, SupervisionSession, WorkerNotice
from paivand.cases.queries.supervision import scope_of
from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.sessions import GroupDraft, GroupState, MeetingDraft, flows
from paivand.cases.rules.supervision import Finding, SessionForm, checklist
from paivand.core.rules.attendance import Mark
from paivand.operate.population.stories import Scene, Story
from paivand.operate.population.telling import told
from paivand.registry.rules.keys import row_key

ROOT = UUID("019a0000-0000-7000-8000-0000009d1dad")
FLOW = "women_apart"
MARKS = (Mark.PRESENT, Mark.PRESENT, Mark.LATE, Mark.EXCUSED, Mark.ABSENT, Mark.PRESENT, Mark.PRESENT)
NEWS_DAYS = 12
"""News that is older was read."""
FILES = 2
"""How many files are drawn for a review."""


def write_guidance(scene: Scene, stories: Sequence[Story]) -> None:
    """Tell the groups of every district, the cases that wait for a new worker, and how the workers are guided."""
    for district in scene.workers:
        _group(scene, district, stories)
    _transfers(scene, {story.name: story for story in stories if story.name})
    _supervision(scene)
    for there in scene.workers.values():
        for worker in there:
            _read_news(scene, worker)


def guidance_written(supervisor: User) -> bool:
    """Whether there are supervision sessions already."""
    with acting_as(supervisor):
        return SupervisionSession.objects.exists()


# --- a group of women ------------------------------------------------------------------------------------------------


def _group(scene: Scene, district: str, stories: Sequence[Story]) -> None:
    """A group that met some times and goes on, of women whose cases are open."""
    words, worker, key = told()["groups"], scene.workers[district][0], row_key(ROOT, "group", district)
    here = [story for story in stories if story.district == district and story.reaches("in_progress")]
    mine = [story for story in here if story.worker == worker and story.stage == "in_progress"][: words["members"]]
    if len(mine) < 2:
        return
    begun = scene.today - timedelta(days=7 * words["meetings"] - 3)
    with acting_as(worker):
        draft = GroupDraft(
            words["name"][district], worker.pk, FLOW, "tg", str(mine[0].home.family.jamoat_id), begun,
            venue=words["venue"],
        )  # fmt: skip
        group = plan_group(scope=placement(worker, district), group_id=key, draft=draft, by=worker)
        for story in mine:
            join_group(
                group=group, member_id=row_key(key, story.home.family.number), person=story.woman, by=worker,
                case=Case.objects.get(pk=story.key), on=begun,
            )  # fmt: skip
        group = turn_group(group=group, version=group.version, state=GroupState.RUNNING, by=worker)
        members = list(GroupMember.objects.filter(group=group).order_by("pk"))
        for n in range(words["meetings"]):
            held_on = begun + timedelta(days=7 * n)
            marks = {member.pk: MARKS[(n + turn) % len(MARKS)] for turn, member in enumerate(members)}
            hold_meeting(
                group=group, meeting_id=row_key(key, "meeting", n), by=worker,
                draft=MeetingDraft(
                    held_on, marks, (flows()[FLOW].topic_of(n + 1),), next_on=held_on + timedelta(days=7)
                ),
            )  # fmt: skip


# --- handing over ----------------------------------------------------------------------------------------------------


def _transfers(scene: Scene, examples: Mapping[str, Story]) -> None:
    """Cases whose workers ask a colleague to take them over; the answers are still to come."""
    for row in told()["transfers"]:
        story = examples.get(row["case"])
        if story is None:
            continue
        receiver = scene.workers[story.district][row["to"]]
        with acting_as(story.worker):
            case = story.fresh()
            ask_transfer(
                case=case, transfer_id=story.id_of("transfer"), receiver=receiver, reason=row["reason"],
                note=row["note"], version=case.version, by=story.worker, now=scene.at(1),
            )  # fmt: skip


def _read_news(scene: Scene, worker: User) -> None:
    """What was told long ago was read; the news of the last days still lies on the desk."""
    with acting_as(worker):
        old = list(WorkerNotice.objects.filter(for_user=worker, seen_at=None, at__lt=scene.at(NEWS_DAYS)))
        if old:
            see_notices(notices=old, by=worker, now=scene.at(NEWS_DAYS - 1))


# --- guiding ---------------------------------------------------------------------------------------------------------


def _supervision(scene: Scene) -> None:
    """A session with most workers, the last one long ago for one of them; and two reviews of files, one under way."""
    words = told()["supervision"]
    for there in scene.workers.values():
        for turn, worker in enumerate(there[:3]):
            _session(scene, worker, 44 if turn == 2 else 11 + turn, words)
    for turn, there in enumerate(scene.workers.values()):
        _review(scene, there[0], is_finished=turn == 0, words=words)


def _session(scene: Scene, worker: User, days_ago: int, words: Mapping[str, str]) -> None:
    supervisor, held_on = scene.supervisor, scene.today - timedelta(days=days_ago)
    with acting_as(supervisor):
        scope = scope_of(supervisor, worker)
        cases = Case.objects.filter(owner=worker, opened_on__lte=held_on).exclude(state=CaseState.CLOSED)
        spoken = [(case, words["of_case"]) for case in cases.order_by("number")[:2]]
        if scope:
            hold_session(
                scope=scope, form_id=row_key(ROOT, "session", worker.username), worker=worker, by=supervisor,
                draft=SessionDraft(
                    SessionForm.SINGLE, held_on, words["agreed"], words["topics"], held_on + timedelta(days=30),
                    words["wellbeing"], spoken,
                ),
            )  # fmt: skip


def _review(scene: Scene, worker: User, *, is_finished: bool, words: Mapping[str, str]) -> None:
    supervisor, key = scene.supervisor, row_key(ROOT, "review", worker.username)
    with acting_as(supervisor):
        scope = scope_of(supervisor, worker)
        if scope is None or not Case.objects.filter(owner=worker).exclude(state=CaseState.CLOSED).exists():
            return
        review = draw_review(
            scope=scope, review_id=key, worker=worker, size=FILES, with_closed=False, by=supervisor, seed=str(key),
            today=scene.today - timedelta(days=6),
        )  # fmt: skip
        files = list(ReviewedFile.objects.filter(review=review).select_related("review", "case").order_by("position"))
        for turn, file in enumerate(files if is_finished else files[:1]):
            _look_at(scene, file, turn, words)
        if is_finished:
            finish_review(
                review=review, remarks=words["remarks"], version=review.version, by=supervisor, now=scene.at(4)
            )


def _look_at(scene: Scene, file: ReviewedFile, turn: int, words: Mapping[str, str]) -> None:
    findings = {}
    for place, item in enumerate(checklist().items):
        applies = item.about == "all"
        found = Finding.PARTLY if (place + turn) % 5 == 3 else Finding.MET
        findings[item.code] = (found if applies else Finding.NOT_APPLICABLE, "")
    due = scene.today + timedelta(days=5)
    corrections = () if turn else (("referral_consent", words["correction"], due),)
    look_at_file(
        file=file, draft=FileDraft(findings, "", corrections), version=file.version, by=scene.supervisor,
        now=scene.at(5 - turn),
    )  # fmt: skip
