"""The standard's rules that a schema cannot express, asked before an activity leaves.

The numbers are those of the official ruleset of IATI 2.03. A finding says what is wrong, where, and what to do; an
error keeps the file from being made, a warning is shown beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.evidence.rules.outward.cells import Say
from paivand.evidence.rules.outward.iati import (
    ACTUAL_END,
    ACTUAL_START,
    OWN,
    PLANNED_END,
    PLANNED_START,
    QUALITATIVE,
    Activity,
    Coded,
    Indicator,
    Org,
    Point,
    Result,
    Texts,
    Transaction,
)


class Severity(StrEnum):
    """Whether the file may be made."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """What a rule found.

    Attributes:
        rule: its number in the official ruleset, or a word for what the schema or the code lists demand.
        where: the path of the element, as a reader of the file would look for it.
        message: what is wrong and what to do, with places for ``detail``.
    """

    rule: str
    severity: Severity
    where: str
    message: str
    detail: Mapping[str, object] = field(default_factory=dict)

    def said(self, say: Say = str) -> str:
        """The sentence in the reader's language."""
        return say(self.message) % self.detail


def findings(activity: Activity, today: date) -> list[Finding]:
    """Everything that the rules find, errors first, each group in the order of the file."""
    found = [
        *_identifiers(activity),
        *_words(activity),
        *_dates(activity, today),
        *_sectors(activity),
        *_percentages(activity),
        *_markers(activity),
        *_budgets(activity),
        *_transactions(activity, today),
        *(finding for place, result in enumerate(activity.results, 1) for finding in _result(result, place, activity)),
    ]
    return sorted(found, key=lambda finding: finding.severity is Severity.WARNING)


def errors(found: Iterable[Finding]) -> list[Finding]:
    """Those that keep the file from being made."""
    return [finding for finding in found if finding.severity is Severity.ERROR]


def _error(rule: str, where: str, message: str, **detail: object) -> Finding:
    return Finding(rule, Severity.ERROR, where, message, detail)


def _warning(rule: str, where: str, message: str, **detail: object) -> Finding:
    return Finding(rule, Severity.WARNING, where, message, detail)


_BAD_IN_ID = re.compile(r"[/&|?]|^\s|\s$")


def _identifiers(told: Activity) -> Iterator[Finding]:
    at = "iati-identifier"
    if not told.identifier.strip():
        yield _error("1.1.1", at, text("The activity has no IATI identifier. Give the programme one."))
    if told.identifier == told.reporting.ref:
        yield _error(
            "1.1.3",
            at,
            text("The activity has the identifier of the organisation. Add the programme's code behind it."),
        )
    elif told.reporting.ref and not told.identifier.startswith(f"{told.reporting.ref}-"):
        yield _warning(
            "1.1.21", at,
            text("The identifier should begin with “%(begins)s”, that of the organisation which reports."),
            begins=f"{told.reporting.ref}-",
        )  # fmt: skip
    if not told.reporting.ref or not told.reporting.kind:
        yield _error(
            "reporting-org", "reporting-org",
            text("The organisation that reports needs its IATI identifier and its kind. Write both into its page."),
        )  # fmt: skip
    for where, ref in _refs(told):
        if ref and _BAD_IN_ID.search(ref):
            yield _error(
                "identifier", where,
                text("The identifier “%(ref)s” holds a sign that none may hold (/ & | ? or a space at an end)."),
                ref=ref,
            )  # fmt: skip


def _refs(told: Activity) -> Iterator[tuple[str, str]]:
    yield "iati-identifier", told.identifier
    yield "reporting-org/@ref", told.reporting.ref
    for n, org in enumerate(told.participating, 1):
        yield f"participating-org[{n}]/@ref", org.ref
    for n, one in enumerate(told.transactions, 1):
        for name, party in (("provider-org", one.provider), ("receiver-org", one.receiver)):
            if party:
                yield f"transaction[{n}]/{name}/@ref", party.ref


def _said(texts: Texts) -> bool:
    return any(words.strip() for words in texts.values())


