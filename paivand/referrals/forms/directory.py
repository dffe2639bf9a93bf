"""What somebody typed about a service, and what somebody asks of the directory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import Agency, User
from paivand.core.models import Place, new_id
from paivand.core.templatetags.paivand import locale
from paivand.referrals.models import DirectoryService
from paivand.referrals.queries.directory import districts, own_districts
from paivand.referrals.rules.directory import (
    ACCESSIBILITY_NAMES,
    COST_NAMES,
    LANGUAGES,
    Cost,
    ServiceDraft,
    needs,
    service_types,
)
from paivand.referrals.rules.directory_hours import WEEK, Hours
from paivand.referrals.rules.directory_search import EVERYWHERE, ServiceFilters, filters_of
from paivand.registry.rules.people import LANGUAGE_NAMES, phone_number

NOT_SAID = ("", "—")
_DAY = "%Y-%m-%d"


def day_widget() -> forms.DateInput:
    """A day, by the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format=_DAY)


def _line(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def _several_lines() -> forms.Textarea:
    return forms.Textarea(attrs={"dir": "auto", "rows": "3"})


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def translated(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Choices with their names in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


def type_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds of service under what people come for."""
    language, types = get_language() or "en", service_types()
    return [(need.title(language), [(code, types[code].title(language)) for code in need.types]) for need in needs()]


class OfficeNumberField(forms.CharField):
    """The number of an office: a number of the country or abroad, or a short one such as 103."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "").strip()
        digits = "".join(letter for letter in typed if letter.isdecimal())
        number = digits if typed.isdecimal() and 3 <= len(digits) <= 6 else phone_number(typed)
        if typed and (not number or any(letter.isalpha() for letter in typed)):
            raise forms.ValidationError(
                gettext("This is no telephone number. Write nine digits, or a short number such as 103."), code="phone"
            )
        return number


class ServiceForm(forms.Form):
    """One entry of the directory."""

    type = forms.ChoiceField(label=_("Kind of service"))
    name = forms.CharField(
        label=_("Name of the service"), max_length=120, widget=_line(), help_text=_("As people here call it")
    )
    name_ru = forms.CharField(label=_("In Russian"), max_length=120, required=False, widget=_line())
    name_en = forms.CharField(label=_("In English"), max_length=120, required=False, widget=_line())
    name_fa = forms.CharField(label=_("In Dari"), max_length=120, required=False, widget=_line())
    provider_name = forms.CharField(label=_("Provider"), max_length=120, widget=_line())
    is_sensitive = forms.BooleanField(
        label=_("Only those who refer may know of it"), required=False,
        help_text=_("For a service whose name or place betrays why somebody goes there"),
    )  # fmt: skip
    address_hidden = forms.BooleanField(
        label=_("The address is told by telephone only"), required=False,
        help_text=_("Then address and jamoat stay empty here. A safe place always hides its address."),
    )  # fmt: skip
    jamoat = forms.ChoiceField(label=_("Jamoat"), required=False)
    address = forms.CharField(label=_("Address, and how to find it"), max_length=200, required=False, widget=_line())
    around_the_clock = forms.BooleanField(label=_("Open day and night"), required=False)
    days = forms.MultipleChoiceField(label=_("Open on"), required=False, widget=forms.CheckboxSelectMultiple)
    opens_at = forms.TimeField(label=_("From"), required=False, widget=_clock())
    closes_at = forms.TimeField(label=_("Until"), required=False, widget=_clock())
    break_from = forms.TimeField(label=_("Break from"), required=False, widget=_clock())
    break_until = forms.TimeField(label=_("Break until"), required=False, widget=_clock())
    hours = forms.CharField(
        label=_("More about the hours"), max_length=200, required=False, widget=_line(),
        help_text=_("For example: the lawyer is there on Tuesdays only"),
    )  # fmt: skip
    phone = OfficeNumberField(
        label=_("Telephone"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "dir": "ltr", "autocomplete": "off"}),
        help_text=_("The number of the office, never somebody's own"),
    )  # fmt: skip
    focal_name = forms.CharField(label=_("Whom to ask for"), max_length=120, required=False, widget=_line())
    focal_post = forms.CharField(label=_("Post"), max_length=120, required=False, widget=_line())
    how_to_refer = forms.CharField(
        label=_("How to refer"), max_length=400, required=False, widget=_several_lines(),
        help_text=_("What to do first, which papers to take along, what to say"),
    )  # fmt: skip
    eligibility = forms.CharField(
        label=_("For whom"), max_length=400, required=False, widget=_several_lines(),
        help_text=_("Who is taken, and who is not"),
    )  # fmt: skip
    women_only = forms.BooleanField(label=_("For women and girls only"), required=False)
    capacity = forms.CharField(
        label=_("How many it can take"), max_length=120, required=False, widget=_line(),
        help_text=_("For example: 12 places, mostly 2 or 3 free"),
    )  # fmt: skip
    cost = forms.ChoiceField(label=_("Cost"))
    cost_note = forms.CharField(label=_("More about the cost"), max_length=200, required=False, widget=_line())
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"), required=False, widget=forms.CheckboxSelectMultiple
    )
    accessibility = forms.MultipleChoiceField(
        label=_("Accessibility"), required=False, widget=forms.CheckboxSelectMultiple
    )
    agency = forms.ChoiceField(
        label=_("The provider's agency"), required=False,
        help_text=_("If the provider answers referrals in this program"),
    )  # fmt: skip
    focal_user = forms.ChoiceField(label=_("Who answers referrals there"), required=False)
    poster_tg = forms.CharField(label=_("In Tajik"), max_length=200, required=False, widget=_line())
    poster_ru = forms.CharField(label=_("In Russian"), max_length=200, required=False, widget=_line())
    poster_en = forms.CharField(label=_("In English"), max_length=200, required=False, widget=_line())
    poster_fa = forms.CharField(label=_("In Dari"), max_length=200, required=False, widget=_line())
    checked_on = forms.DateField(label=_("Asked about on"), required=False, widget=day_widget())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        jamoats: Iterable[Place],
        agencies: Iterable[Agency],
        users: Iterable[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        weekdays = locale().days["stand-alone"]["wide"]
        by_agency: dict[str, list[tuple[str, str]]] = {}
        for user in users:
            by_agency.setdefault(str(user.agency), []).append((str(user.pk), user.full_name))
        self._choose("type", [NOT_SAID, *type_choices()])
        self._choose("jamoat", [NOT_SAID, *((place.pk, place.name) for place in jamoats)])
        self._choose("days", [(str(day), str(weekdays[n])) for n, day in enumerate(WEEK)])
        self._choose("cost", translated(COST_NAMES))
        self._choose("languages", translated(LANGUAGE_NAMES))
        self._choose("accessibility", translated(ACCESSIBILITY_NAMES))
        self._choose("agency", [NOT_SAID, *((str(agency.pk), agency.name) for agency in agencies)])
        self._choose("focal_user", [NOT_SAID, *by_agency.items()])
        self.initial.setdefault("cost", Cost.FREE)
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    def _choose(self, name: str, choices: Iterable[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    @property
    def posters(self) -> list[Any]:
        """The fields with the words of a poster, by language."""
        return [self[f"poster_{language}"] for language in LANGUAGES]

    @staticmethod
    def initial_of(service: DirectoryService) -> dict[str, Any]:
        """The present values of an entry."""
        clocks = {name: _shown(getattr(service, name)) for name in CLOCKS}
        words = {f"poster_{language}": service.poster_words.get(language, "") for language in LANGUAGES}
        plain = {name: getattr(service, name) for name in AS_THEY_ARE}
        return plain | clocks | words | {
            "jamoat": service.jamoat_id or "",
            "agency": str(service.agency_id or ""),
            "focal_user": str(service.focal_user_id or ""),
            "version": service.version,
        }  # fmt: skip

    def draft(self) -> ServiceDraft:
        """The entry as typed; a service that never closes has no other hours."""
        clean = self.cleaned_data
        whole_day = clean["around_the_clock"]
        week = Hours(around_the_clock=True) if whole_day else Hours(
            tuple(clean["days"]), *(clean[name] for name in CLOCKS)
        )  # fmt: skip
        texts = {name: clean[name] for name in TEXTS}
        return ServiceDraft(
            **texts, week=week, languages=tuple(clean["languages"]), accessibility=tuple(clean["accessibility"]),
            is_sensitive=clean["is_sensitive"], address_hidden=clean["address_hidden"], women_only=clean["women_only"],
            agency_id=_key(clean["agency"]), focal_user_id=_key(clean["focal_user"]),
            poster_words={language: clean[f"poster_{language}"] for language in LANGUAGES},
        )  # fmt: skip

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


CLOCKS = ("opens_at", "closes_at", "break_from", "break_until")
TEXTS = (
    "type", "name", "name_ru", "name_en", "name_fa", "provider_name", "jamoat", "address", "hours", "eligibility",
    "cost", "cost_note", "capacity", "focal_name", "focal_post", "phone", "how_to_refer",
)  # fmt: skip
AS_THEY_ARE = (
    *(name for name in TEXTS if name != "jamoat"), "is_sensitive", "address_hidden", "around_the_clock", "days",
    "women_only", "languages", "accessibility",
)  # fmt: skip


def _shown(value: time | None) -> str:
    return value.strftime("%H:%M") if value else ""


def _key(value: str) -> uuid.UUID | None:
    return uuid.UUID(value) if value else None


class DirectoryForm(forms.Form):
    """What somebody asks of the directory. A value that cannot be read asks nothing."""

    words = forms.CharField(label=_("Name, place or need"), required=False, max_length=100)
    district = forms.ChoiceField(label=_("District"), required=False)
    type = forms.ChoiceField(label=_("Kind of service"), required=False)
    language = forms.ChoiceField(label=_("Language spoken"), required=False)
    access = forms.ChoiceField(label=_("Accessibility"), required=False)
    free = forms.BooleanField(label=_("Free of charge"), required=False)
    women_only = forms.BooleanField(label=_("For women and girls only"), required=False)
    stopped = forms.BooleanField(label=_("Closed services"), required=False)

    def __init__(self, query: Mapping[str, Any], *, by: User) -> None:
        super().__init__(query)
        every = ("", gettext("All"))
        own = own_districts(by)
        places = [(place.pk, place.name) for place in districts(by)]
        mine, others = places[: len(own)], places[len(own) :]
        everywhere = (EVERYWHERE, gettext("All districts"))
        if not own:
            choices: list[Any] = [("", gettext("All districts")), *others]
        elif len(own) == 1:
            choices = [("", mine[0][1]), everywhere, (gettext("Other districts"), others)]
        else:
            choices = [("", gettext("My districts")), *mine, everywhere, (gettext("Other districts"), others)]
        self._choose("district", choices)
        self._choose("type", [every, *type_choices()])
        self._choose("language", [every, *translated(LANGUAGE_NAMES)])
        self._choose("access", [every, *translated(ACCESSIBILITY_NAMES)])

    def _choose(self, name: str, choices: Iterable[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    @cached_property
    def filters(self) -> ServiceFilters:
        """The filters that could be read."""
        self.is_valid()
        return filters_of(self.cleaned_data)

    @property
    def further(self) -> list[Any]:
        """The fields that stand behind a fold."""
        return [self[name] for name in ("language", "access", "free", "women_only", "stopped")]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The further filters in force: the words of each, and the query of the list without it."""
        given = {name: str(value) for name, value in self.data.items() if value and name != "after"}
        rows = []
        for name in self.filters.further:
            field: Any = self.fields[name]
            chosen = dict(field.choices).get(self.cleaned_data[name]) if hasattr(field, "choices") else field.label
            rest = urlencode({key: value for key, value in given.items() if key != name})
            rows.append((str(chosen), f"?{rest}"))
        return rows


class VerifyForm(forms.Form):
    """That everything in an entry was asked about."""

    on = forms.DateField(label=_("Asked about on"), widget=day_widget())
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=_line(),
        help_text=_("For example: spoke with the registrar"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class StateForm(forms.Form):
    """That a service pauses, closes for good, or takes people again."""

    on = forms.DateField(label=_("Since"), widget=day_widget())
    why = forms.CharField(label=_("Why"), max_length=200, required=False, widget=_line())
    resumes_on = forms.DateField(label=_("Opens again on"), required=False, widget=day_widget())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, act: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today)
        if act != "pause":
            del self.fields["resumes_on"]
        if act == "reopen":
            self.fields["why"].label = gettext("Note")
