"""What becomes of a form that arrived from the field: its states, who may move it, and what a taker answers.

A form is stored as it came before anything is decided about it; that is the door's work. From then on it stands in
one of five states. ``EDGES`` is the whole machine: actions move a submission along an edge of it or not at all, and the
page docs/reference/submission-states.md is printed from it. No edge leads out: nothing that arrived is thrown away.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from paivand.collect.rules.submissions import SubmissionState
from paivand.core.rules.texts import text

COUNTS = "counts"
"""The decision that an answer counts though the survey was not offered to its sender."""
MOST_ATTEMPTS = 5
"""How often a submission is begun, with the worker killed each time, before a person must look at it."""


class Act(StrEnum):
    """What moves a submission on."""

    TAKE = "take"
    HOLD = "hold"
    REFUSE = "refuse"
    DECIDE = "decide"
    MEND = "mend"
    RUN_AGAIN = "run_again"
    SETTLE = "settle"
    REPLACE = "replace"
    SET_ASIDE = "set_aside"
    TAKE_UP_AGAIN = "take_up_again"


class Side(StrEnum):
    """Who moves it: the program, or a person who sent it or mends it."""

    PROGRAM = "program"
    PERSON = "person"


class Problem(StrEnum):
    """Why a submission is not taken in, where no rule of the registry said so with a word of its own."""

    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    WAITS = "waits"
    EDIT = "edit"
    NO_RIGHT = "no_right"
    NO_ACCOUNT = "no_account"
    OUTSIDE = "outside"
    BROKE = "broke"
    REPLACED = "replaced"
    CONSENT = "consent"
    UNOFFERED = "unoffered"


_OPEN = (SubmissionState.HELD, SubmissionState.MEND)
EDGES: dict[tuple[SubmissionState, Act], SubmissionState] = {
    (SubmissionState.WAITING, Act.TAKE): SubmissionState.TAKEN,
    (SubmissionState.WAITING, Act.HOLD): SubmissionState.HELD,
    (SubmissionState.WAITING, Act.REFUSE): SubmissionState.MEND,
    (SubmissionState.WAITING, Act.REPLACE): SubmissionState.ASIDE,
    (SubmissionState.HELD, Act.DECIDE): SubmissionState.WAITING,
    (SubmissionState.HELD, Act.SETTLE): SubmissionState.TAKEN,
    **{(state, Act.MEND): SubmissionState.WAITING for state in _OPEN},
    **{(state, Act.RUN_AGAIN): SubmissionState.WAITING for state in _OPEN},
    **{(state, Act.REPLACE): SubmissionState.ASIDE for state in _OPEN},
    **{(state, Act.SET_ASIDE): SubmissionState.ASIDE for state in (SubmissionState.WAITING, *_OPEN)},
    (SubmissionState.ASIDE, Act.TAKE_UP_AGAIN): SubmissionState.WAITING,
}
"""Every move there is. Taken is an end: what was made is corrected where it stands, on its own screens."""

SIDES: dict[Act, tuple[Side, ...]] = {
    Act.TAKE: (Side.PROGRAM,),
    Act.HOLD: (Side.PROGRAM,),
    Act.REFUSE: (Side.PROGRAM,),
    Act.REPLACE: (Side.PROGRAM,),
    Act.DECIDE: (Side.PERSON,),
    Act.SETTLE: (Side.PERSON,),
    Act.MEND: (Side.PERSON,),
    Act.RUN_AGAIN: (Side.PROGRAM, Side.PERSON),
    Act.SET_ASIDE: (Side.PROGRAM, Side.PERSON),
    Act.TAKE_UP_AGAIN: (Side.PERSON,),
}
"""The program runs again what waited for an earlier form, and sets aside what a withdrawn consent forbids to take in;
everything else of the second half is a person's."""

