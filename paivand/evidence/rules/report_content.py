"""A whole report as values: every text in its language, every figure as it is shown. Paper is made of nothing else.

What is locked is this content and its hash. A story stands in it by its key and the hash of its words, so that one
whose consent is withdrawn can be taken away without changing what was locked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from paivand.evidence.rules.markup import blocks


@dataclass(frozen=True)
class Fact:
    """A line of the cover: what, and one or more answers."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Narrative:
    """A section of text.

    Attributes:
        group: the heading under which it stands with others.
        missing: what is said in its place while nobody has written it.
        early: whether it stands before the pictures.
    """

    title: str
    text: str
    group: str = ""
    agency: str = ""
    missing: str = ""
    early: bool = True


@dataclass(frozen=True)
class ResultPart:
    """A category of an indicator, such as women."""

    name: str
    period: str
    cumulative: str


@dataclass(frozen=True)
class ResultRow:
    """An indicator of the results table. ``percent``: how far its target is reached, None where that is not known."""

    code: str
    title: str
    baseline: str
    milestone: str
    target: str
    period: str
    cumulative: str
    percent: int | None
    reached: str
    variance: str
    means: str
    agency: str
    parts: tuple[ResultPart, ...] = ()


@dataclass(frozen=True)
class ResultGroup:
    """The indicators of an outcome, an output or of reach, under its title."""

    title: str
    rows: tuple[ResultRow, ...]


@dataclass(frozen=True)
class Column:
    """A month of a time series. ``value`` is None where it is not shown; ``told`` says it in words."""

    label: str
    value: float | None
    told: str


@dataclass(frozen=True)
class Series:
    """An indicator month by month, and the picture of it in words."""

    title: str
    columns: tuple[Column, ...]
    words: str


@dataclass(frozen=True)
class MoneyRow:
    """A line of the financial table; ``strong`` for sums."""

    name: str
    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class MoneyPart:
    """The lines of one agency, or of all together."""

    title: str
    rows: tuple[MoneyRow, ...]


@dataclass(frozen=True)
class Told:
    """A story: with its words where it is printed; without them where only the key and the hash are kept."""

    key: str
    sha256: str
    title: str = ""
    text: str = ""
    caption: str = ""

    @classmethod
    def of(cls, key: str, title: str, text: str, caption: str, photo: str) -> Told:
        """A story with the hash of its words and of its photograph."""
        whole = json.dumps([title, text, caption, photo], ensure_ascii=False)
        return cls(key, hashlib.sha256(whole.encode()).hexdigest(), title, text, caption)


@dataclass(frozen=True)
class ReportContent:
    """Everything that stands in a report in one language.

    Attributes:
        words: the headings and labels of the paper by a short name, in its language.
        annex: titles with their paragraphs.
        draft: what is said on every page of what is not locked; empty for a locked report.
    """

    language: str
    title: str
    kind: str
    period: str
    words: Mapping[str, str]
    facts: tuple[Fact, ...] = ()
    sections: tuple[Narrative, ...] = ()
    results: tuple[ResultGroup, ...] = ()
    series: tuple[Series, ...] = ()
    money: tuple[MoneyPart, ...] = ()
    money_note: str = ""
    stories: tuple[Told, ...] = ()
    annex: tuple[Narrative, ...] = ()
    made: str = ""
    draft: str = ""
    left_out: str = field(default="", compare=False)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it, with all its words."""
        return asdict(self)

    def locked(self) -> dict[str, Any]:
        """As it is kept when it is locked: stories by key and hash alone, and nothing that a draft says."""
        bare = tuple(Told(one.key, one.sha256) for one in self.stories)
        return replace(self, stories=bare, draft="", left_out="").plain()

    @property
    def lacks(self) -> list[str]:
        """The titles of the sections that nobody has written."""
        return [section.title for section in self.sections if section.missing]


def digest(content: Mapping[str, Any]) -> str:
    """The hash of a locked content: the same values give the same one, in whatever order they are kept."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def read_content(plain: Mapping[str, Any]) -> ReportContent:
    """The content that ``plain`` or ``locked`` made."""
    whole = dict(plain)
    whole["facts"] = tuple(Fact(one["label"], tuple(one["values"])) for one in whole["facts"])
    for name in ("sections", "annex"):
        whole[name] = tuple(Narrative(**one) for one in whole[name])
    whole["results"] = tuple(
        ResultGroup(group["title"], tuple(
            ResultRow(**{**row, "parts": tuple(ResultPart(**part) for part in row["parts"])}) for row in group["rows"]
        ))
        for group in whole["results"]
    )  # fmt: skip
    whole["series"] = tuple(
        Series(one["title"], tuple(Column(**column) for column in one["columns"]), one["words"])
        for one in whole["series"]
    )
    whole["money"] = tuple(MoneyPart(part["title"], _money_rows(part["rows"])) for part in whole["money"])
    whole["stories"] = tuple(Told(**one) for one in whole["stories"])
    return ReportContent(**whole)


def _money_rows(rows: list[dict[str, Any]]) -> tuple[MoneyRow, ...]:
    return tuple(MoneyRow(row["name"], tuple(row["cells"]), row["strong"]) for row in rows)


def for_typesetter(content: ReportContent, photos: Mapping[str, bytes]) -> dict[str, Any]:
    """The data of the template ``report``: texts as blocks, and the photograph of each story as its bytes."""
    plain = content.plain()
    for name in ("sections", "annex"):
        plain[name] = [{**one, "before": one["early"], "blocks": _formed(one["text"])} for one in plain[name]]
    plain["stories"] = [
        {**one, "blocks": _formed(one["text"]), "photo": list(photos.get(one["key"], b""))}
        for one in plain["stories"]
        if one["text"]
    ]
    return plain


def _formed(text: str) -> list[dict[str, Any]]:
    return [block.plain() for block in blocks(text)]