def _words(told: Activity) -> Iterator[Finding]:
    if not _said(told.title):
        yield _error("4.3.1", "title", text("The title is empty. Name the programme."))
    if not told.descriptions:
        yield _error("4.4.1", "description", text("There is no description. Say what the programme does."))
    for n, (_kind, texts) in enumerate(told.descriptions, 1):
        if not _said(texts):
            yield _error("4.4.1", f"description[{n}]", text("The description is empty. Say what the programme does."))
    if not told.language:
        yield _error("4.1.1", "@xml:lang", text("The activity does not say in which language its texts are."))
    if not told.participating:
        yield _error("participating-org", "participating-org", text("No organisation takes part. Add the partners."))
    for n, org in enumerate(told.participating, 1):
        yield from _named(org, f"participating-org[{n}]")
        if not org.role:
            yield _error("participating-org", f"participating-org[{n}]", text("The partner has no role. Choose one."))


def _named(org: Org, where: str) -> Iterator[Finding]:
    if not org.ref and not _said(org.name):
        yield _error("named", where, text("The organisation has neither an identifier nor a name. Give it one."))


def _dates(told: Activity, today: date) -> Iterator[Finding]:
    on = dict(told.dates)
    if PLANNED_START not in on and ACTUAL_START not in on:
        yield _error("6.11.1", "activity-date", text("There is no planned and no actual start. Write one down."))
    for rule, first, last in (("11.1.2", PLANNED_START, PLANNED_END), ("11.1.3", ACTUAL_START, ACTUAL_END)):
        if first in on and last in on and on[first] > on[last]:
            yield _error(
                rule, "activity-date", text("The start, %(first)s, is after the end, %(last)s. Mend one of them."),
                first=on[first], last=on[last],
            )  # fmt: skip
    for rule, kind in (("11.1.4", ACTUAL_START), ("11.1.5", ACTUAL_END)):
        if kind in on and on[kind] > today:
            yield _error(
                rule, f"activity-date[@type='{kind}']",
                text("The actual date %(day)s lies in the future. Give it as a planned one."), day=on[kind],
            )  # fmt: skip
    if told.updated_at.date() > today:
        yield _error("last-updated", "@last-updated-datetime", text("The day of the last change lies in the future."))


def _sectors(told: Activity) -> Iterator[Finding]:
    parted = [bool(one.sectors) for one in told.transactions]
    if told.sectors and any(parted):
        yield _error(
            "6.7.2",
            "sector",
            text("Sectors stand at the activity and at transactions. Keep them in one of the places."),
        )
    if not told.sectors and not (parted and all(parted)):
        yield _error(
            "6.2.2", "sector", text("There is no sector. Give the programme its sectors, or every transaction one.")
        )
    placed = [bool(one.countries) for one in told.transactions]
    if (told.countries or told.regions) and any(placed):
        yield _error(
            "6.6.2", "recipient-country",
            text("Countries stand at the activity and at transactions. Keep them in one of the places."),
        )  # fmt: skip
    if not told.countries and not told.regions and not (placed and all(placed)):
        yield _error("6.6.1", "recipient-country", text("There is no country. Say in which one the programme works."))
    for name, codes in (("sector", told.sectors), ("tag", told.tags), ("policy-marker", told.markers)):
        for n, one in enumerate(codes, 1):
            yield from _own_code(one, f"{name}[{n}]", is_tag=name == "tag")


def _own_code(one: Coded, where: str, *, is_tag: bool) -> Iterator[Finding]:
    if one.vocabulary not in {OWN, "98"}:
        return
    if not _said(one.name) and not is_tag:
        yield _error(
            "own-code", where, text("“%(code)s” is a code of our own and needs words that explain it."), code=one.code
        )
    if not one.uri:
        yield _warning(
            "own-code", where, text("“%(code)s” is a code of our own: say by an address where it is explained."),
            code=one.code,
        )  # fmt: skip


def _percentages(told: Activity) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Coded]] = defaultdict(list)
    for sector in told.sectors:
        groups["sector", sector.vocabulary or "1"].append(sector)
    for place in (*told.countries, *told.regions):
        groups["recipient-country", ""].append(place)
    for (name, _vocabulary), codes in groups.items():
        shares = [one.percentage for one in codes]
        if any(share is not None and not 0 <= share <= 100 for share in shares):
            yield _error("percent", name, text("A percentage is below 0 or above 100. Mend it."))
        elif len(codes) > 1 and any(share is None for share in shares):
            yield _error("percent", name, text("Where there are several, each needs its percentage."))
        elif any(share is not None for share in shares):
            total = sum((share for share in shares if share is not None), Decimal())
            if total != 100:
                yield _error(
                    "percent", name, text("The percentages add up to %(total)s, not to 100. Mend them."), total=total
                )


