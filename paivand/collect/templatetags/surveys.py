"""How questions, findings and charts of surveys read, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from paivand.collect.rules.flattening import MEDIA, POSITION, Question, choices_of, key_of
from paivand.collect.rules.survey_changes import CHANGE_NAMES, Change
from paivand.collect.rules.survey_checks import FINDINGS, Finding
from paivand.collect.rules.survey_filters import SEVERAL, label_of
from paivand.collect.rules.survey_tallies import (
    MOST_BARS,
    SMALL,
    WRITTEN_BY_ITSELF,
    Counted,
    Lump,
    Tally,
    Weeks,
    choice_counts,
    declared_counts,
    drawn_as,
    drawn_for_totals,
    hidden,
    lumps,
    numbers,
    weeks,
)
from paivand.core.rules.pictures import Drawing, Part, ceiling
from paivand.core.rules.pictures_lines import columns
from paivand.core.rules.texts import text
from paivand.core.templatetags.drawings import NARROW, WIDE, bars_drawn, hidden_words, table_of
from paivand.core.templatetags.paivand import apart, comma, day, digits, moment, number

register = template.Library()

TYPE_NAMES = {
    "text": text("text"), "string": text("text"), "integer": text("whole number"), "decimal": text("number"),
    "range": text("number on a scale"), "date": text("day"), "time": text("time"), "datetime": text("day and time"),
    "dateTime": text("day and time"), "select_one": text("one choice"), "select_multiple": text("several choices"),
    "rank": text("order of choices"), "geopoint": text("place"), "geotrace": text("line on the map"),
    "geoshape": text("area on the map"), "image": text("photograph"), "audio": text("recording"),
    "video": text("film"), "file": text("file"), "barcode": text("barcode"), "note": text("note"),
    "calculate": text("computed"), "group": text("group"), "repeat": text("repeated part"),
    "acknowledge": text("agreement"), "trigger": text("agreement"), "start": text("begun at"),
    "end": text("finished at"), "today": text("day of filling in"),
}  # fmt: skip


_BRIEF = 200
"""Letters of one answer in a table; the page of the answer has all."""
_LONGEST_LABEL = 80
_LONGEST_WORD = 24
"""Letters of a word above its bar: on a phone its number stands beside it."""


def language() -> str:
    """The reader's language."""
    return (get_language() or "en")[:2]


@register.filter
def question_label(question: Question) -> str:
    """What is asked, or the question's name."""
    kept = _(TYPE_NAMES[question["type"]]) if question["type"] in WRITTEN_BY_ITSELF else question["name"]
    return label_of(question["label"], language(), kept)


@register.filter
def question_title(question: Question) -> str:
    """What is asked, with the repeated part where another question of the survey has the same path outside of it."""
    part = question.get("within")
    return f"{question_label(part)} · {question_label(question)}" if part else question_label(question)


@register.filter
def question_key(question: Question) -> str:
    """What tells it from the other questions of its survey, in an address."""
    return key_of(question)


@register.filter
def question_type(question: Question) -> str:
    """What kind of question it is."""
    return _(TYPE_NAMES[question["type"]]) if question["type"] in TYPE_NAMES else question["type"]


@register.filter
def survey_title(survey: Any) -> str:
    """What the survey is called in the reader's language."""
    return str(survey.title(language()))


@register.filter
def open_days(survey: Any) -> str:
    """On which days it is offered."""
    first, last = day(survey.opens_on), day(survey.closes_on)
    if first and last:
        return f"{first} – {last}"
    if first:
        return _("from %(day)s") % {"day": first}
    return _("until %(day)s") % {"day": last} if last else _("any day")


@register.filter
def language_names(codes: Sequence[str]) -> str:
    """Languages as their speakers call them; one that is not of the house by its code."""
    known = dict(settings.LANGUAGES)
    return comma().join(apart(known.get(code, code)) for code in codes)


@register.simple_tag
def answered(question: Question, values: Mapping[str, str], *, brief: bool = False) -> str:
    """An answer in words: the labels of choices, days and times as people write them; ``brief``: as much of it as a
    table has room for."""
    words = told(question, values.get(question["path"], ""))
    return shortened(words, _BRIEF) if brief else words


