"""Plans of help: in which states a version of a plan can be, what it is made of, and who decides about it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from paivand.core.rules.texts import text


class PlanState(StrEnum):
    """Where one version of a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REPLACED = "replaced"


PLAN_STATE_NAMES = {
    PlanState.DRAFT: text("draft"),
    PlanState.SUBMITTED: text("waits for approval"),
    PlanState.RETURNED: text("returned with a comment"),
    PlanState.APPROVED: text("approved"),
    PlanState.REPLACED: text("replaced by a later version"),
}

WRITABLE = (PlanState.DRAFT, PlanState.RETURNED)
"""The states in which a version may be changed. One that waits is taken back first; one that is approved stays."""


class Area(StrEnum):
    """To which part of life a need belongs."""

    HOME = "home"
    INCOME = "income"
    FOOD = "food"
    HEALTH = "health"
    MIND = "mind"
    SCHOOL = "school"
    PAPERS = "papers"
    RIGHTS = "rights"
    SAFETY = "safety"
    FAMILY = "family"
    SKILLS = "skills"
    OTHER = "other"


AREA_NAMES = {
    Area.HOME: text("home"),
    Area.INCOME: text("work and income"),
    Area.FOOD: text("food"),
    Area.HEALTH: text("health"),
    Area.MIND: text("peace of mind"),
    Area.SCHOOL: text("school"),
    Area.PAPERS: text("papers"),
    Area.RIGHTS: text("rights and law"),
    Area.SAFETY: text("safety"),
    Area.FAMILY: text("family and neighbours"),
    Area.SKILLS: text("learning and skills"),
    Area.OTHER: text("something else"),
}


class Doer(StrEnum):
    """Who takes a step of a plan."""

    WORKER = "worker"
    PERSON = "person"
    PROVIDER = "provider"
    OTHER = "other"


DOER_NAMES = {
    Doer.WORKER: text("the social worker"),
    Doer.PERSON: text("somebody of the family"),
    Doer.PROVIDER: text("a service"),
    Doer.OTHER: text("somebody else"),
}


class StepState(StrEnum):
    """Whether a step of a plan was taken."""

    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not_done"


STEP_STATE_NAMES = {
    StepState.OPEN: text("still open"),
    StepState.DONE: text("done"),
    StepState.NOT_DONE: text("not done"),
}


class GoalState(StrEnum):
    """How far a goal was reached."""

    OPEN = "open"
    PARTLY = "partly"
    MET = "met"
    NOT_MET = "not_met"


GOAL_STATE_NAMES = {
    GoalState.OPEN: text("still open"),
    GoalState.PARTLY: text("met in part"),
    GoalState.MET: text("met"),
    GoalState.NOT_MET: text("not met"),
}


class Subject(StrEnum):
    """What somebody decided about."""

    PLAN = "plan"
    CLOSURE = "closure"


class Decision(StrEnum):
    """What was decided about a plan or a closure."""

    APPROVED = "approved"
    RETURNED = "returned"
    WAIVED = "waived"


DECISION_NAMES = {
    Decision.APPROVED: text("approved"),
    Decision.RETURNED: text("returned"),
    Decision.WAIVED: text("closed without an approval of the checklist"),
}


