"""Writing into the registry what a visit found out about a person: where she or he is, and a migrant's tie to home.

Each goes through the action of its screen. A tie is dated by the visit, so that what somebody wrote down of a later day
stays the present one and the visit's goes into the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.actions.takers.answers import at_questions, chosen, needed, read_at
from paivand.collect.queries.members import NamedPerson, standing_of, stay_abroad, ties
from paivand.collect.rules.filled import Row
from paivand.collect.rules.members import CARRIED, Lives
from paivand.core.rules.dates import Precision
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import remove_member
from paivand.registry.actions.migration import (
    edit_absence,
    edit_episode,
    record_absence,
    record_departure,
    record_return,
    remove_episode,
)
from paivand.registry.models import Absence, MigrationEpisode
from paivand.registry.rules.drafts import AbsenceDraft, MigrationDraft, ReturnDraft
from paivand.registry.rules.migration import AbsenceStatus, DivorceChannel, LegalStatus, ReturnKind


@dataclass(frozen=True)
class Told:
    """What is needed beside the new values.

    Args:
        part: the answers about this person; ``at`` is where they stand in the form.
        day: of the visit.
    """

    part: Row
    at: str
    day: date


def write_person(*, named: NamedPerson, values: Mapping[str, str], told: Told, by: User) -> None:
    """Carry out new values of a person, as ``by`` could on the screens.

    Raises:
        Refused: with the question, for what is none of the answers, is not answered, or cannot be.
        Unreadable: for a day that is none.
    """
    if "absence" in values:
        status = needed(chosen(told.part, "absence", AbsenceStatus, at=told.at), f"{told.at}absence")
        if status not in CARRIED:
            raise Refused(_("This is none of the answers. Choose one."), "choose", field=f"{told.at}absence")
        with at_questions({}, otherwise=f"{told.at}absence"):
            _write_tie(named, status, told.day, by)
    if "lives" in values:
        lives = needed(chosen(told.part, "lives", Lives, at=told.at), f"{told.at}lives")
        _demand_member(named, f"{told.at}lives")
        _MOVES[lives](named, told, by)


def _write_tie(named: NamedPerson, status: AbsenceStatus, day: date, by: User) -> None:
    draft = AbsenceDraft(status, day, named.member.person_id)
    try:
        record_absence(family=named.family, draft=draft, by=by)
    except Refused as refused:
        if refused.code != "twice":
            raise
        # Of the same day and in the history already: somebody wrote another one meanwhile, and the last one counts.
        _correct_tie(named, ties(by, named)[0], draft, by)


def _correct_tie(named: NamedPerson, row: Absence, draft: AbsenceDraft, by: User) -> None:
    edit_absence(absence=row, version=row.version, draft=replace(draft, person_id=row.person_id), by=by)


def _demand_member(named: NamedPerson, field: str) -> None:
    if named.member.until_on is not None:
        raise Refused(
            _("This person does not belong to the family any more. Who came back is added to it on the screen."),
            "member", field=field,
        )  # fmt: skip


def _leave(named: NamedPerson, told: Told, by: User) -> None:
    month = needed(read_at(told.at, told.part.day, "left_month"), f"{told.at}left_month")
    country = needed(told.part.value("country"), f"{told.at}country")
    paths = {"departed_on": f"{told.at}left_month", "country": f"{told.at}country"}
    with at_questions(paths, otherwise=f"{told.at}lives"):
        record_departure(member=named.member, draft=MigrationDraft(country, month.replace(day=1)), by=by)


def _come_back(named: NamedPerson, told: Told, by: User) -> None:
    episode = stay_abroad(by, named)
    if episode is None:
        return
    on = needed(read_at(told.at, told.part.day, "returned_on"), f"{told.at}returned_on")
    kind = needed(chosen(told.part, "return_kind", ReturnKind, at=told.at), f"{told.at}return_kind")
    with at_questions({"returned_on": f"{told.at}returned_on"}, otherwise=f"{told.at}lives"):
        record_return(episode=episode, draft=ReturnDraft(on, kind), by=by)


def _move_out(named: NamedPerson, told: Told, by: User) -> None:
    with at_questions({}, otherwise=f"{told.at}lives"):
        remove_member(member=named.member, until_on=told.day, reason=_("Told at a visit"), by=by)


_MOVES: Mapping[Lives, Callable[[NamedPerson, Told, User], None]] = {
    Lives.HOME: _come_back, Lives.ABROAD: _leave, Lives.MOVED_OUT: _move_out,
}  # fmt: skip


# --- settling a conflict ---------------------------------------------------------------------------------------------


def write_instead(
    *, named: NamedPerson, sent: Mapping[str, str], former: Mapping[str, str], disputed: set[str],
    other: Mapping[str, str] | None, by: User,
) -> None:  # fmt: skip
    """Put back what stood there before a form, or write ``other`` ties; what a form brought is corrected, not doubled.

    Raises:
        Refused: ``choose`` for what cannot be written here; the words say where it can.
    """
    if other is not None:
        status = other.get("absence", "")
        if set(other) != {"absence"} or status not in CARRIED:
            raise Refused(_("Write what is to stand there."), "choose")
        _put_tie(named, sent.get("absence", ""), AbsenceDraft(AbsenceStatus(status), timezone.localdate()), by)
        return
    if "absence" in disputed:
        _put_former_tie(named, sent.get("absence", ""), by)
    if "lives" in disputed:
        _put_place(named, former.get("lives", ""), by)


def write_again(*, named: NamedPerson, sent: Mapping[str, str], by: User) -> None:
    """Let what a form said count, where something else was written since; what stands there already is left alone.

    Raises:
        Refused: ``choose`` for what cannot be written here; the words say where it can.
    """
    status = sent.get("absence", "")
    if status and standing_of(by, named)["absence"] != status:
        if status not in CARRIED:
            raise Refused(_("Write what is to stand there."), "choose")
        _write_tie(named, AbsenceStatus(status), timezone.localdate(), by)
    if sent.get("lives"):
        _put_place(named, sent["lives"], by)


def _put_tie(named: NamedPerson, sent: str, draft: AbsenceDraft, by: User) -> None:
    told = ties(by, named)
    if told and told[0].is_current and told[0].status == sent:
        _correct_tie(named, told[0], replace(draft, since_on=told[0].since_on), by)
    elif not (told and told[0].is_current and told[0].status == draft.status):
        _write_tie(named, draft.status, draft.since_on, by)


def _put_former_tie(named: NamedPerson, sent: str, by: User) -> None:
    """The tie that was told before the form takes the place of the one that the form told."""
    told = ties(by, named)
    if len(told) < 2 or told[0].status != sent:
        raise Refused(
            _("What stood there before cannot be put back here any more. Correct it in the family's file."), "choose"
        )
    before = told[1]
    draft = AbsenceDraft(
        AbsenceStatus(before.status), before.since_on, told_by=before.told_by,
        channel=DivorceChannel(before.channel) if before.channel else None, search_asked=before.search_asked,
        body_returned=before.body_returned, compensation=before.compensation, note=before.note,
    )  # fmt: skip
    _correct_tie(named, told[0], draft, by)


def _put_place(named: NamedPerson, wanted: str, by: User) -> None:
    now, episode = standing_of(by, named)["lives"], stay_abroad(by, named)
    if now == wanted:
        return
    if (now, wanted) == (Lives.ABROAD, Lives.HOME) and episode is not None:
        remove_episode(
            episode=episode, reason=_("Two reports from the field differed, and the other one holds."), by=by
        )
        return
    ended = _last_stay(named, by) if (now, wanted) == (Lives.HOME, Lives.ABROAD) else None
    if ended is None:
        raise Refused(
            _("Where this person is cannot be written here any more. Correct it in the family's file."), "choose"
        )
    draft = MigrationDraft(
        ended.country, ended.departed_on, Precision(ended.departed_precision), ended.city, ended.occupation, ended.work,
        LegalStatus(ended.legal_status), ended.note,
    )  # fmt: skip
    edit_episode(episode=ended, version=ended.version, draft=draft, by=by)


def _last_stay(named: NamedPerson, by: User) -> MigrationEpisode | None:
    found = MigrationEpisode.objects.seen_by(by).filter(person_id__in=named.records)
    row: MigrationEpisode | None = found.order_by("-returned_on", "-departed_on").first()
    return row
