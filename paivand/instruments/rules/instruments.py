"""What a questionnaire is, once its declaration is read: items, scales, bands, flags, licence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from paivand.core.rules.texts import text
from paivand.instruments.rules.states import Urgency
from paivand.methods.scoring import Band as Stretch
from paivand.methods.scoring import Setting

LANGUAGES = ("tg", "ru", "en", "fa")

Words = Mapping[str, str]
"""A text by language. English is always there; another language only where somebody translated it."""


def say(words: Words, language: str) -> str:
    """``words`` in ``language``, or in English.

    >>> say({"en": "Yes", "ru": "Да"}, "ru-ru"), say({"en": "Yes"}, "tg"), say({}, "en")
    ('Да', 'Yes', '')
    """
    return words.get(language[:2]) or words.get("en", "")


class Subject(StrEnum):
    """Whom the questions are about."""

    PERSON = "person"
    HOUSEHOLD = "household"


class Use(StrEnum):
    """Where a questionnaire is used: with families, or as a test before and after a course."""

    FAMILY = "family"
    COURSE = "course"


class Entry(StrEnum):
    """What is typed in: the answer to each item, or only the totals from a paper."""

    ITEMS = "items"
    TOTALS = "totals"


class Special(StrEnum):
    """Why an item has no answer. It is never a zero."""

    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASKED = "not_asked"


class Evidence(StrEnum):
    """On what a criterion rests."""

    TOLD = "told"
    NEIGHBOURS = "neighbours"
    PAPER = "paper"
    SEEN = "seen"


class Translation(StrEnum):
    """How far the words of a language can be trusted."""

    ORIGINAL = "original"
    VALIDATED = "validated"
    BACK_TRANSLATED = "back_translated"
    DRAFT = "draft"
    NONE = "none"


class Better(StrEnum):
    """In which direction a change is for the better."""

    HIGH = "high"
    LOW = "low"


SPECIAL_NAMES = {
    Special.DONT_KNOW: text("does not know"),
    Special.REFUSED: text("does not want to answer"),
    Special.NOT_APPLICABLE: text("does not apply"),
    Special.NOT_ASKED: text("was not asked"),
}
EVIDENCE_NAMES = {
    Evidence.TOLD: text("told by the family"),
    Evidence.NEIGHBOURS: text("neighbours or mahalla"),
    Evidence.PAPER: text("seen in a paper"),
    Evidence.SEEN: text("seen on a home visit"),
}
SUBJECT_NAMES = {
    Subject.PERSON: text("about one person"),
    Subject.HOUSEHOLD: text("about the household"),
}
TRANSLATION_NAMES = {
    Translation.ORIGINAL: text("original words"),
    Translation.VALIDATED: text("validated translation"),
    Translation.BACK_TRANSLATED: text("translated there and back"),
    Translation.DRAFT: text("draft translation, not validated"),
    Translation.NONE: text("not translated"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """That an item was answered with one of these codes."""

    item: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer. Without a score it does not apply to who is asked, and counts nowhere."""

    code: str
    label: Words
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class Item:
    """One question: a choice among options, or a whole number from ``least`` to ``most``.

    Args:
        special: the ways of not answering that are offered.
        when: the earlier answer after which it is asked; None if always.
        evidence: the codes after which is asked on what the answer rests.
        hint: which fact of the family's file is shown beside it.
    """

    code: str
    text: Words
    help: Words = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 0
    special: tuple[Special, ...] = ()
    when: Condition | None = None
    evidence: tuple[str, ...] = ()
    hint: str = ""

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return not self.options

    def option(self, code: str) -> Option | None:
        """The option with this code."""
        return next((one for one in self.options if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Section:
    """What fits on the screen of a phone: a few items under one heading."""

    code: str
    title: Words
    intro: Words
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of values with its name, its meaning in words, and a tone: ok, quiet, warn or danger."""

    stretch: Stretch
    label: Words
    meaning: Words
    tone: str

    @property
    def code(self) -> str:
        """Its stable code."""
        return self.stretch.code


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of a scale; of several sets the one whose condition is met."""

    bands: tuple[Band, ...]
    when: Condition | None = None
    title: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scale:
    """One score: which formula of ``methods.scoring`` over which items, and what its values mean.

    Args:
        skipped: what an item counts for that is not asked after an earlier answer; None: it is left out.
        lowest: the lowest possible value, and ``highest`` the highest.
        decimals: to how many it is rounded, before it is judged and shown.
        better: in which direction a change is good; None if neither.
    """

    code: str
    title: Words
    formula: str
    items: tuple[str, ...]
    setting: Setting
    lowest: Fraction
    highest: Fraction
    decimals: int = 0
    skipped: Fraction | None = None
    better: Better | None = None
    sets: tuple[Bands, ...] = ()

    def band(self, code: str) -> Band | None:
        """The band with this code."""
        return next((band for one in self.sets for band in one.bands if band.code == code), None)


@dataclass(frozen=True, slots=True)
class Flag:
    """Which answer, or which band of a scale, asks for help at once, how soon, and what to do."""

    code: str
    title: Words
    todo: Words
    urgency: Urgency
    when: Condition | None = None
    scale: str = ""
    bands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A remark on values: that they are unusual and should be looked at again, or what they mean together.

    It is made when one of ``scales`` lies in ``stretch``.
    """

    code: str
    text: Words
    scales: tuple[str, ...]
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Licence:
    """On which terms the words may be used; ``embeddable`` if the items themselves may stand in a program."""

    title: str
    embeddable: bool
    note: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of a questionnaire.

    Args:
        since: from when this version is asked; the latest version is the one that is offered.
        use: with families it is offered on their page; the tests of courses are not.
        retired: whether it is not offered any more.
        main: the scale that is shown first and over time.
        again_after: after how many days it may be asked again.
        from_age: the youngest who are asked, and ``to_age`` the oldest; for questions about a person.
        official: whether items and scoring are those of its authors. Else it is the programme's own, or a draft.
        verified_by: who compared it with its source, and ``verified_on`` when; empty where nobody has.
        rules_hash: of everything that a score depends on, the words left out.
    """

    code: str
    version: str
    title: Words
    purpose: Words
    subject: Subject
    entry: Entry
    respondent: Words
    recall: Words
    licence: Licence
    sources: tuple[str, ...]
    official: bool
    translations: Mapping[str, Translation]
    since: date
    main: str
    sections: tuple[Section, ...]
    scales: tuple[Scale, ...]
    rules_hash: str
    flags: tuple[Flag, ...] = ()
    checks: tuple[Check, ...] = ()
    note: Words = field(default_factory=dict)
    use: Use = Use.FAMILY
    retired: bool = False
    again_after: int = 0
    from_age: int | None = None
    to_age: int | None = None
    verified_by: str = ""
    verified_on: date | None = None

    def items(self) -> Iterator[Item]:
        """Every item in the order of asking."""
        for section in self.sections:
            yield from section.items

    def item(self, code: str) -> Item | None:
        """The item with this code."""
        return next((item for item in self.items() if item.code == code), None)

    def section(self, code: str) -> Section | None:
        """The section with this code."""
        return next((section for section in self.sections if section.code == code), None)

    def scale(self, code: str) -> Scale | None:
        """The scale with this code."""
        return next((scale for scale in self.scales if scale.code == code), None)

    def flag(self, code: str) -> Flag | None:
        """The flag with this code."""
        return next((flag for flag in self.flags if flag.code == code), None)

    @property
    def main_scale(self) -> Scale:
        """The scale that is shown first."""
        return next(scale for scale in self.scales if scale.code == self.main)

    @property
    def about_person(self) -> bool:
        """Whether the questions are about one person."""
        return self.subject is Subject.PERSON
