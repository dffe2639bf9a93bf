"""Reading the declaration of a course, and refusing one that is wrong before a group is planned by it.

Whatever would let somebody pass, or keep everybody from passing, without a sign is refused here: a rule that asks for a
test which nobody takes, criteria that do not add up, a service that the journey does not know, a missing language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import TypeVar

from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.parts import Part
from paivand.learning.rules.course import (
    LANGUAGES,
    Asked,
    Certificate,
    CompletionRule,
    Course,
    Criterion,
    Design,
    Entrance,
    Exam,
    ExamScale,
    Feature,
    FollowUp,
    GroupSize,
    Kind,
    Module,
    Named,
    Rhythm,
    Stage,
    Test,
    Topic,
    Who,
    Words,
)
from paivand.registry.rules import Sex
from paivand.registry.rules.catalogue import services
from paivand.registry.rules.occupations import occupations
from paivand.registry.rules.participants import posts

T = TypeVar("T", bound=Named)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUARTER = Decimal("0.25")
"""Hours are planned in quarters."""

_NEEDED = (
    "code kind from source title summary service output features audience group modules rhythm completion certificate"
)
_ALLOWED = "until note trade test exam project follow_up practices materials"


def read(file: str, content: str, kinds: Mapping[str, Kind]) -> Course:
    """The course that ``content`` declares.

    Raises:
        DeclarationError: with file, line, path and reason of the first thing that is wrong.
    """
    return _Reader(kinds).course(Part.of(file, content))


def read_kinds(file: str, content: str) -> dict[str, Kind]:
    """The kinds of courses that ``content`` declares, by code, in its order."""
    found: dict[str, Kind] = {}
    for part in Part.of(file, content).fields("source kinds", "note")["kinds"]:
        parts = part.fields("code title group groups")
        code = _new(parts["code"], found)
        found[code] = Kind(code, _words(parts["title"]), _words(parts["group"]), _words(parts["groups"]))
    return found


@dataclass(frozen=True)
class _Reader:
    """One pass through one file."""

    kinds: Mapping[str, Kind]

    def course(self, whole: Part) -> Course:
        parts = whole.fields(_NEEDED, _ALLOWED)
        modules = _each(parts["modules"], self._module, least=1)
        self._demand_distinct_topics(parts["modules"], modules)
        test = self._test(parts["test"]) if "test" in parts else None
        exam = self._exam(parts["exam"]) if "exam" in parts else None
        found = Course(
            code=parts["code"].code(), kind=self._kind(parts["kind"]), since=parts["from"].day(),
            until=parts["until"].day() if "until" in parts else None, source=parts["source"].text(),
            note=parts["note"].text() if "note" in parts else "", title=_words(parts["title"]),
            summary=_words(parts["summary"]), service=self._service(parts["service"]),
            output=parts["output"].text(), trade=self._trade(parts["trade"]) if "trade" in parts else "",
            features=frozenset(one.one_of(Feature) for one in parts["features"]),
            audience=tuple(self._entrance(one) for one in parts["audience"]), size=self._size(parts["group"]),
            modules=modules, rhythm=self._rhythm(parts["rhythm"]), rule=self._rule(parts["completion"], exam),
            test=test, exam=exam, project=_words(parts["project"]) if "project" in parts else {},
            follow_up=self._follow_up(parts["follow_up"]) if "follow_up" in parts else None,
            practices=_each(parts["practices"], _named) if "practices" in parts else (),
            materials=_each(parts["materials"], _named) if "materials" in parts else (),
            certificate=self._certificate(parts["certificate"]),
        )  # fmt: skip
        self._demand_whole(found, parts)
        return found

    # --- what a course is ---

    def _kind(self, part: Part) -> Kind:
        code = part.code()
        if code not in self.kinds:
            part.fail(f"there is no kind {code!r}: add it to course_kinds.yaml, or use {', '.join(self.kinds)}")
        return self.kinds[code]

    def _service(self, part: Part) -> str:
        code = part.text()
        if code not in services():
            part.fail(f"the journey knows no service {code!r}: add it to services.yaml, or use one of its codes")
        return code

    def _trade(self, part: Part) -> str:
        code = part.text()
        if code not in occupations():
            part.fail(f"there is no occupation {code!r} in isco08.yaml")
        return code

    def _module(self, part: Part) -> Module:
        parts = part.fields("code title topics", "practical life_skill")
        return Module(
            parts["code"].code(), _words(parts["title"]), _each(parts["topics"], _topic, least=1),
            practical="practical" in parts and parts["practical"].flag(),
            life_skill="life_skill" in parts and parts["life_skill"].flag(),
        )  # fmt: skip

    def _demand_distinct_topics(self, part: Part, modules: tuple[Module, ...]) -> None:
        found: set[str] = set()
        for one in (topic.code for module in modules for topic in module.topics):
            if one in found:
                part.fail(f"the topic {one!r} stands here twice: give each topic its own code")
            found.add(one)

    def _rhythm(self, part: Part) -> Rhythm:
        parts = part.fields("weekdays every_weeks at hours")
        days = [one.text() for one in parts["weekdays"]]
        if not days or len(set(days)) < len(days) or not set(days) <= set(WEEKDAYS):
            parts["weekdays"].fail(f"write at least one of {', '.join(WEEKDAYS)}, each once")
        every = parts["every_weeks"].whole()
        if every < 1:
            parts["every_weeks"].fail("write 1 for every week, 2 for every second")
        try:
            at = time.fromisoformat(parts["at"].text())
        except ValueError:
            parts["at"].fail('write the time of day in quotes, as in "09:00"')
        return Rhythm(tuple(sorted(WEEKDAYS.index(one) for one in days)), every, at, _hours(parts["hours"]))

    # --- who ---

    def _entrance(self, part: Part) -> Entrance:
        parts = part.fields("who", "sex from_age to_age posts needs needs_any without")
        who = parts["who"].one_of(Who)
        if "posts" in parts and who is not Who.PROFESSIONAL:
            parts["posts"].fail("only professionals have posts")
        needed = tuple(one.code() for one in parts["posts"]) if "posts" in parts else ()
        for one in needed:
            if one not in posts():
                parts["posts"].fail(f"there is no post {one!r}: add it to professional_posts.yaml")
        ages = {name: parts[name].whole() for name in ("from_age", "to_age") if name in parts}
        if len(ages) == 2 and ages["from_age"] > ages["to_age"]:
            parts["to_age"].fail("the oldest is younger than the youngest")
        journey = {
            name: tuple(self._service(one) for one in parts[name]) if name in parts else ()
            for name in ("needs", "needs_any", "without")
        }
        return Entrance(
            who, parts["sex"].one_of(Sex) if "sex" in parts else "", ages.get("from_age"), ages.get("to_age"), needed,
            **journey,
        )  # fmt: skip

    def _size(self, part: Part) -> GroupSize:
        parts = part.fields("least most trainers qualification")
        found = GroupSize(
            parts["least"].whole(), parts["most"].whole(), parts["trainers"].whole(), _words(parts["qualification"])
        )
        if not 1 <= found.least <= found.most:
            part.fail("'least' is at least 1 and at most 'most'")
        if found.trainers < 1:
            parts["trainers"].fail("somebody leads the group: write 1 or more")
        return found

    # --- how it is completed ---

    def _test(self, part: Part) -> Test:
        parts = part.fields("instrument stages", "scale")
        code = parts["instrument"].code()
        declared = instrument(code)
        if declared is None:
            parts["instrument"].fail(f"there is no questionnaire {code!r} in parameters/instruments")
        scale = parts["scale"].code() if "scale" in parts else declared.main
        if declared.scale(scale) is None:
            parts["scale"].fail(f"the questionnaire {code!r} has no scale {scale!r}")
        stages = tuple(one.one_of(Stage) for one in parts["stages"])
        if not stages or len(set(stages)) < len(stages):
            parts["stages"].fail("write before, after, or both, each once")
        return Test(code, scale, stages)

    def _exam(self, part: Part) -> Exam:
        parts = part.fields("name scale pass_mark commission criteria")
        found = Exam(
            _words(parts["name"]), parts["scale"].one_of(ExamScale), _decimal(parts["pass_mark"]),
            parts["commission"].whole(), _each(parts["criteria"], _criterion, least=1),
        )  # fmt: skip
        most = [one.most for one in found.criteria]
        if found.scale is ExamScale.POINTS and sum(most) != found.highest:
            parts["criteria"].fail(f"the most points of all criteria add up to {sum(most)}, not to {found.highest}")
        if found.scale is ExamScale.MARKS and any(one != found.highest for one in most):
            parts["criteria"].fail("school marks go up to 5: write most: 5 for each criterion")
        if not found.lowest < found.pass_mark <= found.highest:
            parts["pass_mark"].fail(f"the pass mark lies above {found.lowest} and at most at {found.highest}")
        if found.commission < 1:
            parts["commission"].fail("somebody examines: write 1 or more")
        return found

    def _rule(self, part: Part, exam: Exam | None) -> CompletionRule:
        parts = part.fields("", "attendance practical_hours gain right exam project")
        needs_exam = "exam" in parts and parts["exam"].flag()
        if needs_exam and exam is None:
            part.fail("'exam' needs an exam: declare it in 'exam'")
        found = CompletionRule(
            parts["attendance"].whole() if "attendance" in parts else None,
            _hours(parts["practical_hours"]) if "practical_hours" in parts else None,
            parts["gain"].whole() if "gain" in parts else None,
            parts["right"].whole() if "right" in parts else None,
            exam.pass_mark if needs_exam and exam else None,
            "project" in parts and parts["project"].flag(),
        )
        if found == CompletionRule():
            part.fail("a course that asks for nothing cannot be completed: write at least attendance")
        for name, value in (("attendance", found.attendance), ("right", found.right)):
            if value is not None and not 1 <= value <= 100:
                parts[name].fail("a percentage goes from 1 to 100")
        if found.gain is not None and found.gain < 1:
            parts["gain"].fail("a gain is at least 1 point")
        return found

    def _follow_up(self, part: Part) -> FollowUp:
        parts = part.fields("months asked")
        months = tuple(one.whole() for one in parts["months"])
        if not months or months != tuple(sorted(set(months))) or months[0] < 1:
            parts["months"].fail("write the months after the end, in their order, as in [3, 6, 12]")
        return FollowUp(months, tuple(one.one_of(Asked) for one in parts["asked"]))

    def _certificate(self, part: Part) -> Certificate | None:
        if not part.entries():
            return None
        parts = part.fields("design prefix body signatories languages")
        languages = tuple(one.text() for one in parts["languages"])
        if not languages or not set(languages) <= set(LANGUAGES):
            parts["languages"].fail(f"write one or more of {', '.join(LANGUAGES)}")
        prefix = parts["prefix"].text()
        if not prefix.isascii() or not prefix.isalnum() or prefix != prefix.upper() or len(prefix) > 6:
            parts["prefix"].fail("a series has at most six capital letters and digits, as in VTS")
        signatories = tuple(_words(one) for one in parts["signatories"])
        if not signatories:
            parts["signatories"].fail("somebody signs: write at least one post")
        return Certificate(parts["design"].one_of(Design), prefix, _words(parts["body"]), signatories, languages)

    def _demand_whole(self, found: Course, parts: Mapping[str, Part]) -> None:
        """Refuse a course whose parts do not fit each other."""
        rule, at = found.rule, parts["completion"]
        stages = found.test.stages if found.test else ()
        if rule.gain is not None and set(stages) != set(Stage):
            at.fail("'gain' needs a test before and after: declare it in 'test'")
        if rule.right is not None and Stage.AFTER not in stages:
            at.fail("'right' needs a test after the course: declare it in 'test'")
        if rule.project and not found.project:
            at.fail("'project' needs a project: say in 'project' what is made")
        if rule.practical_hours is not None and rule.practical_hours > found.practical_hours:
            at.fail(f"the practical modules have {found.practical_hours} hours, and more are asked for")
        if not found.audience:
            parts["audience"].fail("nobody could join: write at least one way to be let in")
        for feature, needed, what in (
            (Feature.PRACTICES, found.practices, "'practices'"),
            (Feature.DEPARTURE, found.materials, "'materials'"),
            (Feature.JUNIOR, any(one.life_skill for one in found.modules), "a module with life_skill: true"),
        ):
            if found.has(feature) and not needed:
                parts["features"].fail(f"the feature {feature!s} needs {what}")


# --- small things ---


def _words(part: Part) -> Words:
    return {name: one.text() for name, one in part.fields(" ".join(LANGUAGES)).items()}


def _new(part: Part, found: Iterable[str]) -> str:
    code = part.code()
    if code in found:
        part.fail(f"the code {code!r} stands here twice")
    return code


def _each(part: Part, make: Callable[[Part], T], least: int = 0) -> tuple[T, ...]:
    """The things of a list, no two of one code."""
    found: dict[str, T] = {}
    for one in part:
        made = make(one)
        if made.code in found:
            one.fail(f"the code {made.code!r} stands here twice")
        found[made.code] = made
    if len(found) < least:
        part.fail("the list is empty")
    return tuple(found.values())


def _named(part: Part) -> Named:
    parts = part.fields("code title")
    return Named(parts["code"].code(), _words(parts["title"]))


def _topic(part: Part) -> Topic:
    parts = part.fields("code title hours")
    return Topic(parts["code"].code(), _words(parts["title"]), _hours(parts["hours"]))


def _criterion(part: Part) -> Criterion:
    parts = part.fields("code title most")
    most = _decimal(parts["most"])
    if most <= 0:
        parts["most"].fail("a criterion gives more than 0 points")
    return Criterion(parts["code"].code(), _words(parts["title"]), most)


def _decimal(part: Part) -> Decimal:
    found = part.number()
    return Decimal(found.numerator) / found.denominator


def _hours(part: Part) -> Decimal:
    found = _decimal(part)
    if found <= 0 or found % QUARTER:
        part.fail("hours are more than 0, in quarters, as in 1.25")
    return found
