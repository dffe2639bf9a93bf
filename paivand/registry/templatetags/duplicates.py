"""How agreements of two records, and what lies elsewhere, are told."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from paivand.core.templatetags.paivand import age, comma, number
from paivand.methods.linkage import LIKELY, POSSIBLE, Comparison, Finding
from paivand.registry.models import DuplicatePair
from paivand.registry.queries.comparisons import Side, SideBySide
from paivand.registry.queries.matches import Elsewhere
from paivand.registry.rules.duplicates import FIELD_NAMES, KEPT_APART_NAMES, LEVEL_NAMES, model
from paivand.registry.templatetags.people import born

register = template.Library()


@register.filter
def agreeing(comparison: Comparison) -> str:
    """What speaks for one person, in words, as in given name, surname, birth."""
    return comma().join(_(FIELD_NAMES[field]) for field in comparison.agreeing)


@register.filter
def elsewhere(one: Elsewhere) -> str:
    """Whom to ask about a likely match that lies beyond one's reach."""
    return _("A likely match lies elsewhere: ask %(agency)s, %(district)s.") % {
        "agency": one.agency or _("the agency there"),
        "district": one.district.name,
    }


@register.filter
def agreeing_of(pair: DuplicatePair) -> str:
    """What spoke for one person when the pair was found, in words."""
    fields = [row[0] for row in pair.evidence if row[0] in FIELD_NAMES and row[2] > 0]
    return comma().join(_(FIELD_NAMES[field]) for field in fields)


@register.filter
def grade_word(pair: DuplicatePair) -> str:
    """Whether a pair is likely or only possible."""
    return _("likely") if pair.weight >= model().likely else _("possible")


@register.filter
def grade_tone(pair: DuplicatePair) -> str:
    """The tone of that badge."""
    return "warn" if pair.weight >= model().likely else "quiet"


@register.filter
def grade_sentence(comparison: Comparison) -> str:
    """What the facts say together, in a sentence."""
    if comparison.grade == LIKELY:
        return _("The facts make one person likely.")
    if comparison.grade == POSSIBLE:
        return _("The facts leave it open.")
    return _("The facts speak for two people.")


@register.filter
def kept_apart(comparison: Comparison) -> str:
    """Why a rule says two people, whatever the sum."""
    return _(KEPT_APART_NAMES[comparison.kept_apart])


@register.filter
def field_name(finding: Finding) -> str:
    """What was compared, and how it came out."""
    return _("%(field)s: %(level)s") % {
        "field": _(FIELD_NAMES[finding.field]).capitalize(),
        "level": _(LEVEL_NAMES[finding.level]),
    }


@register.filter
def signed(weight: float) -> str:
    """A weight with its sign."""
    return f"{'+' if weight > 0 else '−' if weight < 0 else ''}{number(round(abs(weight), 1))}"


@register.filter
def plain(value: float) -> str:
    """A number as a drawing wants it, whatever the language."""
    return f"{value:g}"


@dataclass(frozen=True)
class Compared:
    """One fact of both records: its values, how they agree in words, and the tone and drawing of that."""

    label: str
    one: list[str]
    other: list[str]
    words: str
    tone: str
    icon: str


_TONES = {"for": ("ok", "check"), "against": ("danger", "close"), "nothing": ("quiet", "more")}


@register.filter
def compared(sides: SideBySide) -> list[Compared]:
    """Every fact that is compared and known of one of the two, as a row of the table."""
    rows = []
    for finding in sides.comparison.findings:
        way = "for" if finding.weight > 0 else "against" if finding.weight < 0 else "nothing"
        tone, icon = _TONES[way]
        one, other = _values(sides.one, finding.field), _values(sides.other, finding.field)
        if one or other:
            words = _(LEVEL_NAMES[finding.level])
            rows.append(Compared(_(FIELD_NAMES[finding.field]).capitalize(), one, other, words, tone, icon))
    return rows


def _values(side: Side, field: str) -> list[str]:
    person, facts = side.person, side.record.facts
    family = side.record.family
    found: dict[str, list[str]] = {
        "given": [
            person.given_name,
            *([_("known as %(name)s") % {"name": person.known_as}] if person.known_as else []),
        ],
        "family": [person.family_name],
        "father": [person.father_name],
        "sex": [_(person.get_sex_display())],
        "birth": [born(person.birth), age(person.age)],
        "phone": side.phones,
        "document": [f"{_(paper.get_kind_display())} {paper.number}".strip() for paper in side.papers],
        "place": [family.jamoat.name, family.village] if family else [],
        "mother": [facts.mother],
    }
    return [value for value in found[field] if value]
