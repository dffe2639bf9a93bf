"""The form of a village."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paivand.core.models import Place
from paivand.registry.rules.places import VillageDraft

_NUMBER = {"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}


class VillageForm(forms.Form):
    """The names of a village and where it lies."""

    name_tg = forms.CharField(label=_("Name in Tajik"), max_length=80)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    name_fa = forms.CharField(label=_("Name in Dari"), max_length=80, required=False)
    latitude = forms.DecimalField(
        label=_("Latitude"), max_digits=7, decimal_places=4, required=False, widget=forms.TextInput(attrs=_NUMBER),
        help_text=_("Degrees north, such as 37.9105"),
    )  # fmt: skip
    longitude = forms.DecimalField(
        label=_("Longitude"), max_digits=7, decimal_places=4, required=False, widget=forms.TextInput(attrs=_NUMBER),
        help_text=_("Degrees east, such as 69.7845"),
    )  # fmt: skip
    renamed = forms.BooleanField(
        label=_("The village was renamed: it is still to be found by its old name."), required=False
    )

    def __init__(self, *args: Any, village: Place | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name_tg", "name_ru", "name_en", "name_fa"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "dir": "auto"}
            if village and not self.is_bound:
                self.initial[name] = getattr(village, name)
        if village is None:
            del self.fields["renamed"]
        elif not self.is_bound:
            self.initial.update(latitude=village.latitude, longitude=village.longitude)

    def draft(self) -> VillageDraft:
        """The village as typed."""
        clean = self.cleaned_data
        return VillageDraft(
            name_tg=" ".join(clean["name_tg"].split()),
            name_ru=" ".join(clean["name_ru"].split()),
            name_en=" ".join(clean["name_en"].split()),
            name_fa=" ".join(clean["name_fa"].split()),
            latitude=clean["latitude"],
            longitude=clean["longitude"],
        )
