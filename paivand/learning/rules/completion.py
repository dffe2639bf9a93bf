"""When somebody has completed a course: what she did, held against the rule of the course, and what is missing.

A lesson counts where she was there, late or not. An excused lesson counts as one that was held and missed: what she did
not attend she did not learn. A test or an exam that the rule asks for and that was not taken is missing; it is never
taken for passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from paivand.core.rules.attendance import WAS_THERE
from paivand.core.rules.texts import text
from paivand.learning.rules.course import CompletionRule
from paivand.learning.rules.sentences import Sentence


class Missing(StrEnum):
    """What a certificate waits for."""

    NO_LESSONS = "no_lessons"
    ATTENDANCE = "attendance"
    PRACTICE = "practice"
    TEST_BEFORE = "test_before"
    TEST_AFTER = "test_after"
    GAIN = "gain"
    RIGHT = "right"
    EXAM_NOT_TAKEN = "exam_not_taken"
    EXAM = "exam"
    PROJECT = "project"


_SENTENCES = {
    Missing.NO_LESSONS: text("No lesson has been held yet."),
    Missing.ATTENDANCE: text("Attended %(have)s %% of the lessons; the course asks for %(need)s %%."),
    Missing.PRACTICE: text("%(have)s hours of practice; the course asks for %(need)s."),
    Missing.TEST_BEFORE: text("The test before the course was not taken."),
    Missing.TEST_AFTER: text("The test after the course was not taken."),
    Missing.GAIN: text("%(have)s points in the test after the course; after the first test %(need)s were needed."),
    Missing.RIGHT: text("%(have)s %% of the points in the test after the course; the course asks for %(need)s %%."),
    Missing.EXAM_NOT_TAKEN: text("The exam was not taken."),
    Missing.EXAM: text("%(have)s in the exam; it is passed with %(need)s."),
    Missing.PROJECT: text("The project is not done."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attended:
    """One lesson that was held, and how a learner was marked at it: present, late, excused or absent."""

    mark: str
    hours: Decimal
    practical: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What one learner did in one group.

    Args:
        n_held: lessons that the group held, and ``n_there`` those at which she was.
        hours: of the lessons at which she was; ``practical_hours`` those of practice among them.
        before: points in the test before the course, ``after`` after it; None where it was not taken.
        most: the most points that the test gives; 0 where there is none.
        exam: the result of the exam; None where it was not taken.
        project: whether the project is done; None where nobody looked at it yet.
    """

    n_held: int = 0
    n_there: int = 0
    hours: Decimal = Decimal(0)
    practical_hours: Decimal = Decimal(0)
    before: Decimal | None = None
    after: Decimal | None = None
    most: Decimal = Decimal(0)
    exam: Decimal | None = None
    project: bool | None = None

    @property
    def attended(self) -> int:
        """The percentage of the lessons held at which she was, rounded down, so that 79.9 never looks like 80."""
        return 100 * self.n_there // self.n_held if self.n_held else 0

    @property
    def gain(self) -> Decimal | None:
        """By how many points the test after the course is better; None where one is missing."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: how much the course asks for, and how much there is."""

    code: Missing
    need: Decimal = Decimal(0)
    have: Decimal = Decimal(0)

    def plain(self) -> dict[str, str]:
        """As it is stored."""
        return {"code": str(self.code), "need": str(self.need), "have": str(self.have)}

    @classmethod
    def stored(cls, found: Mapping[str, str]) -> Lack:
        """As it was stored."""
        return cls(Missing(found["code"]), Decimal(found["need"]), Decimal(found["have"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a course is completed, and what is missing if not."""

    lacks: tuple[Lack, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacks


def progress_of(marks: Iterable[Attended], **results: Decimal | bool | None) -> Progress:
    """What a learner did, from her marks at all the lessons that the group held. Their order does not matter.

    Args:
        marks: one for each lesson held; for one without a mark hand over ``absent``.
        results: tests, exam and project, as ``Progress`` names them.

    >>> found = progress_of([Attended("late", Decimal(4), True), Attended("excused", Decimal(4))], exam=Decimal(70))
    >>> found.n_held, found.n_there, found.hours, found.practical_hours, found.exam
    (2, 1, Decimal('4'), Decimal('4'), Decimal('70'))
    """
    held = list(marks)
    there = [one for one in held if one.mark in WAS_THERE]
    found = Progress(
        len(held), len(there), sum((one.hours for one in there), Decimal(0)),
        sum((one.hours for one in there if one.practical), Decimal(0)),
    )  # fmt: skip
    return replace(found, **results)  # type: ignore[arg-type]


def verdict(rule: CompletionRule, progress: Progress) -> Verdict:
    """Whether ``progress`` fulfils ``rule``, each threshold for itself, and everything that is missing.

    *attendance*: 100 · lessons attended / lessons held ≥ the percentage, without rounding.
    *gain*: points after ≥ min(points before + gain, most points). Who could not gain so much must reach the most.
    *right*: 100 · points after / most points ≥ the percentage.

    >>> rule = CompletionRule(attendance=75, gain=2)
    >>> verdict(rule, Progress(n_held=20, n_there=15, before=Decimal(9), after=Decimal(10), most=Decimal(10))).passed
    True
    >>> [str(one.code) for one in verdict(rule, Progress(n_held=20, n_there=14, before=Decimal(3))).lacks]
    ['attendance', 'test_after']
    """
    lacks = [*_attendance(rule, progress), *_tests(rule, progress)]
    if rule.exam is not None:
        if progress.exam is None:
            lacks.append(Lack(Missing.EXAM_NOT_TAKEN, rule.exam))
        elif progress.exam < rule.exam:
            lacks.append(Lack(Missing.EXAM, rule.exam, progress.exam))
    if rule.project and progress.project is not True:
        lacks.append(Lack(Missing.PROJECT))
    return Verdict(tuple(lacks))


def _attendance(rule: CompletionRule, progress: Progress) -> list[Lack]:
    lacks = []
    if rule.attendance is not None:
        if progress.n_held == 0:
            lacks.append(Lack(Missing.NO_LESSONS, Decimal(rule.attendance)))
        elif 100 * progress.n_there < rule.attendance * progress.n_held:
            lacks.append(Lack(Missing.ATTENDANCE, Decimal(rule.attendance), Decimal(progress.attended)))
    if rule.practical_hours is not None and progress.practical_hours < rule.practical_hours:
        lacks.append(Lack(Missing.PRACTICE, rule.practical_hours, progress.practical_hours))
    return lacks


def _tests(rule: CompletionRule, progress: Progress) -> list[Lack]:
    before, after = progress.before, progress.after
    if rule.gain is None and rule.right is None:
        return []
    lacks = []
    if rule.gain is not None and before is None:
        lacks.append(Lack(Missing.TEST_BEFORE))
    if after is None:
        return [*lacks, Lack(Missing.TEST_AFTER)]
    if rule.gain is not None and before is not None:
        needed = min(before + rule.gain, progress.most) if progress.most > 0 else before + rule.gain
        if after < needed:
            lacks.append(Lack(Missing.GAIN, needed, after))
    if rule.right is not None and (progress.most <= 0 or 100 * after < rule.right * progress.most):
        share = (100 * after / progress.most).quantize(Decimal(1), ROUND_FLOOR) if progress.most > 0 else Decimal(0)
        lacks.append(Lack(Missing.RIGHT, Decimal(rule.right), share))
    return lacks


_DEMANDS = (
    ("attendance", text("at least %(n)s %% of the lessons attended")),
    ("practical_hours", text("at least %(n)s hours of practice")),
    ("gain", text("a test after the course that is better by %(n)s points than the one before")),
    ("right", text("at least %(n)s %% right in the test after the course")),
    ("exam", text("the exam passed, with %(n)s or more")),
)
_PROJECT = text("an own project done")


def demands(rule: CompletionRule) -> tuple[Sentence, ...]:
    """What a course asks for, to be read before it begins.

    >>> [one.said() for one in demands(CompletionRule(attendance=80, project=True))]
    ['at least 80 % of the lessons attended', 'an own project done']
    """
    found = [
        Sentence(source, {"n": _short(Decimal(getattr(rule, name)))})
        for name, source in _DEMANDS
        if getattr(rule, name) is not None
    ]
    return (*found, Sentence(_PROJECT)) if rule.project else tuple(found)


def lack_sentence(lack: Lack) -> Sentence:
    """What is missing, in words.

    >>> lack_sentence(Lack(Missing.ATTENDANCE, Decimal(80), Decimal(65))).said()
    'Attended 65 % of the lessons; the course asks for 80 %.'
    """
    return Sentence(_SENTENCES[lack.code], {"need": _short(lack.need), "have": _short(lack.have)})


def _short(value: Decimal) -> str:
    """A number without needless zeros.

    >>> _short(Decimal("88.00")), _short(Decimal("7.50")), _short(Decimal(100))
    ('88', '7.5', '100')
    """
    return f"{value.normalize():f}"