def shortened(words: str, most: int) -> str:
    """As many letters, with a mark where more of them follow.

    >>> shortened("abcdef", 4), shortened("abcd", 4)
    ('abc…', 'abcd')
    """
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def told(question: Question, value: str) -> str:
    """One value in words."""
    choices = question.get("choices") or {}
    if choices and value:
        picked = value.split() if question["type"] in SEVERAL else [value]
        return comma().join(label_of(choices.get(one) or {}, language(), one) for one in picked)
    return _AS_WRITTEN.get(question["type"], str)(value) if value else ""


def _day(value: str) -> str:
    try:
        return day(date.fromisoformat(value[:10]))
    except ValueError:
        return value


def _moment(value: str) -> str:
    try:
        found = datetime.fromisoformat(value)
        return moment(found if found.tzinfo else timezone.make_aware(found))
    except (ValueError, OverflowError):
        return value


def _time(value: str) -> str:
    """The hour as it was chosen on the telephone, whose zone stands behind it."""
    try:
        return digits(f"{time.fromisoformat(value):%H:%M}")
    except ValueError:
        return value


_AS_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "date": _day, "today": _day, "time": _time, "datetime": _moment, "dateTime": _moment, "date_time": _moment,
    "start": _moment, "end": _moment, "integer": digits, "decimal": digits, "range": digits,
}  # fmt: skip


@register.filter
def choice_labels(question: Question) -> list[str]:
    """The choices of a question in words, in the order of the form."""
    return [label_of(labels, language(), code) for code, labels in choices_of(question)]


@register.filter
def position(row: Mapping[str, str]) -> str:
    """Where a row of a repeated part stands, as in 2 or 2.1."""
    return row[POSITION]


@register.filter
def is_media(question: Question) -> bool:
    """Whether the answer is a file."""
    return question["type"] in MEDIA


@register.filter
def finding(found: Finding) -> str:
    """A finding in words."""
    return str(_(FINDINGS[found.code]) % found.values)


@register.filter
def change_name(change: Change) -> str:
    """What kind of change it is."""
    return _(CHANGE_NAMES[change.kind])


# --- charts ----------------------------------------------------------------------------------------------------------


def chart(
    question: Question, counted: Counted, name: str, *, totals: bool, until: date | None = None
) -> Drawing | None:
    """The picture of one question; None where nothing was answered, or its kind has no picture.

    Args:
        totals: for a reader who sees no single answer: small counts are hidden, and so is all that the form does not
            declare.
        until: the last day that the clock of a telephone can have told.
    """
    n, tally = counted.n, counted.tally
    if not n or (totals and (n < SMALL or not drawn_for_totals(question))):
        return None
    title = question_title(question)
    kind = drawn_as(question)
    if kind == "choices":
        return _choices(question, counted, name, title, totals=totals)
    if kind == "numbers":
        return _numbers(tally, name, title, totals=totals)
    if kind == "days":
        found = weeks(tally, until if question["type"] in WRITTEN_BY_ITSELF else None)
        return _days(found, name, title, n_words(n), totals=totals) if found.drawn else None
    if kind == "words":
        parts = [Part(shortened(word, _LONGEST_WORD), n, number(n)) for word, n in tally.items()]
        return bars_drawn(name, title, _("Word"), _("Answers"), parts) if parts else None
    return None


def undrawn_words(counted: Counted, *, totals: bool) -> str:
    """Why a question has no picture: it was not answered, too seldom, or with nothing that can be drawn."""
    if totals:
        return _("Too few answers to be shown.")
    if not counted.n:
        return _("Not answered yet.")
    return f"{n_words(counted.n)} {_('None of them can be drawn: open the table to read what was written.')}"


def n_words(n: int) -> str:
    """How many answers, in words."""
    return ngettext("%(number)s answer.", "%(number)s answers.", n) % {"number": number(n)}


def length_words(kilometres: float) -> str:
    """A round length in words, in metres below one kilometre."""
    if kilometres < 1:
        return _("%(number)s m") % {"number": number(round(kilometres * 1000))}
    return _("%(number)s km") % {"number": number(round(kilometres))}


