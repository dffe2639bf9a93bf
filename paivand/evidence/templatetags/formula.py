"""What an indicator counts, in whole sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from paivand.core.rules.journey_codes import outcome_title, service_title, services
from paivand.core.templatetags.paivand import apart, comma, number
from paivand.evidence.rules.indicators import Indicator, Measure, Source, Where
from paivand.registry.rules.migration import ABSENCE_NAMES, AbsenceStatus

register = template.Library()


@register.filter
def formula(indicator: Indicator) -> list[str]:
    """The sentences: how records become the number, then which records count."""
    said = [_measured(indicator)]
    if indicator.measure is Measure.SHARE and indicator.whole is not None:
        said.append(_("Of whom is it a share:"))
        said += _conditions(indicator.whole)
        said.append(_("Who of them counts:"))
    said += _conditions(indicator.where)
    if indicator.source is Source.JOURNEY:
        said.append(
            _("A step that was reversed does not count. Two records of one person are one person after a merge.")
        )
        said.append(_("In every table a person stands once: where her first step that counts stands."))
    return said


def _measured(indicator: Indicator) -> str:
    value = {
        "quantity": _("the quantity that was written down with a step"),
        "contacts": _("contacts"),
        "repeat": _("contacts with people who had been reached before"),
        "learners": _("learners"),
        "sessions": _("sessions"),
    }.get(indicator.value, indicator.value)
    said = {
        Measure.PEOPLE: _("Unique people: everybody is counted once, however often she was served."),
        Measure.FAMILIES: _("Unique families of the people who were served."),
        Measure.EVENTS: _events(indicator.source),
        Measure.CONTACTS: _("Contacts, as they were counted or estimated. One person may be in it several times."),
        Measure.SUM: _("The sum of %(value)s.") % {"value": value},
        Measure.MEAN: _("The mean of %(value)s.") % {"value": value},
        Measure.MEDIAN: _("The median of %(value)s: half lie below it.") % {"value": value},
        Measure.SHARE: _("A share of unique people, in per cent."),
    }[indicator.measure]
    if indicator.per_person:
        said += " " + _("First everybody's own sum is made, then this over all people.")
    return said


def _events(source: Source) -> str:
    if source is Source.GROUPS:
        return _("Groups that learn together, each counted once.")
    return _("Entries of reach, each once.") if source is Source.REACH else _("Steps of the journey, each once.")


def _conditions(where: Where) -> list[str]:
    said = []
    if where.services:
        said.append(
            _("The service is one of: %(list)s.") % {"list": _listed([_service(one) for one in where.services])}
        )
    if where.outcomes:
        outcomes = [outcome_title(one, _language()) for one in where.outcomes]
        said.append(_("How it came out: %(list)s.") % {"list": _listed(outcomes)})
    if where.having:
        named = _listed([_service(one) for one in where.having])
        said.append(_("By that day the person had also completed: %(list)s.") % {"list": named})
    said += _people(where)
    said += [
        words % {"list": _listed(values)}
        for words, values in (
            (_("Only in: %(list)s."), [*where.districts, *where.jamoats]),
            (_("Only by: %(list)s."), where.agencies),
            (_("Channel: %(list)s."), where.channels),
            (_("Topic: %(list)s."), where.topics),
            (_("State of the group: %(list)s."), where.states),
        )
        if values
    ]
    return said


def _people(where: Where) -> list[str]:
    said = []
    if where.sex == ("female",):
        said.append(_("Only women and girls."))
    elif where.sex == ("male",):
        said.append(_("Only men and boys."))
    low, high = where.age_from, where.age_to
    if low is not None and high is not None:
        said.append(
            _("Aged %(low)s to %(high)s on the day of the service.") % {"low": number(low), "high": number(high)}
        )
    elif low is not None:
        told = ngettext("Aged %(years)s or older on the day of the service.",
                        "Aged %(years)s or older on the day of the service.", low)  # fmt: skip
        said.append(told % {"years": number(low)})
    elif high is not None:
        told = ngettext("Aged %(years)s or younger on the day of the service.",
                        "Aged %(years)s or younger on the day of the service.", high)  # fmt: skip
        said.append(told % {"years": number(high)})
    if where.disability:
        known = {"yes": _("yes"), "no": _("no"), "unknown": _("not known")}
        named = _listed([known.get(one, one) for one in where.disability])
        said.append(_("Disability by the Washington Group's short set: %(list)s.") % {"list": named})
    if where.ties:
        named = _listed([_(ABSENCE_NAMES[AbsenceStatus(one)]) for one in where.ties])
        said.append(_("The migrant's tie to the family is one of: %(list)s.") % {"list": named})
    return said


def _service(code: str) -> str:
    if code.endswith(".*"):
        noun = code.removesuffix("*")
        return _listed([service_title(one, _language()) for one in services() if one.startswith(noun)]) or code
    return service_title(code, _language())


def _listed(words: Sequence[str]) -> str:
    return comma().join(apart(word) for word in words)


def _language() -> str:
    return (get_language() or "en")[:2]
