"""Names of categories and figures in the reader's language."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from paivand.access.models import Agency
from paivand.core.models import Place
from paivand.core.rules.journey_codes import service_title, services
from paivand.core.rules.texts import text
from paivand.core.templatetags.paivand import digits, number
from paivand.evidence.rules.indicators import UNKNOWN, Dimension
from paivand.evidence.rules.telling import HIDDEN_WORDS, Hidden, Told
from paivand.outreach.rules.catalogue import channels, topics
from paivand.registry.rules.migration import ABSENCE_NAMES, AbsenceStatus

UNKNOWN_NAME = text("not known")
SEX_NAMES = {"female": text("women and girls"), "male": text("men and boys")}
DISABILITY_NAMES = {"yes": text("with a disability"), "no": text("without a disability")}


def category_name(dimension: Dimension, category: str, language: str = "") -> str:
    """One category in a language, or in the reader's; see ``category_names`` for many."""
    return category_names(dimension, [category], language)[category]


def category_names(dimension: Dimension, categories: Iterable[str], language: str = "") -> dict[str, str]:
    """What categories of a dimension are called; a code that nothing knows any more stays as it is."""
    codes = list(dict.fromkeys(categories))
    with override(language or get_language()):
        names = _named(dimension, [code for code in codes if code != UNKNOWN])
        return {code: _(UNKNOWN_NAME) if code == UNKNOWN else names.get(code) or code for code in codes}


def _named(dimension: Dimension, codes: list[str]) -> dict[str, str]:
    if dimension in {Dimension.DISTRICT, Dimension.JAMOAT}:
        return {place.pk: place.name for place in Place.objects.filter(pk__in=codes)} if codes else {}
    if dimension is Dimension.AGENCY:
        return _agencies(codes)
    return {code: name for code in codes if (name := _declared(dimension, code, (get_language() or "en")[:2]))}


def _declared(dimension: Dimension, code: str, language: str) -> str:
    """A name that stands in the program or in its files; empty for none."""
    named: dict[Dimension, Callable[[], str]] = {
        Dimension.AGE: lambda: digits(code.replace("-", "–")),
        Dimension.SERVICE: lambda: service_title(code, language) if code in services() else "",
        Dimension.CHANNEL: lambda: channels()[code].title_in(language) if code in channels() else "",
        Dimension.TOPIC: lambda: topics()[code].title_in(language) if code in topics() else "",
        Dimension.TIE: lambda: _(ABSENCE_NAMES[AbsenceStatus(code)]) if code in set(AbsenceStatus) else "",
        Dimension.SEX: lambda: _(SEX_NAMES[code]) if code in SEX_NAMES else "",
        Dimension.DISABILITY: lambda: _(DISABILITY_NAMES[code]) if code in DISABILITY_NAMES else "",
    }
    return named[dimension]() if dimension in named else ""


def _agencies(codes: list[str]) -> dict[str, str]:
    """Names of agencies: a register that everybody signed in may read."""
    keys = []
    for code in codes:
        try:
            keys.append(uuid.UUID(code))
        except ValueError:
            continue
    return {str(row.pk): row.name for row in Agency.objects.filter(pk__in=keys)} if keys else {}


def said(told: Told) -> str:
    """A cell as people read it: the figure, or why there is none."""
    if told.value is None:
        return _(HIDDEN_WORDS[told.hidden or Hidden.NOTHING])
    value = told.value
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else value.normalize()
    return number(value)


def said_shortly(told: Told) -> str:
    """The same where there is little room: a sign instead of a reason, which the page explains below."""
    if told.value is not None:
        return said(told)
    return {Hidden.SMALL: _("fewer than 5"), Hidden.NOTHING: "–"}.get(told.hidden or Hidden.NOTHING, _("hidden"))
