"""Reading the declarations of indicators. A wrong one is refused with file, line and reason before it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from paivand.core.rules.journey_codes import services
from paivand.core.rules.parts import DeclarationError, Part
from paivand.evidence.rules.indicators import AgeSet, Dimension, Goal, Indicator, Measure, Source, Where
from paivand.learning.rules.states import GroupState
from paivand.outreach.rules.catalogue import channels, topics
from paivand.registry.rules import Sex
from paivand.registry.rules.migration import AbsenceStatus

PARAMETERS = Path(__file__).parent.parent.parent / "parameters"
FOLDER = PARAMETERS / "indicators"
AGE_SETS = PARAMETERS / "age_sets.yaml"
LANGUAGES = "tg ru en fa"
COUNTS = {Measure.PEOPLE, Measure.FAMILIES, Measure.EVENTS, Measure.CONTACTS}
OF_A_VALUE = {Measure.SUM, Measure.MEAN, Measure.MEDIAN}
VALUES = {
    Source.JOURNEY: ("quantity",),
    Source.GROUPS: ("learners", "sessions"),
    Source.REACH: ("contacts", "repeat"),
}
_SENSITIVE = "survivor."
_NEEDED = "code title question measure where level"
_ALLOWED = (
    "source whole value per_person by ages parts output order unit baseline milestones target means frequency owner "
    "sdg gcm marker falling sensitive"
)
_BY_SOURCE = {
    Source.JOURNEY: set(Dimension) - {Dimension.CHANNEL, Dimension.TOPIC},
    Source.GROUPS: {Dimension.DISTRICT, Dimension.JAMOAT, Dimension.AGENCY, Dimension.MONTH, Dimension.SERVICE},
    Source.REACH: {Dimension.SEX, Dimension.AGE, Dimension.DISTRICT, Dimension.JAMOAT, Dimension.AGENCY,
                   Dimension.MONTH, Dimension.CHANNEL, Dimension.TOPIC},
}  # fmt: skip
_SDG_TARGET = re.compile(r"^\d{1,2}\.[0-9a-d]{1,2}$")
_KEY = re.compile(r"^[0-9a-f]{8}-?[0-9a-f]{4}", re.IGNORECASE)
N_GCM = 23
T = TypeVar("T")


def read(file: str, content: str) -> list[Indicator]:
    """The indicators that one file declares for one programme.

    Raises:
        DeclarationError: with file, line, path and reason of the first thing that is wrong.
    """
    parts = Part.of(file, content).fields("programme source indicators", "starts_on note")
    reader = _Reader(file, parts["programme"].text(), parts["starts_on"].day() if "starts_on" in parts else None)
    return [reader.indicator(part) for part in parts["indicators"]]


def read_age_sets(file: str, content: str) -> dict[str, AgeSet]:
    """The age sets that a file declares, by code."""
    found: dict[str, AgeSet] = {}
    for part in Part.of(file, content).fields("source sets", "note")["sets"]:
        parts = part.fields("code title starts")
        _words(parts["title"])
        starts = tuple(one.whole() for one in parts["starts"])
        if not starts or starts[0] != 0 or list(starts) != sorted(set(starts)):
            parts["starts"].fail("the first years of the bands rise, and the first of them is 0")
        code = parts["code"].code()
        if code in found:
            part.fail(f"there is an age set {code!r} already")
        found[code] = AgeSet(code, starts)
    return found


class _Reader:
    """One pass through one file."""

    def __init__(self, file: str, programme: str, starts_on: date | None) -> None:
        self.file, self.programme, self.starts_on = file, programme, starts_on

    def indicator(self, part: Part) -> Indicator:
        parts = part.fields(_NEEDED, _ALLOWED)
        source = parts["source"].one_of(Source) if "source" in parts else Source.JOURNEY
        found = Indicator(
            code=_dotted(parts["code"]), title=_words(parts["title"]), question=_words(parts["question"]),
            measure=parts["measure"].one_of(Measure), source=source, where=self.where(parts["where"], source),
            whole=self.where(parts["whole"], source) if "whole" in parts else None,
            value=parts["value"].text() if "value" in parts else VALUES[source][0],
            per_person="per_person" in parts and parts["per_person"].flag(),
            by=_each(parts, "by", lambda one: one.one_of(Dimension)),
            ages=self.ages(parts["ages"]) if "ages" in parts else "programme",
            parts=_each(parts, "parts", _dotted), programme=self.programme, programme_on=self.starts_on,
            output=parts["output"].text() if "output" in parts else "", level=self.level(parts["level"]),
            order=parts["order"].whole() if "order" in parts else 0,
            unit=_words(parts["unit"]) if "unit" in parts else {},
            baseline=_goal(parts["baseline"]) if "baseline" in parts else None,
            milestones=_each(parts, "milestones", _goal),
            target=_goal(parts["target"]) if "target" in parts else None,
            means=_words(parts["means"]) if "means" in parts else {},
            frequency=self.frequency(parts["frequency"]) if "frequency" in parts else "monthly",
            owner=parts["owner"].text() if "owner" in parts else "",
            sdg=_each(parts, "sdg", _sdg), gcm=_each(parts, "gcm", _gcm),
            marker=self.marker(parts["marker"]) if "marker" in parts else "",
            rising=not ("falling" in parts and parts["falling"].flag()),
            sensitive="sensitive" in parts and parts["sensitive"].flag(), file=self.file,
        )  # fmt: skip
        self.demand_whole(found, parts, part)
        return found

    def where(self, part: Part, source: Source) -> Where:
        """Which records count, with the fields that this source has."""
        allowed = {
            Source.JOURNEY: "services outcomes sex age disability ties districts jamoats agencies having",
            Source.GROUPS: "services states districts jamoats agencies",
            Source.REACH: "channels topics districts jamoats agencies",
        }[source]
        parts = part.fields("", allowed)
        low, high = self.age(parts["age"]) if "age" in parts else (None, None)
        return Where(
            services=_each(parts, "services", _service), outcomes=_each(parts, "outcomes", _outcome),
            sex=_each(parts, "sex", lambda one: one.one_of(Sex).value), age_from=low, age_to=high,
            disability=_each(parts, "disability", _choice("yes no unknown")),
            ties=_each(parts, "ties", lambda one: one.one_of(AbsenceStatus).value),
            districts=_each(parts, "districts", Part.text), jamoats=_each(parts, "jamoats", Part.text),
            agencies=_each(parts, "agencies", _agency), channels=_each(parts, "channels", _of(channels(), "channel")),
            topics=_each(parts, "topics", _of(topics(), "topic")),
            states=_each(parts, "states", lambda one: one.one_of(GroupState).value),
            having=_each(parts, "having", _service),
        )  # fmt: skip

    def age(self, part: Part) -> tuple[int | None, int | None]:
        parts = part.fields("", "from to")
        low = parts["from"].whole() if "from" in parts else None
        high = parts["to"].whole() if "to" in parts else None
        if low is None and high is None:
            part.fail("an age needs `from`, `to` or both")
        if low is not None and high is not None and low > high:
            part.fail(f"nobody is {low} years or more and {high} or less")
        return low, high

    def ages(self, part: Part) -> str:
        code = part.code()
        if code not in age_sets():
            part.fail(f"there is no age set {code!r}; there are {', '.join(age_sets())}")
        return code

    def level(self, part: Part) -> str:
        return _choice("outcome output reach context")(part)

    def frequency(self, part: Part) -> str:
        return _choice("monthly quarterly yearly")(part)

    def marker(self, part: Part) -> str:
        return _choice("gender children disability human_rights")(part)

    def demand_whole(self, found: Indicator, parts: Mapping[str, Part], part: Part) -> None:
        """What one field says about another."""
        if (found.measure is Measure.SHARE) != (found.whole is not None):
            part.fail("a share, and nothing else, says of what it is a share: `whole`")
        if found.measure in {Measure.PEOPLE, Measure.FAMILIES, Measure.SHARE} and found.source is not Source.JOURNEY:
            parts["measure"].fail("people and families are counted from the journey only")
        if found.measure is Measure.CONTACTS and found.source is not Source.REACH:
            parts["measure"].fail("contacts are counted from entries of reach only: write `source: reach`")
        if "value" in parts and found.measure not in OF_A_VALUE:
            parts["value"].fail(f"only a {', '.join(sorted(OF_A_VALUE))} has a value")
        if found.value not in VALUES[found.source]:
            parts["value"].fail(f"{found.source} has no {found.value!r}; it has {', '.join(VALUES[found.source])}")
        if found.per_person and (found.measure not in OF_A_VALUE or found.source is not Source.JOURNEY):
            parts["per_person"].fail("per person are only sums, means and medians over the journey")
        for one in parts.get("by", ()):
            if one.one_of(Dimension) not in _BY_SOURCE[found.source]:
                one.fail(f"{found.source} cannot be parted by {one.text()}")
        self.demand_sensitive(found, part)
        self.demand_goals(found, part)

    def demand_sensitive(self, found: Indicator, part: Part) -> None:
        """Whoever counts survivors says so, because that decides what may be shown."""
        wheres = [found.where, *([found.whole] if found.whole else [])]
        counts = [one for where in wheres for one in (*where.services, *where.having)]
        if any(one.startswith(_SENSITIVE) for one in counts) and not found.sensitive:
            part.fail("it counts survivors: write `sensitive: true`, which keeps it above the district")
        if found.sensitive and {Dimension.JAMOAT, Dimension.TIE, Dimension.SERVICE} & set(found.by):
            part.fail("a sensitive indicator is parted by no jamoat, no tie and no service")
        if found.source is Source.JOURNEY and not counts:
            part.fail("which services count? `where.services` is missing")

    def demand_goals(self, found: Indicator, part: Part) -> None:
        days = [goal.on for goal in (found.baseline, *found.milestones, found.target) if goal]
        if days != sorted(set(days)):
            part.fail("baseline, milestones and target lie on different days, in this order")


def _words(part: Part) -> dict[str, str]:
    return {language: one.text() for language, one in part.fields(LANGUAGES).items()}


def _each(parts: Mapping[str, Part], name: str, of: Callable[[Part], T]) -> tuple[T, ...]:
    if name not in parts:
        return ()
    found = tuple(of(one) for one in parts[name])
    if not found:
        parts[name].fail("an empty list restricts nothing: leave it out")
    if len(set(found)) < len(found):
        parts[name].fail("something stands here twice")
    return found


def _choice(words: str) -> Callable[[Part], str]:
    def read_one(part: Part) -> str:
        if part.text() not in words.split():
            part.fail(f"{part.text()!r} is none of {', '.join(words.split())}")
        return part.text()

    return read_one


def _of(known: Mapping[str, object], what: str) -> Callable[[Part], str]:
    def read_one(part: Part) -> str:
        if part.text() not in known:
            part.fail(f"there is no {what} {part.text()!r}; there are {', '.join(known)}")
        return part.text()

    return read_one


def _dotted(part: Part) -> str:
    found = part.text()
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", found):
        part.fail(f"{found!r} is no code: write small letters, digits and underscores, at most 40")
    return found


def _service(part: Part) -> str:
    found = part.text()
    noun, _, verb = found.partition(".")
    known = services()
    if found not in known and not (verb == "*" and any(code.startswith(f"{noun}.") for code in known)):
        part.fail(
            f"the journey knows no service {found!r}: add it to services.yaml, or use one of its codes or `noun.*`"
        )
    return found


def _agency(part: Part) -> str:
    if _KEY.match(part.text()):
        part.fail("write the agency's name; its key differs in every installation")
    return part.text()


def _outcome(part: Part) -> str:
    known = sorted({one for service in services().values() for one in service.outcomes})
    return _choice(" ".join(known))(part)


def _goal(part: Part) -> Goal:
    parts = part.fields("on value", "note")
    value = parts["value"].number()
    if value < 0:
        parts["value"].fail("a figure is not negative")
    return Goal(
        parts["on"].day(), Decimal(value.numerator) / Decimal(value.denominator),
        parts["note"].text() if "note" in parts else "",
    )  # fmt: skip


def _sdg(part: Part) -> str:
    if not _SDG_TARGET.match(part.text()):
        part.fail(f"{part.text()!r} is no target of the sustainable development goals: write 5.2 or 1.b")
    return part.text()


def _gcm(part: Part) -> int:
    found = part.whole()
    if not 1 <= found <= N_GCM:
        part.fail(f"the Global Compact for Migration has objectives 1 to {N_GCM}")
    return found


def load(files: Iterable[Path]) -> dict[str, Indicator]:
    """The indicators of ``files``, by code, in the order of output and ``order``.

    Raises:
        DeclarationError: for the first file that is wrong, a code that stands twice, or a part that there is not.
    """
    found: dict[str, Indicator] = {}
    for path in sorted(files):
        for one in read(path.name, path.read_text(encoding="utf-8")):
            if one.code in found:
                raise DeclarationError(path.name, 1, one.code, f"{found[one.code].file} declares this code already")
            found[one.code] = one
    for one in found.values():
        for part in one.parts:
            if part not in found:
                raise DeclarationError(one.file, 1, f"{one.code}.parts", f"there is no indicator {part!r}")
    _demand_one_age_set(found.values())
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def _demand_one_age_set(found: Iterable[Indicator]) -> None:
    """Refuse two indicators that count the same in two age sets: their bands could be subtracted from one another."""
    known: dict[Where, Indicator] = {}
    for one in found:
        if Dimension.AGE not in one.by or one.source is not Source.JOURNEY:
            continue
        for where in filter(None, (one.where, one.whole)):
            first = known.setdefault(where, one)
            if first.ages != one.ages:
                raise DeclarationError(
                    one.file, 1, f"{one.code}.ages",
                    f"{first.code} counts the same records by the age set {first.ages!r}: the bands of two sets could "
                    "be subtracted, so write the same one",
                )  # fmt: skip


@lru_cache(maxsize=1)
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by its code, in the order in which they are shown."""
    return load(FOLDER.glob("*.yaml"))


@lru_cache(maxsize=1)
def age_sets() -> Mapping[str, AgeSet]:
    """Every age set by its code.

    >>> age_sets()["child"].bands
    ('0-17', '18+')
    """
    return read_age_sets(AGE_SETS.name, AGE_SETS.read_text(encoding="utf-8"))