ACT_NAMES: dict[Act, str] = {
    Act.TAKE: text("taken in"),
    Act.HOLD: text("held for a decision"),
    Act.REFUSE: text("not let in by a rule"),
    Act.DECIDE: text("decided"),
    Act.MEND: text("mended"),
    Act.RUN_AGAIN: text("run again"),
    Act.SETTLE: text("written over by hand"),
    Act.REPLACE: text("replaced by a newer form"),
    Act.SET_ASIDE: text("set aside"),
    Act.TAKE_UP_AGAIN: text("taken up again"),
}
PROBLEM_WORDS: dict[Problem, str] = {
    Problem.DUPLICATE: text("This family may be registered already. Compare, and say whether it is the same family."),
    Problem.CONFLICT: text("Something else stands in the file already. Compare, and say which is right."),
    Problem.WAITS: text("This form builds on an earlier one that has not arrived yet. It waits for it."),
    Problem.EDIT: text("This form was changed on the device after it had been taken in. Compare what is different."),
    Problem.NO_RIGHT: text(
        "The sender does not hold the right that this form needs. Once the right is given, run the form again."
    ),
    Problem.NO_ACCOUNT: text(
        "The account of the sender is closed. Once it is open again, run the form again; or set it aside."
    ),
    Problem.OUTSIDE: text(
        "This form is about somebody whom the sender does not find: another district, or not registered yet. "
        "Once that has changed, run the form again."
    ),
    Problem.BROKE: text(
        "The program made a mistake with this form. Nothing of it is lost. Tell whoever keeps the program, and run the "
        "form again after it is mended."
    ),
    Problem.REPLACED: text("A newer form took its place before this one was taken in."),
    Problem.CONSENT: text("The consent of the family was withdrawn, so this form is not taken in."),
    Problem.UNOFFERED: text(
        "As far as is known, the survey was not offered where or when this was filled in. "
        "The answer does not count until somebody says that it does."
    ),
}
"""What each problem means for whoever opens the form. A rule of the registry has words of its own."""
STATE_MEANING: dict[SubmissionState, str] = {
    SubmissionState.WAITING: text("It arrived and will be taken in within a minute."),
    SubmissionState.TAKEN: text("What it says stands in the files now."),
    SubmissionState.HELD: text("A person decides about it, or it waits for an earlier form."),
    SubmissionState.MEND: text("A rule did not let it in; the reason stands beside the question."),
    SubmissionState.ASIDE: text("Somebody put it aside with a reason; it can be taken up again."),
}
TO_DO = frozenset(_OPEN)
"""States in which a person is asked for something."""


def after(state: str, act: Act) -> SubmissionState | None:
    """The state to which ``act`` leads, or None where there is no such edge.

    >>> after("mend", Act.RUN_AGAIN), after("taken", Act.SET_ASIDE)
    (<SubmissionState.WAITING: 'waiting'>, None)
    """
    return EDGES.get((SubmissionState(state), act))


def acts_of(state: str, side: Side = Side.PERSON) -> frozenset[Act]:
    """What may be done to a submission in ``state``.

    >>> sorted(acts_of("aside")), sorted(acts_of("taken"))
    ([<Act.TAKE_UP_AGAIN: 'take_up_again'>], [])
    """
    return frozenset(act for (source, act) in EDGES if source == state and side in SIDES[act])


@dataclass(frozen=True, slots=True)
class Made:
    """One thing that was made of a submission, with the way to it.

    Args:
        kind: ``family``, ``visit``, ``session`` …: a short stable word.
        label: what a person reads: a code, never a name.
        url_name: name of the page, such as ``registry:family-open``; empty where there is none.
    """

    kind: str
    id: uuid.UUID
    label: str
    url_name: str = ""
    url_kwargs: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "kind": self.kind, "id": str(self.id), "label": self.label, "url_name": self.url_name,
            "url_kwargs": {name: str(value) for name, value in self.url_kwargs.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What a taker made.

    Args:
        families: keys of the families whose data the form holds, beside those that it chose from the list of families
            or registered itself: with them the form is erased when a family's data are.
    """

    what: tuple[Made, ...] = ()
    families: tuple[uuid.UUID, ...] = ()


class Undecided(Exception):
    """A taker cannot go on alone: a person decides, or an earlier form must come first.

    Args:
        kind: ``duplicate``, ``conflict``, ``waits`` or ``unoffered``.
        found: plain JSON that the page of the decision shows, such as registered families with their scores.
        until: when a form that waits is tried again in any case.
    """

    def __init__(self, kind: str, found: Sequence[Any] = (), until: datetime | None = None) -> None:
        super().__init__(kind)
        self.kind = Problem(kind)
        self.found = list(found)
        self.until = until


Taker = Callable[..., Taken]
"""``take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken``.

It runs in one transaction as the worker who sent the form and calls the actions of the screens, with keys made by
``row_key(sent.pk, …)``, so that a second run makes nothing twice. It raises ``Refused`` with the question's path as its
field for what must be mended, and ``Undecided`` for what a person decides; ``answers`` holds what was decided before.
"""
