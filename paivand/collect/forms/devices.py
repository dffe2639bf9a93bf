"""What a person typed to give a device access: to one person, or to many for a day of training."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.core.models import new_id
from paivand.core.templatetags.paivand import apart
from paivand.registry.forms.particulars import day_widget, free_text


class _OnceForm(forms.Form):
    """A form that gives access to the same devices, however often it is sent."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class DeviceForm(_OnceForm):
    """Whose device it is, what it is called, and until when it opens something."""

    user = forms.ChoiceField(label=_("Whose device"))
    label = forms.CharField(
        label=_("What the device is called"), max_length=80, widget=free_text(),
        help_text=_("So that you know it again: whose phone it is, or the number on its back."),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=_("Until"), required=False, widget=day_widget(),
        help_text=_("The last day on which it gets and sends anything. Empty: as long as the worker has her role."),
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, colleagues: Sequence[User], may_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in colleagues}
        own = []
        if may_own:
            self._people[str(by.pk)] = by
            own = [(str(by.pk), gettext("My own"))]
        others = [(key, apart(one.full_name)) for key, one in self._people.items() if one.pk != by.pk]
        self.fields["user"].choices = [*own, *others]  # type: ignore[attr-defined]
        if not others:
            self.fields["user"].widget = forms.HiddenInput()
            self.fields["user"].initial = str(by.pk)

    def chosen(self) -> User:
        """Who gets it."""
        return self._people[self.cleaned_data["user"]]


class TrainingForm(_OnceForm):
    """Who of a team gets a card, what the devices are called, and until when they open something."""

    people = forms.MultipleChoiceField(label=_("Who gets a card"), widget=forms.CheckboxSelectMultiple)
    label = forms.CharField(label=_("What the devices are called"), max_length=80, widget=free_text())
    expires_on = forms.DateField(label=_("Until"), required=False, widget=day_widget())

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in colleagues}
        self.fields["people"].choices = [(key, apart(one.full_name)) for key, one in self._people.items()]  # type: ignore[attr-defined]

    def chosen(self) -> list[User]:
        """Who gets one."""
        return [self._people[key] for key in self.cleaned_data["people"]]