# --- drafts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WordsDraft:
    """The texts of a plan beside its needs."""

    own_words: str = ""
    child_view: str = ""
    interest_options: str = ""
    interest_child: str = ""
    interest_decision: str = ""
    interest_deciders: str = ""


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """A need, of one person or of all."""

    area: Area
    statement: str
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """A goal."""

    statement: str
    by_on: date | None = None


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step: who does what until when, by which service, and under which referral."""

    what: str
    doer: Doer
    by_on: date
    doer_person_id: uuid.UUID | None = None
    doer_name: str = ""
    service_type: str = ""
    referral_id: uuid.UUID | None = None


# --- the hash of a version ------------------------------------------------------------------------------------------


def canonical(content: Mapping[str, Any]) -> bytes:
    """One way only to write ``content`` down: JSON with sorted keys, no spaces, composed letters, in UTF-8.

    >>> canonical({"b": "и\u0304", "a": 1}) == canonical({"a": 1, "b": "ӣ"})
    True
    """
    return json.dumps(_composed(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {str(key): _composed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(inner) for inner in value]
    return value


def content_hash(content: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical form, in hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def short_hash(full: str) -> str:
    """The first twelve digits, in groups of four: what two people compare by eye.

    >>> short_hash("0123456789abcdef" * 4)
    '0123 4567 89ab'
    """
    return " ".join((full[:4], full[4:8], full[8:12]))


# --- what is missing ------------------------------------------------------------------------------------------------


class Missing(StrEnum):
    """What a plan lacks before it can be sent for approval."""

    NEEDS = "needs"
    GOALS = "goals"
    STEPS = "steps"
    OWN_WORDS = "own_words"
    CHILD_VIEW = "child_view"
    INTEREST = "interest"


MISSING_SENTENCES = {
    Missing.NEEDS: text("Write down at least one need."),
    Missing.GOALS: text("Give every need a goal."),
    Missing.STEPS: text("Give every goal a step: who does what until when."),
    Missing.OWN_WORDS: text("Write down what the person herself says."),
    Missing.CHILD_VIEW: text(
        "Write down what the child says. A child who cannot speak yet is watched: write what you saw."
    ),
    Missing.INTEREST: text(
        "Write the note on the child's best interest: ways, the child's view, decision, who decided."
    ),
}


def missing(content: Mapping[str, Any], *, best_interest: bool, child: bool) -> list[Missing]:
    """What ``content`` lacks before it can be sent for approval.

    Args:
        content: the whole plan, as ``queries.plans.content_of`` gives it.
        best_interest: whether the kind of case demands the note on the child's best interest.
        child: whether a child belongs to the case.
    """
    found = []
    needs = content["needs"]
    goals = [goal for need in needs for goal in need["goals"]]
    if not needs:
        found.append(Missing.NEEDS)
    if not all(need["goals"] for need in needs):
        found.append(Missing.GOALS)
    if not all(goal["steps"] for goal in goals):
        found.append(Missing.STEPS)
    if not content["own_words"]:
        found.append(Missing.OWN_WORDS)
    if child and best_interest and not content["child_view"]:
        found.append(Missing.CHILD_VIEW)
    if best_interest and not all(content["best_interest"].values()):
        found.append(Missing.INTEREST)
    return found


# --- two versions beside each other ---------------------------------------------------------------------------------


class How(StrEnum):
    """What became of a part between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


HOW_NAMES = {How.ADDED: text("new"), How.REMOVED: text("taken away"), How.CHANGED: text("changed")}


class Part(StrEnum):
    """A part of a plan."""

    WORDS = "words"
    NEED = "need"
    GOAL = "goal"
    STEP = "step"


PART_NAMES = {
    Part.WORDS: text("Words"),
    Part.NEED: text("Need"),
    Part.GOAL: text("Goal"),
    Part.STEP: text("Step"),
}


FIELD_NAMES = {
    "own_words": text("In the person's own words"),
    "child_view": text("What the child says"),
    "interest_options": text("Best interest: which ways were considered"),
    "interest_child": text("Best interest: what the child thinks of them"),
    "interest_decision": text("Best interest: what was decided, and why"),
    "interest_deciders": text("Best interest: who decided"),
    "person": text("Who needs it"),
    "area": text("Part of life"),
    "statement": text("In words"),
    "what": text("What is done"),
    "doer": text("Who does it"),
    "name": text("Name"),
    "by": text("Until"),
    "service_type": text("Kind of service"),
}
"""What the fields of a plan's content are called, where two versions are compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs between two versions: as it was, as it is, and the names of what changed in it."""

    part: Part
    how: How
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    fields: tuple[str, ...] = ()


_WORDS = ("own_words", "child_view")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions of a plan; parts are known again by their key, wherever they stand.

    >>> empty = {"own_words": "", "child_view": "", "best_interest": {}, "needs": []}
    >>> differences(empty, {**empty, "own_words": "I want to sew."})[0].fields
    ('own_words',)
    """
    old, new = ({**version, **version["best_interest"]} for version in (before, after))
    names = [*_WORDS, *after["best_interest"]]
    found = [
        Difference(Part.WORDS, How.CHANGED, {name: old.get(name, "")}, {name: new[name]}, (name,))
        for name in names
        if old.get(name, "") != new[name]
    ]
    was, stands = dict(_parts(before)), dict(_parts(after))
    for key, (part, row) in stands.items():
        if key not in was:
            found.append(Difference(part, How.ADDED, {}, row))
            continue
        fields = tuple(name for name in row if row[name] != was[key][1].get(name))
        if fields:
            found.append(Difference(part, How.CHANGED, was[key][1], row, fields))
    found += [Difference(part, How.REMOVED, row, {}) for key, (part, row) in was.items() if key not in stands]
    return found


def _parts(content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Part, dict[str, Any]]]]:
    """Every need, goal and step with its key, without what is inside it."""
    for need in content["needs"]:
        yield need["key"], (Part.NEED, _alone(need, "goals"))
        for goal in need["goals"]:
            yield goal["key"], (Part.GOAL, _alone(goal, "steps"))
            for step in goal["steps"]:
                yield step["key"], (Part.STEP, _alone(step))


def _alone(part: Mapping[str, Any], *inside: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in {"key", *inside}}
