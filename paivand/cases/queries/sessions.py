"""Psychosocial sessions and groups, as the asking user may read them, with what was measured before and after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q

from paivand.access.models import User
from paivand.cases.models import (
    Attendance,
    Case,
    FormerSession,
    GroupMeeting,
    GroupMember,
    PsychosocialGroup,
    PsychosocialSession,
)
from paivand.cases.queries.measures import Gain, flow_or_usual, gains
from paivand.cases.rules.sessions import GroupState, share_there
from paivand.core.rules.attendance import WAS_THERE
from paivand.core.rules.pages import Page

PAGE = 25


# --- single sessions -------------------------------------------------------------------------------------------------


def sessions_of(by: User, case: Case) -> list[PsychosocialSession]:
    """The single sessions of a case, person by person, the latest first."""
    found = PsychosocialSession.objects.seen_by(by).filter(case=case).select_related("written_by")
    return list(found.order_by("person_id", "-n"))


def session_by_id(by: User, case: Case, session_id: uuid.UUID) -> PsychosocialSession | None:
    """One session of a case."""
    found = PsychosocialSession.objects.seen_by(by).filter(case=case, pk=session_id)
    row: PsychosocialSession | None = found.select_related("case", "written_by", "person").first()
    return row


def former_sessions(by: User, session: PsychosocialSession) -> list[FormerSession]:
    """The former wordings of a session, the latest first."""
    found = FormerSession.objects.seen_by(by).filter(session=session).select_related("written_by")
    return list(found.order_by("-n"))


# --- groups ----------------------------------------------------------------------------------------------------------


def groups(by: User, *, over: bool = False, after: str = "") -> Page[PsychosocialGroup]:
    """A page of groups, the latest first: those under way, or with ``over`` those that have ended."""
    ended = [GroupState.FINISHED, GroupState.CALLED_OFF]
    found: Any = PsychosocialGroup.objects.seen_by(by).select_related("facilitator", "place")
    found = found.filter(state__in=ended) if over else found.exclude(state__in=ended)
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    counted: Any = found.annotate(n_members=Count("members", filter=Q(members__left_on=None), distinct=True))
    return Page.cut(list(counted.order_by("-id")[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def group_by_id(by: User, group_id: uuid.UUID) -> PsychosocialGroup | None:
    """One group."""
    found = PsychosocialGroup.objects.seen_by(by).filter(pk=group_id).select_related("facilitator", "place", "district")
    row: PsychosocialGroup | None = found.first()
    return row


def members_of(by: User, group: PsychosocialGroup) -> list[GroupMember]:
    """Everyone who belongs, or belonged, to a group, those who left last."""
    found = GroupMember.objects.seen_by(by).filter(group=group).select_related("case")
    return sorted(found.order_by("id"), key=lambda row: row.left_on is not None)


def member_by_id(by: User, group: PsychosocialGroup, member_id: uuid.UUID) -> GroupMember | None:
    """One member of a group."""
    found = GroupMember.objects.seen_by(by).filter(group=group, pk=member_id).select_related("group", "case")
    row: GroupMember | None = found.first()
    return row


def meetings_of(by: User, group: PsychosocialGroup) -> list[GroupMeeting]:
    """The meetings of a group in their order, each with its marks."""
    marks = Attendance.objects.seen_by(by)
    found = GroupMeeting.objects.seen_by(by).filter(group=group).select_related("written_by")
    return list(found.prefetch_related(Prefetch("attendances", marks, to_attr="marks")).order_by("n"))


def meeting_by_id(by: User, group: PsychosocialGroup, meeting_id: uuid.UUID) -> GroupMeeting | None:
    """One meeting of a group with its marks."""
    marks = Attendance.objects.seen_by(by)
    found = GroupMeeting.objects.seen_by(by).filter(group=group, pk=meeting_id).select_related("group", "written_by")
    row: GroupMeeting | None = found.prefetch_related(Prefetch("attendances", marks, to_attr="marks")).first()
    return row


@dataclass(frozen=True, slots=True)
class MemberTold:
    """A member with her marks in the order of the meetings, her share of meetings, and her scores."""

    row: GroupMember
    name: str
    marks: tuple[str, ...]
    n_there: int
    share: float | None
    gain: Gain


def members_told(
    by: User, group: PsychosocialGroup, meetings: Sequence[GroupMeeting], names: dict[uuid.UUID, str]
) -> list[MemberTold]:
    """The members of a group as its page shows them."""
    rows = members_of(by, group)
    scores = gains(by, [row.person_id for row in rows], flow_or_usual(group.flow))
    marks: dict[Any, dict[Any, str]] = {
        meeting.pk: {one.member_id: one.mark for one in meeting.marks}  # type: ignore[attr-defined]
        for meeting in meetings
    }
    told = []
    for row in rows:
        own = tuple(marks[meeting.pk].get(row.pk, "") for meeting in meetings)
        given = [mark for mark in own if mark]
        told.append(
            MemberTold(
                row, names.get(row.person_id, ""), own, sum(mark in WAS_THERE for mark in given), share_there(given),
                scores[row.person_id],
            )
        )  # fmt: skip
    return told


def group_places(by: User, case: Case) -> list[GroupMember]:
    """The groups in which people of a case take part within it."""
    found = GroupMember.objects.seen_by(by).filter(case=case).select_related("group")
    return list(found.order_by("-id"))
