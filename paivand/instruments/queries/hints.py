"""What a family's file knows already of what is asked: shown beside the question, never taken for an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from paivand.access.models import User
from paivand.core.templatetags.paivand import number
from paivand.instruments.queries.assessments import latest_scores
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.hints import Hint
from paivand.instruments.rules.instruments import say
from paivand.registry.models import Document, Family, Particulars
from paivand.registry.queries.families import members
from paivand.registry.rules import ADULT, Sex
from paivand.registry.rules.families import HOUSING_NAMES, LAND_NAMES, Housing, LandTenure
from paivand.registry.rules.migration import ABSENCE_NAMES, AbsenceStatus
from paivand.registry.rules.people import EDUCATION_NAMES, MARRIAGE_NAMES, DocumentStatus, Education, Marriage, School
from paivand.registry.rules.remittances import SIGNAL_NAMES, Signal

_INFANT = 2
_DISTRESS = {("phq4", "total"): lambda value: value >= 6, ("who5", "percent"): lambda value: value <= 50}
"""From which value on a questionnaire speaks for distress: section 9.3 of the field's standards."""


def hints(by: User, family: Family, wanted: Iterable[str], on: date) -> dict[str, str]:
    """A sentence for each wanted fact that the file tells something of."""
    file = _File(by, family, on)
    told = {hint: file.tell(Hint(hint)) for hint in set(wanted) if hint}
    return {hint: sentence for hint, sentence in told.items() if sentence}


class _File:
    """A family's file, read as far as it is asked for."""

    def __init__(self, by: User, family: Family, on: date) -> None:
        self.by, self.family, self.on = by, family, on

    def tell(self, hint: Hint) -> str:
        """What the file says; empty where it says nothing."""
        ways: dict[Hint, Callable[[], str]] = {
            Hint.CHILDREN: self._children, Hint.INFANTS: self._infants, Hint.HEAD: self._head,
            Hint.OUT_OF_SCHOOL: self._out_of_school, Hint.ABSENCE: self._absence,
            Hint.HOUSING: self._housing, Hint.LAND: self._land, Hint.MARRIAGE: self._marriage,
            Hint.PAPERS: self._papers, Hint.SCHOOLING: self._schooling, Hint.DISABILITY: self._disability,
            Hint.FOOD: lambda: self._bands(("fcs", "fcs"), ("rcsi", "rcsi"), ("hhs", "hhs")),
            Hint.COPING: lambda: self._bands(("lcs", "level")), Hint.DISTRESS: self._distress,
        }  # fmt: skip
        return ways[hint]()

    @cached_property
    def _people(self) -> Sequence[Any]:
        return [member for member in members(self.by, self.family) if member.shown]  # type: ignore[attr-defined]

    @cached_property
    def _records(self) -> list[Any]:
        return [pk for member in self._people for pk in member.records]

    @cached_property
    def _particulars(self) -> list[Particulars]:
        return list(Particulars.objects.seen_by(self.by).filter(person_id__in=self._records))

    def _ages(self) -> list[int]:
        return [age.years for member in self._people if (age := member.shown.age_on(self.on))]

    def _children(self) -> str:
        n = sum(years < ADULT for years in self._ages())
        return ngettext("%(n)s child under 18", "%(n)s children under 18", n) % {"n": number(n)}

    def _infants(self) -> str:
        n = sum(years < _INFANT for years in self._ages())
        return ngettext("%(n)s child under two", "%(n)s children under two", n) % {"n": number(n)}

    def _head(self) -> str:
        head = next((member for member in self._people if member.relation == "head"), None)
        if head is None:
            return ""
        return gettext("the head is a woman") if head.shown.sex == Sex.FEMALE else gettext("the head is a man")

    def _out_of_school(self) -> str:
        n = sum(row.school == School.OUT for row in self._particulars)
        if not n:
            return ""
        return ngettext("%(n)s child out of school", "%(n)s children out of school", n) % {"n": number(n)}

    def _absence(self) -> str:
        """What became of the migrant, and what the months of money say."""
        status, signal = self.family.absence_status, self.family.remittance_signal
        told = [ABSENCE_NAMES[AbsenceStatus(status)]] if status else []
        told += [SIGNAL_NAMES[Signal(signal)]] if signal else []
        return ", ".join(gettext(one) for one in told)

    def _housing(self) -> str:
        return gettext(HOUSING_NAMES[Housing(self.family.housing)]) if self.family.housing else ""

    def _land(self) -> str:
        return gettext(LAND_NAMES[LandTenure(self.family.land)]) if self.family.land else ""

    def _marriage(self) -> str:
        told = {row.marriage for row in self._particulars if row.marriage}
        return ", ".join(gettext(MARRIAGE_NAMES[one]) for one in Marriage if one in told)

    def _papers(self) -> str:
        useless = (DocumentStatus.NEVER_HAD, DocumentStatus.LOST, DocumentStatus.CONFISCATED, DocumentStatus.EXPIRED)
        found = Document.objects.seen_by(self.by).filter(person_id__in=self._records, status__in=useless)
        n = len(found.values_list("pk", flat=True))
        if not n:
            return ""
        return ngettext("%(n)s paper missing or not valid", "%(n)s papers missing or not valid", n) % {"n": number(n)}

    def _schooling(self) -> str:
        order = list(Education)
        told = [Education(row.education) for row in self._particulars if row.education]
        return gettext(EDUCATION_NAMES[max(told, key=order.index)]) if told else ""

    def _disability(self) -> str:
        scores = latest_scores(self.by, [member.shown.pk for member in self._people], "wgss", "worst").values()
        n = sum(score.band == "with" for score in scores)
        if not scores:
            return ""
        told = ngettext("%(n)s member with great difficulty", "%(n)s members with great difficulty", n)
        return told % {"n": number(n)}

    def _bands(self, *scales: tuple[str, str]) -> str:
        """The bands of the latest questionnaires about the household."""
        told = []
        for code, scale in scales:
            score = latest_scores(self.by, [self.family.pk], code, scale).get(self.family.pk)
            declared = instrument(code)
            band = declared.main_scale.band(score.band) if declared and score and score.band else None
            if band:
                told.append(f"{code.upper()}: {say(band.label, get_language() or 'en')}")
        return ", ".join(told)

    def _distress(self) -> str:
        people = [member.shown.pk for member in self._people]
        asked, above = 0, 0
        for (code, scale), speaks in _DISTRESS.items():
            values = [score.value for score in latest_scores(self.by, people, code, scale).values()]
            asked += len(values)
            above += sum(_holds(speaks, value) for value in values)
        if not asked:
            return ""
        told = ngettext("%(n)s member at or above the limit", "%(n)s members at or above the limit", above)
        return told % {"n": number(above)}


def _holds(speaks: Callable[[Decimal], bool], value: Decimal | None) -> bool:
    return value is not None and speaks(value)
