"""Tells the demonstration's referrals from both sides: drafted, sent, answered here, by link, by telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_link
from paivand.operate.population.agreeing import let_agree
from paivand.operate.population.directory import service_id
from paivand.operate.population.stories import Scene, Story
from paivand.operate.population.telling import told
from paivand.referrals.actions.answers import accept, begin_service, complete, decline, not_complete, receive
from paivand.referrals.actions.clock import escalate_overdue
from paivand.referrals.actions.drafts import draft_referral
from paivand.referrals.actions.links import answer_link, issue_link, try_pin
from paivand.referrals.actions.sending import open_referral, send_referral, tell_answer, withdraw_referral
from paivand.referrals.models import AnswerLink, DirectoryService, Referral
from paivand.referrals.rules.links import token_digest
from paivand.referrals.rules.referrals import Act, OriginKind, Outcome, ReferralState, Way
from paivand.registry.models import Person
from paivand.registry.rules import ConsentPurpose

_S = ReferralState
UNTOUCHED = frozenset({_S.DRAFTED, _S.SENT, _S.EXPIRED, _S.WITHDRAWN})
"""Where the receiver did nothing."""
ANSWERS: Mapping[ReferralState, tuple[Act, ...]] = {
    _S.RECEIVED: (),
    _S.ACCEPTED: (Act.ACCEPT,),
    _S.DECLINED: (Act.DECLINE,),
    _S.IN_SERVICE: (Act.ACCEPT, Act.BEGIN),
    _S.COMPLETED: (Act.ACCEPT, Act.BEGIN, Act.COMPLETE),
    _S.NOT_COMPLETED: (Act.ACCEPT, Act.NOT_COMPLETE),
}
AFTER = (0.3, 0.9, 2.5, 5)
"""How many days after the sending it was received, and answered once, twice, and for the last time."""


@dataclass(frozen=True)
class Handshake:
    """A referral to be told.

    Args:
        key: makes its own key, with the case's.
        row: as in ``referrals`` of the file.
        days_ago: when it was sent.
        person: who is referred.
    """

    story: Story
    key: object
    row: Mapping[str, Any]
    days_ago: float
    person: Person

    @property
    def ends(self) -> ReferralState:
        """Where it ends."""
        return ReferralState(self.row["to"])

    @property
    def way(self) -> str:
        """How it leaves; in the program where nothing else is said."""
        return str(self.row.get("way", Way.ACCOUNT))


def write_referrals(scene: Scene, stories: Sequence[Story]) -> None:
    """Tell the referrals that are declared, as far as their examples are there; then let the clock strike."""
    examples = {story.name: story for story in stories if story.name}
    for number, row in enumerate(told()["referrals"]):
        story = examples.get(row["of"])
        if story:
            with acting_as(story.worker):
                story.fresh()
            tell_handshake(Handshake(story, number, row, row["days_ago"], story.woman), scene)
    escalate_overdue(now=timezone.now())


def referrals_written(supervisor: User) -> bool:
    """Whether there are referrals already."""
    with acting_as(supervisor):
        return Referral.objects.exists()


def tell_usual(story: Story, scene: Scene) -> None:
    """Tell of a case that is no example one referral that was completed, where chance has it."""
    if not story.reaches("in_progress") or story.stage == "closing":
        return
    if story.seeds.random() * 100 >= told()["referrals_in_hundred_cases"] or story.age < 25:
        return
    service = told()["needs"][told()["needs_of"][story.kind][0]]["service"]
    key = told()["services_of"][story.district].get(service)
    if key:
        with acting_as(story.worker):
            is_inside = DirectoryService.objects.get(pk=service_id(key)).focal_user_id == scene.users["provider"].pk
        way = Way.ACCOUNT if is_inside else Way.SPOKEN
        row = {"service": key, "way": way, "priority": "normal", "to": "completed", "outcome": "completed"}
        tell_handshake(Handshake(story, "usual", row, story.age - 12, story.woman), scene)


def tell_handshake(hand: Handshake, scene: Scene) -> None:
    """Tell one referral to where it ends."""
    sender = hand.story.worker
    with acting_as(sender):
        let_agree(hand.story, hand.person, ConsentPurpose.REFERRAL)
        referral = _draft(hand, sender)
        if hand.ends is _S.DRAFTED:
            return
        way = "" if hand.way == Way.ACCOUNT else hand.way
        referral = send_referral(
            referral=referral, version=referral.version, by=sender, now=scene.at(hand.days_ago), way=way
        )
        if hand.ends is _S.WITHDRAWN:
            withdraw_referral(
                referral=referral, reason=hand.row["reason"], version=referral.version, by=sender,
                now=scene.at(hand.days_ago - 3),
            )  # fmt: skip
    if hand.way == Way.LINK:
        _by_link(hand, referral, scene)
    elif hand.ends not in UNTOUCHED:
        told_by = {Way.ACCOUNT: _by_account, Way.SPOKEN: _by_telephone}
        told_by[Way(hand.way)](hand, referral, scene)
    if hand.ends not in UNTOUCHED and not hand.row.get("unread"):
        with acting_as(sender):
            open_referral(referral=referral, by=sender, now=scene.at(hand.days_ago - max(AFTER) - 1))


def _draft(hand: Handshake, sender: User) -> Referral:
    case = hand.story.case
    service = DirectoryService.objects.get(pk=service_id(hand.row["service"]))
    needs = told()["referral_needs"][hand.row.get("needs") or service.type]
    return draft_referral(
        referral_id=hand.story.id_of("referral", hand.key), family=hand.story.home.family, service=service,
        priority=hand.row["priority"], needs=needs, by=sender, person=hand.person,
        origin=(OriginKind.CASE, case.pk), told={"reference": case.code},
    )  # fmt: skip


def _moments(hand: Handshake, scene: Scene) -> list[datetime]:
    return [scene.at(hand.days_ago - after) for after in AFTER]


def _by_account(hand: Handshake, referral: Referral, scene: Scene) -> None:
    """The receiver reads it and answers in the program."""
    receiver = scene.users["provider"]
    first, *later = _moments(hand, scene)
    with acting_as(receiver):
        referral = receive(referral=referral, by=receiver, now=first)
        for act, now in zip(ANSWERS[hand.ends], later, strict=False):
            told_so: dict[str, Any] = {"referral": referral, "version": referral.version, "by": receiver, "now": now}
            if act is Act.COMPLETE:
                referral = complete(outcome=Outcome(hand.row["outcome"]), happened_on=now.date(), **told_so)
            elif act in {Act.DECLINE, Act.NOT_COMPLETE}:
                answer = decline if act is Act.DECLINE else not_complete
                referral = answer(reason=hand.row["reason"], **told_so)
            else:
                referral = (accept if act is Act.ACCEPT else begin_service)(**told_so)


def _by_telephone(hand: Handshake, referral: Referral, scene: Scene) -> None:
    """The sender writes down what the service told."""
    sender = hand.story.worker
    _first, *later = _moments(hand, scene)
    with acting_as(sender):
        for act, now in zip(ANSWERS[hand.ends], later, strict=False):
            referral = tell_answer(
                referral=referral, act=act, version=referral.version, by=sender, now=now, **_words(hand, act, now)
            )


def _by_link(hand: Handshake, referral: Referral, scene: Scene) -> None:
    """The service gets a link and a PIN, and answers with them."""
    sender = hand.story.worker
    first, *later = _moments(hand, scene)
    with acting_as(sender):
        issued = issue_link(
            referral=referral, language="tg", call_whom=f"{sender.full_name}, {told()['sender_phone']}",
            version=referral.version, by=sender, now=scene.at(hand.days_ago),
        )  # fmt: skip
    if hand.ends in UNTOUCHED:
        return
    digest = token_digest(issued.token)
    with for_link(digest):
        link = AnswerLink.objects.get(link_digest=digest)
        try_pin(link, issued.pin, now=first)
        for act, now in zip(ANSWERS[hand.ends], later, strict=False):
            version = Referral.objects.get(link_digest=digest).version
            answer_link(link, act, version=version, now=now, **_words(hand, act, now))


def _words(hand: Handshake, act: Act, now: datetime) -> dict[str, Any]:
    if act is Act.COMPLETE:
        return {"outcome": hand.row["outcome"], "happened_on": now.date()}
    return {"reason": hand.row["reason"]} if act in {Act.DECLINE, Act.NOT_COMPLETE} else {}