def _parts(labels: Sequence[str], counts: Sequence[int], *, totals: bool, share: int = 0) -> list[Part]:
    kept_back = hidden(counts) if totals else set()
    found = []
    for at, (label, n) in enumerate(zip(labels, counts, strict=True)):
        if at in kept_back:
            found.append(Part(label, None, _("hidden: few"), hidden=True))
        else:
            said = number(n)
            if share:
                said = _("%(number)s (%(share)s %%)") % {"number": said, "share": number(round(100 * n / share))}
            found.append(Part(label, n, said))
    return found


def _choices(question: Question, counted: Counted, name: str, title: str, *, totals: bool) -> Drawing | None:
    choices = question.get("choices") or {}
    others = 0
    if totals:
        counts, others = declared_counts(counted.tally, question)
    else:
        counts = choice_counts(counted.tally, question)
    counts = counts[:MOST_BARS]
    labels = [label_of(choices.get(code) or {}, language(), code) for code, _n in counts]
    labels = [shortened(one, _LONGEST_LABEL) for one in labels]
    if others:  # what no version offers tells what somebody wrote
        counts.append(("", others))
        labels.append(_("other answers"))
    parts = _parts(labels, [n for _code, n in counts], totals=totals, share=counted.n)
    return bars_drawn(name, title, _("Answer"), _("Answers"), parts, whole=counted.n) if parts else None


def _numbers(tally: Tally, name: str, title: str, *, totals: bool) -> Drawing | None:
    found = numbers(tally)
    if found is None:
        return None
    unread = _unread_words(found.unread, totals=totals)
    if totals:
        lumped = [Part(_lump_label(one), one.n, number(one.n)) for one in lumps(found)]
        said = " ".join(filter(None, (n_words(found.n), unread)))
        return _columns(lumped, name, title, _("Number"), said) if lumped else None
    single = found.is_whole and found.bins[0][1] - found.bins[0][0] == 1
    labels = [
        number(_plain(low)) if single else f"{number(_plain(low))}–{number(_plain(high))}"
        for low, high, _n in found.bins
    ]
    said = _("From %(low)s to %(high)s, half of them up to %(median)s; %(mean)s on average.") % {
        "low": number(_plain(found.lowest)), "high": number(_plain(found.highest)),
        "median": number(_plain(found.median)), "mean": number(_plain(round(found.mean, 1))),
    }  # fmt: skip
    said = " ".join(filter(None, (n_words(found.n), said, unread)))
    return _columns(_parts(labels, [n for *_ends, n in found.bins], totals=False), name, title, _("Number"), said)


def _unread_words(n: int, *, totals: bool) -> str:
    """How many answers are no number, in words; empty for none. Of few, a reader of totals learns no count."""
    if not n:
        return ""
    if totals and n < SMALL:
        return _("A few more cannot be read as numbers.")
    return ngettext(
        "%(number)s more cannot be read as a number.", "%(number)s more cannot be read as numbers.", n
    ) % {"number": number(n)}  # fmt: skip


def _lump_label(lump: Lump) -> str:
    low, high = (number(_plain(end)) if end is not None else "" for end in (lump.low, lump.high))
    if not low:
        return _("up to %(high)s") % {"high": high}
    if not high:
        return _("%(low)s and more") % {"low": low}
    return low if low == high else f"{low}–{high}"


def _days(found: Weeks, name: str, title: str, said: str, *, totals: bool) -> Drawing:
    labels, counts = [day(monday) for monday, _n in found.drawn], [n for _monday, n in found.drawn]
    *parts, outside = _parts([*labels, ""], [*counts, found.outside], totals=totals)
    if outside.hidden:
        said += " " + _("A few of them lie outside of these weeks.")
    elif found.outside:
        said += " " + ngettext(
            "%(number)s of them lies outside of these weeks.", "%(number)s of them lie outside of these weeks.",
            found.outside,
        ) % {"number": number(found.outside)}  # fmt: skip
    return _columns(parts, name, title, _("Week from"), said)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _columns(parts: Sequence[Part], name: str, title: str, named: str, said: str) -> Drawing:
    scale = number(ceiling(max((part.value or 0 for part in parts), default=0)))
    said = " ".join(filter(None, (said, hidden_words(parts))))
    wide, narrow = (columns(parts, width, scale=scale) for width in (WIDE, NARROW))
    return Drawing(name, title, said, wide, narrow, table_of(parts, named, _("Answers")))
