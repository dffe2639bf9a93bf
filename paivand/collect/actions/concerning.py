"""Whom a form is about: written down with it, so that it is found when somebody's data are erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Set
from typing import Any

from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.collect.models import Submission, SubmissionContent, SubmissionKey, SurveyAnswer
from paivand.collect.rules.concerned import (
    KeyKind,
    about_others,
    code_key,
    keys_in,
    only_mentions,
    speaks_of,
    without_mentions,
)
from paivand.collect.rules.filled import Filled, Unreadable, read_filled
from paivand.collect.rules.taking import Taken
from paivand.learning.models import Enrolment, FollowUp
from paivand.learning.rules.states import LeftWhy
from paivand.referrals.models import Referral
from paivand.registry.models import CONSENT_ENDS, Family, FamilyMember
from paivand.registry.queries.consents import withdrawn_people
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.families import FamilyState


def keys_of(sent: Submission, *versions: Filled) -> dict[uuid.UUID, KeyKind]:
    """The keys that a form holds, as it came and as it was mended."""
    found: dict[uuid.UUID, KeyKind] = {}
    for filled in versions:
        for key, kind in keys_in(filled, sent.form_version.questions).items():
            if found.get(key, KeyKind.OTHER) is KeyKind.OTHER:
                found[key] = kind
    return found


def keys_as_kept(sent: Submission) -> dict[uuid.UUID, KeyKind]:
    """The keys that a kept form holds; none where it cannot be read."""
    content = SubmissionContent.objects.filter(submission=sent).first()
    if content is None:
        return {}
    try:
        came = read_filled(bytes(content.xml))
        return keys_of(sent, came, came.mended(content.mended)) if content.mended else keys_of(sent, came)
    except Unreadable:
        return {}


def made_keys(taken: Taken) -> dict[uuid.UUID, KeyKind]:
    """The families that a form led to, which it need not name itself."""
    families = {made.id for made in taken.what if made.kind == "family"} | set(taken.families)
    return dict.fromkeys(families, KeyKind.FAMILY)


def remember_keys(sent: Submission, keys: Mapping[uuid.UUID, KeyKind]) -> None:
    """Write down whom a form is about; a part of taking it in, and of every attempt to."""
    SubmissionKey.objects.bulk_create(
        [
            SubmissionKey(
                submission=sent, is_survey=sent.is_survey, key=key, kind=kind, district_id=sent.district_id,
                agency_id=sent.agency_id, team_id=sent.team_id, owner_id=sent.owner_id,
            )
            for key, kind in keys.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def blank_mentions(sent: Submission, gone: Set[uuid.UUID]) -> None:
    """Empty the answers of a survey about others that speak of ``gone``, in its table and as they came; a part of a
    withdrawal, or of taking in what arrived after it. All other answers stay.
    """
    content = SubmissionContent.objects.filter(submission=sent).first()
    xml = _without(content, gone) if content is not None else None
    if content is not None and xml is not None:
        mended = content.mended
        if mended:
            mended = {path: "" if speaks_of(said, gone) else said for path, said in mended.items()}
        content.delete()
        instead: dict[str, Any] = {"xml": xml, "answers": content.answers, "mended": mended}
        SubmissionContent.objects.create(
            submission=sent, is_survey=sent.is_survey, district_id=content.district_id, agency_id=content.agency_id,
            team_id=content.team_id, owner_id=content.owner_id, **instead,
        )  # fmt: skip
    row = SurveyAnswer.objects.filter(submission=sent).first()
    if row is not None:
        row.values = _unsaid(row.values, gone)
        row.parts = {path: [_unsaid(one, gone) for one in rows] for path, rows in row.parts.items()}
        row.version += 1
        row.save(update_fields=["values", "parts", "version", "changed_at"])
    SubmissionKey.objects.filter(submission=sent, key__in=list(gone)).delete()


def _without(content: SubmissionContent, gone: Set[uuid.UUID]) -> bytes | None:
    """The XML without what speaks of ``gone``; None where it cannot be read, and no answer of it was either."""
    try:
        return without_mentions(read_filled(bytes(content.xml)), gone)
    except Unreadable:
        return None


def _unsaid(said: Mapping[str, str], gone: Set[uuid.UUID]) -> dict[str, str]:
    return {path: value for path, value in said.items() if not speaks_of(value, gone)}


def withdrawn_among(keys: Mapping[uuid.UUID, KeyKind], by: User) -> tuple[bool, bool]:
    """Whether somebody whom a form is about has withdrawn the consent to be registered, and whether it is about others.

    A form about others that only mentions somebody in a sentence is not about her: see ``gone_among``.
    """
    gone = gone_among(keys, by)
    return bool(gone) and not only_mentions(keys, gone), about_others(keys, gone)


def gone_among(keys: Mapping[uuid.UUID, KeyKind], by: User) -> frozenset[uuid.UUID]:
    """Those of the keys that name somebody who has withdrawn the consent to be registered.

    A form may arrive long after: it lay on a phone without signal. It is asked as far as its sender sees, who was the
    one to choose them.
    """
    asked = list(keys)
    if not asked:
        return frozenset()
    learners = Enrolment.objects.seen_by(by).filter(pk__in=asked, left_why=LeftWhy.CONSENT)
    gone = _families_withdrawn(asked, by) | _people_withdrawn(asked, by) | set(learners.values_list("pk", flat=True))
    if KeyKind.CODE in keys.values():
        withdrawn = Family.objects.seen_by(by).filter(state=FamilyState.WITHDRAWN)
        gone |= {code_key(number) for number in withdrawn.values_list("number", flat=True)} & keys.keys()
    gone |= _asks_withdrawn([key for key, kind in keys.items() if kind in _MAY_ASK], by)
    return frozenset(gone)


_MAY_ASK = frozenset({KeyKind.FOLLOW_UP, KeyKind.REFERRAL, KeyKind.OTHER})


def _families_withdrawn(asked: list[uuid.UUID], by: User) -> set[uuid.UUID]:
    found = Family.objects.seen_by(by).filter(pk__in=asked, state=FamilyState.WITHDRAWN)
    return set(found.values_list("pk", flat=True))


def _asks_withdrawn(asked: list[uuid.UUID], by: User) -> set[uuid.UUID]:
    """The questions afterwards and the referrals that are about somebody who withdrew."""
    if not asked:
        return set()
    asks = dict(FollowUp.objects.seen_by(by).filter(pk__in=asked).values_list("pk", "enrolment_id"))
    learners: set[uuid.UUID] = set()
    if asks:
        with for_purpose(CONSENT_ENDS):  # whoever asks a learner afterwards need not see her place in the group
            left = Enrolment.objects.filter(pk__in=list(asks.values()), left_why=LeftWhy.CONSENT)
            learners = set(left.values_list("pk", flat=True))
    sent_on = list(Referral.objects.seen_by(by).filter(pk__in=asked).values_list("pk", "person_id", "family_id"))
    families = _families_withdrawn([family for _pk, _person, family in sent_on if family], by) if sent_on else set()
    people = _people_withdrawn([person for _pk, person, _family in sent_on if person], by) if sent_on else set()
    return {pk for pk, learner in asks.items() if learner in learners} | {
        pk for pk, person, family in sent_on if person in people or family in families
    }


def _people_withdrawn(asked: list[uuid.UUID], by: User) -> set[uuid.UUID]:
    """The people who withdrew themselves, or belong to closed files only: whose file stays open somewhere stays."""
    files: dict[uuid.UUID, set[str]] = {}
    members = FamilyMember.objects.seen_by(by).filter(person_id__in=asked)
    for person, state in members.values_list("person_id", "family__state"):
        files.setdefault(person, set()).add(state)
    closed = {person for person, states in files.items() if FamilyState.WITHDRAWN in states}
    open_files = {person for person in closed if FamilyState.ACTIVE in files[person]}
    # What was given until a day that is over waits to be asked for anew: nothing was taken back.
    return (closed - open_files) | withdrawn_people(by, ConsentPurpose.REGISTRATION, files, also_ended=False)


def keys_of_families(families: Iterable[Family]) -> set[uuid.UUID]:
    """The keys under which forms name these families."""
    return {key for family in families for key in (family.pk, code_key(family.number))}
