"""What a person typed about stays abroad, returns, bans and ties to the family, turned into drafts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.rules.dates import Birth, Precision
from paivand.registry.forms.families import read_birth, translated, write_birth
from paivand.registry.models import Absence, MigrationEpisode, ReentryBan
from paivand.registry.rules.countries import FIRST, OFTEN, country_choices
from paivand.registry.rules.drafts import AbsenceDraft, BanDraft, MigrationDraft, ReturnDraft
from paivand.registry.rules.migration import (
    ABSENCE_GROUPS,
    ABSENCE_NAMES,
    CHANNEL_OF_DIVORCE_NAMES,
    LEGAL_STATUS_NAMES,
    RETURN_NAMES,
    AbsenceStatus,
    DivorceChannel,
    LegalStatus,
    ReturnKind,
)
from paivand.registry.rules.occupations import occupation_choices

NOBODY = "nobody"
"""The choice of somebody who is not written down as a member."""

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


class WhenField(forms.CharField):
    """A day as people tell it: 12.03.2024, 03.2024 or 2024; cleaned into the day and how exactly it is known."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("help_text", _("12.03.2024, or 03.2024, or 2024"))
        attributes = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> Birth | None:
        typed = str(super().clean(value) or "").translate(_DIGITS).strip()
        if not typed:
            return None
        when = read_birth(typed, timezone.localdate())
        if when is None or when.precision is Precision.ESTIMATE or not 1950 <= when.on.year <= 2100:
            raise forms.ValidationError(
                gettext("Write the day as 12.03.2024, the month as 03.2024, the year as 2024."), code="when"
            )
        return when


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )  # fmt: skip


def _line(label: Any, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}), **kwargs,
    )  # fmt: skip


def _yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, widget=forms.RadioSelect, empty_value=None, coerce=lambda value: value == "yes"
    )


def _language() -> str:
    return (get_language() or "en")[:2]


def _countries() -> list[tuple[str, Any]]:
    choices = country_choices(_language())
    head = len(FIRST) + len(OFTEN)
    return [("", "—"), *choices[: len(FIRST)], (gettext("often named"), choices[len(FIRST) : head]),
            (gettext("all others"), choices[head:])]  # fmt: skip


def _occupations() -> list[tuple[str, Any]]:
    fields = occupation_choices(_language())
    return [("", "—"), *((gettext(name).capitalize(), choices) for name, choices in fields)]


