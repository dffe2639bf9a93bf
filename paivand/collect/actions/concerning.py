"""Whom a form is about: written down with it, so that it is found when somebody's data are erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from paivand.access.models import User
from paivand.collect.models import Submission, SubmissionKey
from paivand.collect.rules.concerned import KeyKind, about_others, code_key, keys_in
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Taken
from paivand.learning.models import Enrolment
from paivand.learning.rules.states import LeftWhy
from paivand.registry.models import Family, FamilyMember
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


def kinds_held(sent: Submission) -> dict[uuid.UUID, KeyKind]:
    """The keys that were written down of a form."""
    rows = SubmissionKey.objects.filter(submission=sent).values_list("key", "kind")
    return {key: KeyKind(kind) for key, kind in rows}


def withdrawn_among(keys: Mapping[uuid.UUID, KeyKind], by: User) -> tuple[bool, bool]:
    """Whether somebody whom a form is about has withdrawn the consent to be registered, and whether it is about others.

    A form may arrive long after: it lay on a phone without signal. It is asked as far as its sender sees, who was the
    one to choose them.
    """
    asked = list(keys)
    gone = set(
        Family.objects.seen_by(by).filter(pk__in=asked, state=FamilyState.WITHDRAWN).values_list("pk", flat=True)
    )
    gone |= _people_withdrawn(asked, by)
    learners = Enrolment.objects.seen_by(by).filter(pk__in=asked, left_why=LeftWhy.CONSENT)
    gone |= set(learners.values_list("pk", flat=True))
    return bool(gone), about_others(keys, gone)


def _people_withdrawn(asked: list[uuid.UUID], by: User) -> set[uuid.UUID]:
    """The people who withdrew themselves, or belong to closed files only: whose file stays open somewhere stays."""
    files: dict[uuid.UUID, set[str]] = {}
    members = FamilyMember.objects.seen_by(by).filter(person_id__in=asked)
    for person, state in members.values_list("person_id", "family__state"):
        files.setdefault(person, set()).add(state)
    closed = {person for person, states in files.items() if FamilyState.WITHDRAWN in states}
    open_files = {person for person in closed if FamilyState.ACTIVE in files[person]}
    return (closed - open_files) | withdrawn_people(by, ConsentPurpose.REGISTRATION, files)


def keys_of_families(families: Iterable[Family]) -> set[uuid.UUID]:
    """The keys under which forms name these families."""
    return {key for family in families for key in (family.pk, code_key(family.number))}