def _markers(told: Activity) -> Iterator[Finding]:
    for n, marker in enumerate(told.markers, 1):
        if marker.vocabulary in {"", "1"} and marker.significance not in {"0", "1", "2", "3", "4"}:
            yield _error(
                "6.14.1", f"policy-marker[{n}]",
                text("The policy marker %(code)s does not say how significant it is. Choose 0, 1 or 2."),
                code=marker.code,
            )  # fmt: skip


def _budgets(told: Activity) -> Iterator[Finding]:
    for n, budget in enumerate(told.budgets, 1):
        where = f"budget[{n}]"
        if budget.first >= budget.last:
            yield _error("8.6.3", where, text("The budget ends before it begins. Mend its days."))
        elif budget.last >= _a_year_after(budget.first):
            yield _error(
                "7.5.3", where,
                text("The budget from %(first)s to %(last)s is for more than one year. Split it by years."),
                first=budget.first, last=budget.last,
            )  # fmt: skip
        if not told.currency and not budget.amount.currency:
            yield _error("7.8.1", where, text("The amount has no currency. Give the programme one."))


def _a_year_after(day: date) -> date:
    """The day from which a time that begins on ``day`` is longer than one year."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _transactions(told: Activity, today: date) -> Iterator[Finding]:
    for n, one in enumerate(told.transactions, 1):
        yield from _transaction(one, f"transaction[{n}]", told, today)


def _transaction(one: Transaction, where: str, told: Activity, today: date) -> Iterator[Finding]:
    if not told.currency and not one.amount.currency:
        yield _error("7.8.1", where, text("The amount has no currency. Give the programme one."))
    if one.on > today or one.amount.on > today:
        yield _error("transaction-date", where, text("The day %(day)s of a payment lies in the future."), day=one.on)
    for name, party in (("provider-org", one.provider), ("receiver-org", one.receiver)):
        if party:
            yield from _named(party, f"{where}/{name}")


def _result(result: Result, place: int, told: Activity) -> Iterator[Finding]:
    at = f"result[{place}]"
    if not _said(result.title):
        yield _error("result-title", at, text("The result has no title. Name it."))
    if not result.indicators:
        yield _error("result-indicator", at, text("The result has no indicator. Hang one under it, or leave it out."))
    places = {location.ref for location in told.locations}
    for n, indicator in enumerate(result.indicators, 1):
        where = f"{at}/indicator[{n}]"
        if not _said(indicator.title):
            yield _error("result-title", where, text("The indicator has no title. Name it."))
        if result.references and indicator.references:
            yield _error(
                "8.11.1", where,
                text("References stand at the result and at its indicator. Keep them in one of the places."),
            )  # fmt: skip
        yield from _indicator(indicator, where, places)


def _indicator(indicator: Indicator, where: str, places: set[str]) -> Iterator[Finding]:
    for n, baseline in enumerate(indicator.baselines, 1):
        spot = f"{where}/baseline[{n}]"
        if baseline.on is None:
            yield _error("baseline-year", spot, text("The baseline does not say of which year it is."))
        yield from _point(baseline, indicator, ("8.8.1", "8.8.3"), spot, places)
    for n, period in enumerate(indicator.periods, 1):
        spot = f"{where}/period[{n}]"
        if period.first > period.last:
            yield _error("8.6.1", spot, text("The period ends before it begins. Mend its days."))
        for name, rules, points in (
            ("target", ("8.9.1", "8.9.3"), period.targets),
            ("actual", ("8.10.1", "8.10.3"), period.actuals),
        ):
            for m, point in enumerate(points, 1):
                yield from _point(point, indicator, rules, f"{spot}/{name}[{m}]", places)


def _point(
    point: Point, indicator: Indicator, rules: tuple[str, str], where: str, places: set[str]
) -> Iterator[Finding]:
    needed, omitted = rules
    if indicator.measure != QUALITATIVE and point.value is None:
        yield _error(needed, where, text("The value is missing. Write it down, or leave the whole entry out."))
    if indicator.measure == QUALITATIVE and point.value is not None:
        yield _warning(omitted, where, text("A qualitative indicator should have a comment instead of a value."))
    for ref in point.locations:
        if ref not in places:
            yield _error(
                "location",
                where,
                text("The place “%(ref)s” is none of the activity. Add it to the programme."),
                ref=ref,
            )
