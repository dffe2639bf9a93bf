"""The filters of the family list as a form, and the name of a view."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.templatetags.paivand import day
from paivand.registry.forms.families import translated
from paivand.registry.queries.families import sees_names
from paivand.registry.queries.lists import listed_jamoats, workers
from paivand.registry.rules.families import ORIGIN_NAMES, STATE_NAMES, FamilyState
from paivand.registry.rules.lists import ORDER_NAMES, PUBLIC_ABSENCES, Filters, filters_of
from paivand.registry.rules.remittances import SIGNAL_NAMES


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, and the address of the list without it."""

    label: str
    value: str
    without: str


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class FilterForm(forms.Form):
    """What somebody asks of the family list. A value that cannot be read asks nothing, and is named."""

    district = forms.ChoiceField(label=_("District"), required=False)
    jamoat = forms.ChoiceField(label=_("Jamoat"), required=False)
    worker = forms.ChoiceField(label=_("Responsible worker"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    absence = forms.ChoiceField(label=_("The migrant"), required=False)
    signal = forms.ChoiceField(label=_("Money sent home"), required=False)
    since = _day_field(_("Registered from"))
    until = _day_field(_("Registered until"))
    origin = forms.ChoiceField(label=_("How it came in"), required=False)
    state = forms.ChoiceField(label=_("State of the file"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)

    def __init__(self, query: Mapping[str, Any], *, by: User) -> None:
        super().__init__(query)
        self.by = by
        every = ("", gettext("All"))
        places = listed_jamoats(by)
        districts = {place.parent_id: place.parent for place in places if place.parent}
        self._choose("district", [every, *((code, place.name) for code, place in districts.items() if code)])
        self._choose("jamoat", [every, *_by_district(places)])
        self._choose("worker", [every, *((str(user.pk), user.full_name) for user in workers(by))])
        self._choose("absence", [every, *translated(PUBLIC_ABSENCES)])
        self._choose("signal", [every, *translated(SIGNAL_NAMES)])
        self._choose("origin", [every, *translated(ORIGIN_NAMES)])
        states = {key: name for key, name in STATE_NAMES.items() if key is not FamilyState.ACTIVE}
        self._choose("state", [("", gettext(STATE_NAMES[FamilyState.ACTIVE])), *translated(states)])
        self._choose("order", translated(ORDER_NAMES))
        if len(districts) < 2:
            del self.fields["district"]
        if Verb.FAMILY_REGISTER not in by.verbs:
            del self.fields["mine"]
        if not sees_names(by):
            del self.fields["order"]

    def _choose(self, name: str, choices: Iterable[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        clean = self.cleaned_data
        district, jamoat = clean.get("district"), clean.get("jamoat")
        if district and jamoat and not jamoat.startswith(f"{district}-"):
            clean["district"] = ""
        if clean.get("since") and clean.get("until") and clean["since"] > clean["until"]:
            self.add_error("until", gettext("This day lies before the first one. Choose a later day."))
        return clean

    @cached_property
    def filters(self) -> Filters:
        """The filters that could be read."""
        self.is_valid()
        return filters_of(self.cleaned_data)

    @property
    def quick(self) -> list[dict[str, Any]]:
        """The choices that stand above the list by themselves, under ids of their own."""
        return [
            {
                "id": f"quick-{name}",
                "label": self[name].label,
                "widget": self[name].as_widget(attrs={"id": f"quick-{name}"}),
            }
            for name in ("jamoat", "order")
            if name in self.fields
        ]

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the way to the list without it."""
        kept = self.filters.kept()
        rows = []
        for name, value in self.filters.chosen.items():
            field: Any = self.fields[name]
            label = str(field.label)
            if value is True:
                label, words = "", label
            elif isinstance(field, forms.ChoiceField):
                words = str(dict(_flat(field.choices)).get(str(value), ""))
            else:
                words = day(value)
            without = urlencode({key: one for key, one in kept.items() if key != name})
            rows.append(Chip(label, words, f"?{without}" if without else "?all=1"))
        return rows


def _by_district(places: Iterable[Place]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in places:
        groups.setdefault(place.parent.name if place.parent else "", []).append((place.pk, place.name))
    return list(groups.items())


def _flat(choices: Any) -> Iterable[tuple[str, Any]]:
    for key, words in choices:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield str(key), words


class ViewNameForm(forms.Form):
    """The name of a saved view."""

    name = forms.CharField(
        label=_("Name of the view"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not re.search(r"\w", name):
            raise forms.ValidationError(gettext("Give the view a name of letters or digits."), code="name")
        return name
