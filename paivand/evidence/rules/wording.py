"""What an indicator counts in words, for the page that opens a figure; and the statements that count it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from paivand.core.rules.services import outcome_title, service_title, services
from paivand.core.rules.texts import text
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import AgeSet, Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.relations import Dialect
from paivand.evidence.rules.statements import statements
from paivand.learning.rules.states import GROUP_STATE_NAMES, GroupState

Name = Callable[[Dimension, str, str], str]
"""The name of a category: dimension, code, language."""

COUNTED: dict[tuple[Measure, Source], str] = {
    (Measure.PEOPLE, Source.JOURNEY): text(
        "People are counted, each once, however often they were served and however often they were registered."
    ),
    (Measure.FAMILIES, Source.JOURNEY): text("Families are counted, each once, however many of them were served."),
    (Measure.EVENTS, Source.JOURNEY): text("Services are counted: somebody who was served twice counts twice."),
    (Measure.EVENTS, Source.GROUPS): text("Groups are counted, each once."),
    (Measure.EVENTS, Source.REACH): text("Entries of reach are counted, each once."),
    (Measure.CONTACTS, Source.REACH): text(
        "Contacts are added up as they were counted or estimated: somebody who was reached twice is two contacts."
    ),
}
ADDED: dict[Measure, str] = {
    Measure.SUM: text("This is added up: %(value)s."),
    Measure.MEAN: text("The mean is taken of this: %(value)s."),
    Measure.MEDIAN: text("The median, which half lie below and half above, is taken of this: %(value)s."),
}
VALUE_NAMES: dict[str, str] = {
    "quantity": text("the quantity of each service"),
    "learners": text("the learners of each group"),
    "sessions": text("the sessions of each group that were held"),
    "contacts": text("the contacts of each entry of reach"),
    "repeat": text("the contacts of each entry of reach who had been reached before"),
}
PER_PERSON = text("What belongs to one person is added up first.")
OF_WHOM = text("A share in per cent is counted: how many of these people, each counted once?")
ALSO = text("Those of them for whom this is also true:")
NO_CONDITION = text("Everything counts that was written down.")
TAKEN_BACK = text("What was taken back does not count.")
FIRST_STEP = text("A person stands in the categories of the first service that counts: its day, its place, its agency.")
FIRST_STEP_OF_FAMILY = text("A family stands in the categories of the first service to any of its members that counts.")
UNKNOWN_AGE = text("Whoever's age is not known does not count.")
SERVICE = text("Service: %(names)s.")
SERVICE_OF_COURSE = text("Service of the group's course: %(names)s.")
OUTCOME = text("How it came out: %(names)s.")
STATE = text("State of the group: %(names)s.")
HAVING = text("By that day the person has also completed: %(names)s.")
AGE_BETWEEN = text("Completed years on the day of the service: %(low)s to %(high)s.")
AGE_FROM = text("Completed years on the day of the service: %(low)s or more.")
AGE_TO = text("Completed years on the day of the service: %(high)s or less.")
OF_DIMENSION: dict[Dimension, str] = {
    Dimension.SEX: text("Sex: %(names)s."),
    Dimension.DISABILITY: text("Disability: %(names)s."),
    Dimension.TIE: text("Migrant's tie to the family: %(names)s."),
    Dimension.DISTRICT: text("District: %(names)s."),
    Dimension.JAMOAT: text("Jamoat: %(names)s."),
    Dimension.AGENCY: text("Agency: %(names)s."),
    Dimension.CHANNEL: text("Channel: %(names)s."),
    Dimension.TOPIC: text("Topic: %(names)s."),
}
_FIELDS = {
    Dimension.SEX: "sex",
    Dimension.DISABILITY: "disability",
    Dimension.TIE: "ties",
    Dimension.DISTRICT: "districts",
    Dimension.JAMOAT: "jamoats",
    Dimension.AGENCY: "agencies",
    Dimension.CHANNEL: "channels",
    Dimension.TOPIC: "topics",
}


def formula_words(indicator: Indicator, language: str, *, say: Callable[[str], str], name: Name) -> list[str]:
    """The formula as sentences for people: what is counted, what must be true, and what follows from it.

    Args:
        say: translates a text into ``language``.
        name: the name of a category.
    """
    words = _Words(indicator, language, say, name)
    return list(words.sentences())


class _Words:
    def __init__(self, indicator: Indicator, language: str, say: Callable[[str], str], name: Name) -> None:
        self.indicator, self.language, self.say, self.name = indicator, language, say, name

    def sentences(self) -> Iterator[str]:
        one = self.indicator
        if one.whole is not None:
            yield self.say(OF_WHOM)
            yield from self.where(one.whole)
            yield self.say(ALSO)
        elif one.measure in ADDED:
            yield self.say(ADDED[one.measure]) % {"value": self.say(VALUE_NAMES[one.value])}
            if one.per_person:
                yield self.say(PER_PERSON)
        else:
            yield self.say(COUNTED[one.measure, one.source])
        yield from self.where(one.where)
        yield self.say(TAKEN_BACK)
        wheres = [where for where in (one.where, one.whole) if where]
        if any((where.age_from, where.age_to) != (None, None) for where in wheres):
            yield self.say(UNKNOWN_AGE)
        if one.measure in (Measure.PEOPLE, Measure.SHARE) or one.per_person:
            yield self.say(FIRST_STEP)
        if one.measure is Measure.FAMILIES:
            yield self.say(FIRST_STEP_OF_FAMILY)

    def where(self, where: Where) -> Iterator[str]:
        found = [*self.conditions(where)]
        yield from found or [self.say(NO_CONDITION)]

    def conditions(self, where: Where) -> Iterator[str]:
        if where.services:
            words = SERVICE_OF_COURSE if self.indicator.source is Source.GROUPS else SERVICE
            yield self.named(words, self.titles(where.services))
        if where.outcomes:
            yield self.named(OUTCOME, [outcome_title(code, self.language) for code in where.outcomes])
        if where.states:
            yield self.named(STATE, [self.say(GROUP_STATE_NAMES[GroupState(code)]) for code in where.states])
        low, high = where.age_from, where.age_to
        if low is not None or high is not None:
            words = AGE_BETWEEN if low is not None and high is not None else AGE_TO if low is None else AGE_FROM
            yield self.say(words) % {"low": low, "high": high}
        for dimension, words in OF_DIMENSION.items():
            if codes := getattr(where, _FIELDS[dimension]):
                yield self.named(words, [self.name(dimension, code, self.language) for code in codes])
        for code in where.having:
            yield self.named(HAVING, self.titles([code]))

    def titles(self, codes: Iterable[str]) -> list[str]:
        """The titles of services; all of a noun where the noun stands."""
        found = []
        for code in codes:
            of_noun = [known for known in services() if code.endswith(".*") and known.startswith(code[:-1])]
            found += [service_title(known, self.language) for known in of_noun or [code]]
        return list(dict.fromkeys(found))

    def named(self, words: str, names: Iterable[str]) -> str:
        """A sentence with names in it; any of them is enough."""
        return self.say(words) % {"names": "; ".join(names)}


def query_text(indicator: Indicator, ask: Ask, dialect: Dialect, ages: Mapping[str, AgeSet]) -> str:
    """The statements that count ``indicator``, exactly as they run, over the relations by their own names."""
    written = statements([indicator], ask, dialect=dialect, ages=ages)
    return ";\n\n".join(one.text for one in written) + ";\n"
