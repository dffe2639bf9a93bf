"""An activity of IATI written as XML, its elements in the strict order of the schema 2.03."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree as Tree

from paivand.core.rules.spreadsheets import written
from paivand.evidence.rules.outward.iati import (
    VERSION,
    Activity,
    Amount,
    Budget,
    Coded,
    Indicator,
    Location,
    Org,
    Period,
    Point,
    Result,
    Texts,
    Transaction,
)

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PLACES = "http://www.opengis.net/def/crs/EPSG/0/4326"


def iati_xml(activities: Iterable[Activity], made_at: datetime) -> bytes:
    """The file: UTF-8, indented, with its version. What may not stand in XML, such as control characters, is left out.

    It does not judge: ask ``iati_checks.findings`` first.
    """
    root = Tree.Element("iati-activities", {"version": VERSION, "generated-datetime": _moment(made_at)})
    for activity in activities:
        _activity(root, activity)
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _activity(root: Tree.Element, told: Activity) -> None:
    attributes = {
        "last-updated-datetime": _moment(told.updated_at),
        _LANG: told.language,
        "default-currency": told.currency,
        "hierarchy": "1",
    }
    if not told.budgets:
        attributes["budget-not-provided"] = "3"
    at = _add(root, "iati-activity", **attributes)
    _add(at, "iati-identifier").text = written(told.identifier)
    _org(at, "reporting-org", told.reporting, told.language)
    _texts(_add(at, "title"), told.title, told.language)
    for kind, texts in told.descriptions:
        _texts(_add(at, "description", type=kind), texts, told.language)
    for org in told.participating:
        _org(at, "participating-org", org, told.language)
    _add(at, "activity-status", code=told.status)
    for kind, on in told.dates:
        _add(at, "activity-date", **{"iso-date": on.isoformat(), "type": kind})
    if told.contact:
        contact = _add(at, "contact-info", type="1")
        _texts(_add(contact, "organisation"), {told.language: told.contact[0]}, told.language)
        if told.contact[1]:
            _add(contact, "email").text = written(told.contact[1])
    _where(at, told)
    _what(at, told)
    for budget in told.budgets:
        _budget(at, budget)
    for transaction in told.transactions:
        _transaction(at, transaction, told.language)
    for result in told.results:
        _result(at, result, told.language)


def _where(at: Tree.Element, told: Activity) -> None:
    if told.scope:
        _add(at, "activity-scope", code=told.scope)
    for country in told.countries:
        _coded(at, "recipient-country", country, told.language)
    for region in told.regions:
        _coded(at, "recipient-region", region, told.language)
    for location in told.locations:
        _location(at, location, told.language)


def _what(at: Tree.Element, told: Activity) -> None:
    for name, codes in (("sector", told.sectors), ("tag", told.tags), ("policy-marker", told.markers)):
        for code in codes:
            _coded(at, name, code, told.language)
    for name, value in (
        ("collaboration-type", told.collaboration),
        ("default-flow-type", told.flow),
        ("default-finance-type", told.finance),
    ):
        if value:
            _add(at, name, code=value)
    for value in told.aid:
        _add(at, "default-aid-type", code=value)
    if told.tied:
        _add(at, "default-tied-status", code=told.tied)


def _location(at: Tree.Element, told: Location, language: str) -> None:
    place = _add(at, "location", ref=told.ref)
    _add(place, "location-reach", code=told.reach)
    for code in told.codes:
        _add(place, "location-id", code=code.code, vocabulary=code.vocabulary)
    _texts(_add(place, "name"), told.name, language)
    for vocabulary, code_, level in told.administrative:
        _add(place, "administrative", vocabulary=vocabulary, code=code_, level=str(level))
    if told.point:
        point = _add(place, "point", srsName=_PLACES)
        _add(point, "pos").text = f"{_number(told.point[0])} {_number(told.point[1])}"
    _add(place, "exactness", code=told.exactness)
    _add(place, "location-class", code=told.location_class)


def _budget(at: Tree.Element, told: Budget) -> None:
    budget = _add(at, "budget", type=told.kind, status=told.status)
    _add(budget, "period-start", **{"iso-date": told.first.isoformat()})
    _add(budget, "period-end", **{"iso-date": told.last.isoformat()})
    _amount(budget, told.amount)


def _transaction(at: Tree.Element, told: Transaction, language: str) -> None:
    one = _add(at, "transaction", ref=told.ref)
    _add(one, "transaction-type", code=told.kind)
    _add(one, "transaction-date", **{"iso-date": told.on.isoformat()})
    _amount(one, told.amount)
    if told.description:
        _texts(_add(one, "description"), told.description, language)
    for name, org in (("provider", told.provider), ("receiver", told.receiver)):
        if org:
            attributes = {"ref": org.ref, f"{name}-activity-id": org.activity_id, "type": org.kind}
            _texts(_add(one, f"{name}-org", **attributes), org.name, language)
    for sector in told.sectors:
        _coded(one, "sector", sector, language)
    for country in told.countries[:1]:
        _coded(one, "recipient-country", country, language)


def _result(at: Tree.Element, told: Result, language: str) -> None:
    result = _add(at, "result", **{"type": told.kind, "aggregation-status": _truth(told.adds_up)})
    _texts(_add(result, "title"), told.title, language)
    if told.description:
        _texts(_add(result, "description"), told.description, language)
    for reference in told.references:
        _add(
            result, "reference",
            **{"code": reference.code, "vocabulary": reference.vocabulary, "vocabulary-uri": reference.uri},
        )  # fmt: skip
    for indicator in told.indicators:
        _indicator(result, indicator, language)


def _indicator(at: Tree.Element, told: Indicator, language: str) -> None:
    attributes = {
        "measure": told.measure,
        "ascending": _truth(told.ascending),
        "aggregation-status": _truth(told.adds_up),
    }
    one = _add(at, "indicator", **attributes)
    _texts(_add(one, "title"), told.title, language)
    if told.description:
        _texts(_add(one, "description"), told.description, language)
    for reference in told.references:
        _add(
            one, "reference",
            **{"vocabulary": reference.vocabulary, "code": reference.code, "indicator-uri": reference.uri},
        )  # fmt: skip
    for baseline in told.baselines:
        on = baseline.on
        attributes = {"year": str(on.year) if on else "", "iso-date": on.isoformat() if on else ""}
        _point(one, "baseline", baseline, language, attributes)
    for period in told.periods:
        _period(one, period, language)


def _period(at: Tree.Element, told: Period, language: str) -> None:
    period = _add(at, "period")
    _add(period, "period-start", **{"iso-date": told.first.isoformat()})
    _add(period, "period-end", **{"iso-date": told.last.isoformat()})
    for target in told.targets:
        _point(period, "target", target, language)
    for actual in told.actuals:
        _point(period, "actual", actual, language)


def _point(at: Tree.Element, name: str, told: Point, language: str, attributes: dict[str, str] | None = None) -> None:
    value = {} if told.value is None else {"value": _number(told.value)}
    point = _add(at, name, **(attributes or {}), **value)
    for ref in told.locations:
        _add(point, "location", ref=ref)
    for dimension, category in told.dimensions:
        _add(point, "dimension", name=dimension, value=category)
    if told.comment:
        _texts(_add(point, "comment"), told.comment, language)


def _coded(at: Tree.Element, name: str, told: Coded, language: str) -> None:
    attributes = {
        "code": told.code,
        "vocabulary": told.vocabulary,
        "vocabulary-uri": told.uri,
        "percentage": "" if told.percentage is None else _number(told.percentage),
        "significance": told.significance,
    }
    _texts(_add(at, name, **attributes), told.name, language)


def _org(at: Tree.Element, name: str, told: Org, language: str) -> None:
    attributes = {"ref": told.ref, "type": told.kind, "role": told.role, "activity-id": told.activity_id}
    _texts(_add(at, name, **attributes), told.name, language)


def _amount(at: Tree.Element, told: Amount) -> None:
    _add(at, "value", **{"currency": told.currency, "value-date": told.on.isoformat()}).text = _number(told.value)


def _texts(at: Tree.Element, texts: Texts, language: str) -> None:
    """A narrative for each language that has words, that of the activity first."""
    for code, words in sorted(texts.items(), key=lambda item: (item[0] != language, item[0])):
        if words.strip():
            _add(at, "narrative", **{_LANG: code}).text = written(words.strip())


def _add(at: Tree.Element, name: str, /, **attributes: str) -> Tree.Element:
    """A child with those attributes that have a value."""
    return Tree.SubElement(at, name, {key: written(value) for key, value in attributes.items() if value})


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _truth(is_so: bool) -> str:
    return "true" if is_so else "false"


def _number(value: Decimal | int) -> str:
    """A plain decimal, never with an exponent.

    >>> _number(Decimal("2.50")), _number(Decimal("1E+3"))
    ('2.50', '1000')
    """
    return f"{Decimal(value):f}"