class _Form(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def choose(self, name: str, choices: Iterable[Any]) -> None:
        """Give a field its choices."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class ReturnFields(_Form):
    """When somebody came back, and how."""

    returned = WhenField(label=_("Came back"))
    return_kind = forms.ChoiceField(label=_("Why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("return_kind", [("", "—"), *translated(RETURN_NAMES)])

    def came_back(self) -> ReturnDraft | None:
        """The return as typed, if one was."""
        when: Birth | None = self.cleaned_data.get("returned")
        kind = self.cleaned_data.get("return_kind")
        return ReturnDraft(when.on, ReturnKind(kind), when.precision) if when and kind else None


class ReturnForm(ReturnFields):
    """That a stay abroad is over."""


class StayForm(ReturnFields):
    """A stay abroad: who, where, since when, doing what; and the return, if it is over."""

    member = forms.ChoiceField(label=_("Who"))
    country = forms.ChoiceField(label=_("Country"))
    city = _line(_("City or region"), 80)
    departed = WhenField(label=_("Left"))
    occupation = forms.ChoiceField(label=_("Work there"), required=False)
    work = _line(_("Work in their own words"), 120)
    legal_status = forms.ChoiceField(label=_("Ground of the stay"))
    note = _line(_("Note"), 300)

    field_order = (
        "member", "country", "city", "departed", "occupation", "work", "legal_status", "returned", "return_kind",
        "note", "version",
    )  # fmt: skip

    def __init__(self, *args: Any, members: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(members)
        self.choose("member", [("", "—"), *people] if len(people) != 1 else people)
        if not people:
            del self.fields["member"]
        self.choose("country", _countries())
        self.choose("occupation", _occupations())
        self.choose("legal_status", translated(LEGAL_STATUS_NAMES))
        self.initial.setdefault("legal_status", str(LegalStatus.NOT_KNOWN))
        self.fields["city"].widget.attrs["list"] = "cities"
        for name in ("returned", "return_kind"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("returned") and not clean.get("return_kind"):
            self.add_error("return_kind", gettext("Say how the stay ended."))
        if clean.get("return_kind") and not clean.get("returned") and "returned" not in self.errors:
            self.add_error("returned", gettext("Say when the stay ended, or leave the reason empty."))
        return clean

    def stay(self) -> MigrationDraft:
        """The stay as typed."""
        clean = self.cleaned_data
        left: Birth = clean["departed"]
        return MigrationDraft(
            country=clean["country"], departed_on=left.on, departed_precision=left.precision, city=clean["city"],
            occupation=clean["occupation"], work=clean["work"], legal_status=LegalStatus(clean["legal_status"]),
            note=clean["note"],
        )  # fmt: skip

    @staticmethod
    def initial_of(stay: MigrationEpisode) -> dict[str, Any]:
        """The present values of a stay."""
        return {
            "country": stay.country,
            "city": stay.city,
            "departed": _written(stay.departed_on, stay.departed_precision),
            "occupation": stay.occupation,
            "work": stay.work,
            "legal_status": stay.legal_status,
            "returned": _written(stay.returned_on, stay.returned_precision),
            "return_kind": stay.return_kind,
            "note": stay.note,
            "version": stay.version,
        }


class RemoveForm(forms.Form):
    """Why something that never was is taken away."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class AbsenceForm(_Form):
    """What a migrant's tie to the family is, since when, and who says so."""

    person = forms.ChoiceField(label=_("Who"))
    status = forms.ChoiceField(label=_("How it stands"))
    since_on = _day(_("Since"))
    told_by = _line(_("Who told it"), 80, help_text=_("For example: his wife, his mother, a paper"))
    channel = forms.ChoiceField(label=_("How the divorce was spoken"), required=False)
    search_asked = _yes_no(_("Was a search asked for?"))
    body_returned = _yes_no(_("Was the body brought home?"))
    compensation = _yes_no(_("Was a compensation paid?"))
    note = _line(_("Note"), 300)

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("person", [("", "—"), *people, (NOBODY, gettext("somebody who is not written down here"))])
        groups = [
            (gettext(name).capitalize(), [(str(status), gettext(ABSENCE_NAMES[status])) for status in statuses])
            for name, statuses in ABSENCE_GROUPS.items()
        ]
        self.choose("status", [("", "—"), *groups])
        self.choose("channel", [("", "—"), *translated(CHANNEL_OF_DIVORCE_NAMES)])
        answers = [("yes", gettext("yes")), ("no", gettext("no")), ("", gettext("not known"))]
        for name in ("search_asked", "body_returned", "compensation"):
            self.choose(name, answers)
        self.initial.setdefault("since_on", timezone.localdate())

    def absence(self) -> AbsenceDraft:
        """The status as typed. Answers that belong to another status were hidden on the screen, and are left out."""
        clean = self.cleaned_data
        status = AbsenceStatus(clean["status"])
        dead = status is AbsenceStatus.DECEASED
        divorced = status is AbsenceStatus.DIVORCED_RELIGIOUS
        return AbsenceDraft(
            status=status, since_on=clean["since_on"],
            person_id=None if clean["person"] == NOBODY else uuid.UUID(clean["person"]), told_by=clean["told_by"],
            channel=DivorceChannel(clean["channel"]) if divorced and clean["channel"] else None,
            search_asked=clean["search_asked"] if status is AbsenceStatus.MISSING else None,
            body_returned=clean["body_returned"] if dead else None,
            compensation=clean["compensation"] if dead else None, note=clean["note"],
        )  # fmt: skip

    @staticmethod
    def initial_of(absence: Absence) -> dict[str, Any]:
        """The present values of an entry."""
        said = {True: "yes", False: "no", None: ""}
        return {
            "person": str(absence.person_id or NOBODY),
            "status": absence.status,
            "since_on": absence.since_on,
            "told_by": absence.told_by,
            "channel": absence.channel,
            "search_asked": said[absence.search_asked],
            "body_returned": said[absence.body_returned],
            "compensation": said[absence.compensation],
            "note": absence.note,
            "version": absence.version,
        }


class BanForm(_Form):
    """A ban on entering a country again."""

    country = forms.ChoiceField(label=_("Country"))
    learnt_on = _day(_("Learnt on"))
    ground = _line(_("Ground"), 200)
    for_life = forms.BooleanField(label=_("The ban is for life"), required=False)
    until_on = _day(_("Until"), required=False)
    note = _line(_("Note"), 300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("country", _countries())
        self.initial.setdefault("learnt_on", timezone.localdate())
        self.initial.setdefault("country", FIRST[0])

    def ban(self) -> BanDraft:
        """The ban as typed."""
        clean = self.cleaned_data
        return BanDraft(**{name: clean[name] for name in ("country", "learnt_on", "ground", "until_on", "for_life",
                                                          "note")})  # fmt: skip

    @staticmethod
    def initial_of(ban: ReentryBan) -> dict[str, Any]:
        """The present values of a ban."""
        names = ("country", "learnt_on", "ground", "until_on", "for_life", "note", "version")
        return {name: getattr(ban, name) for name in names}


class LiftForm(forms.Form):
    """Since when a ban holds no more."""

    lifted_on = _day(_("Lifted on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("lifted_on", timezone.localdate())


def _written(on: Any, precision: str) -> str:
    return write_birth(Birth(on, Precision(precision)), timezone.localdate()) if on else ""
