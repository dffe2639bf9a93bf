"""Matters of legal aid, as ``parameters/legal_matters.yaml`` declares them: steps, papers, bodies and outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "legal_matters.yaml"


class StepState(StrEnum):
    """Whether a step of a matter is still to be taken."""

    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"


STEP_STATE_NAMES = {
    StepState.OPEN: text("still to do"),
    StepState.DONE: text("done"),
    StepState.NOT_NEEDED: text("not needed here"),
}


@dataclass(frozen=True, slots=True)
class Titled:
    """Something with a code and a title in four languages."""

    code: str
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])


@dataclass(frozen=True, slots=True)
class MatterOutcome(Titled):
    """How a matter can come out; ``step`` is the outcome of the service on the journey, empty where none counts."""

    step: str = ""


@dataclass(frozen=True, slots=True)
class MatterStep(Titled):
    """One step of a kind of matter: usual days after the one before, and the service that it is by itself."""

    days: int = 14
    optional: bool = False
    service: str = ""


@dataclass(frozen=True, slots=True)
class MatterKind(Titled):
    """One kind of legal matter."""

    journey: str = ""
    consent: str = ""
    steps: tuple[MatterStep, ...] = ()
    papers: tuple[Titled, ...] = ()
    bodies: tuple[Titled, ...] = ()
    outcomes: tuple[MatterOutcome, ...] = ()

    def step(self, code: str) -> MatterStep | None:
        """The step of this code."""
        return next((step for step in self.steps if step.code == code), None)

    def outcome(self, code: str) -> MatterOutcome | None:
        """The outcome of this code."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def matter_kinds() -> dict[str, MatterKind]:
    """Every kind of matter by its code, in the order of the file.

    >>> kind = matter_kinds()["birth_registration"]
    >>> kind.journey, kind.title("ru"), [step.code for step in kind.steps if not step.optional][:2]
    ('legal.birth_registered', 'Регистрация рождения', ['advice', 'papers_collected'])
    """
    told = _declared()
    services: dict[str, str] = told["step_services"]

    def titled(group: str, codes: Sequence[str]) -> tuple[Titled, ...]:
        return tuple(Titled(code, told[group][code]) for code in codes)

    return {
        row["code"]: MatterKind(
            row["code"], row["title"], row["journey"], row.get("consent", ""),
            steps=tuple(
                MatterStep(
                    one["code"], told["steps"][one["code"]], one["days"], one.get("optional", False),
                    services.get(one["code"], ""),
                )
                for one in row["steps"]
            ),
            papers=titled("papers", row["papers"]),
            bodies=titled("bodies", row["bodies"]),
            outcomes=tuple(
                MatterOutcome(code, told["outcomes"][code]["title"], told["outcomes"][code]["step"])
                for code in row["outcomes"]
            ),
        )
        for row in told["matters"]
    }  # fmt: skip


def title_of(group: str, code: str, language: str) -> str:
    """The title of a step, a body, a paper or an outcome; an unknown code stands for itself.

    >>> title_of("bodies", "court", "en"), title_of("outcomes", "found", "en"), title_of("steps", "dance", "en")
    ('city or district court', 'found', 'dance')
    """
    told: Any = _declared()[group].get(code)
    if told is None:
        return code
    titles: Mapping[str, str] = told.get("title", told)
    return titles.get(language[:2], titles["en"])


class StepRow(Protocol):
    """One step of a matter, as far as the rules look at it."""

    @property
    def code(self) -> Any: ...
    @property
    def state(self) -> Any: ...
    @property
    def due_on(self) -> Any: ...
    @property
    def done_on(self) -> Any: ...


S = TypeVar("S", bound=StepRow)


def next_step(kind: MatterKind, rows: Sequence[S]) -> S | None:
    """The first open step that every matter of this kind needs."""
    order = {step.code: number for number, step in enumerate(kind.steps)}
    waiting = [
        row for row in rows if row.state == StepState.OPEN and not getattr(kind.step(row.code), "optional", False)
    ]
    return min(waiting, key=lambda row: order.get(row.code, len(order)), default=None)


def deadline(kind: MatterKind, rows: Sequence[S], opened_on: date) -> tuple[S, date] | None:
    """What must be done first in a matter, and until when: the soonest of the terms that are set and of the next step.

    The next step that is needed waits for its usual days after what was done last, unless it has a term of its own. An
    optional step waits only once somebody gave it a term: else nobody knows yet whether it will be needed.
    """
    last = max((one.done_on for one in rows if one.done_on), default=opened_on)
    found = [(row, row.due_on) for row in rows if row.state == StepState.OPEN and row.due_on]
    row = next_step(kind, rows)
    if row is not None and not row.due_on:
        step = kind.step(row.code)
        found.append((row, max(last, opened_on) + timedelta(days=step.days if step else 14)))
    return min(found, key=lambda one: one[1], default=None)
