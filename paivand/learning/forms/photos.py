"""A photograph as it is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, line
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit


class PhotoForm(RecordForm):
    """A photograph of a session, with what it shows."""

    photo = forms.FileField(
        label=_("Photograph"), allow_empty_file=True,
        help_text=_("The work; faces only of those who agreed. Where it was taken is removed; at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    caption = line(_("What it shows"), longest=160, required=False, help_text=_("Without names"))

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_large = too_large

    def clean(self) -> dict[str, Any]:
        """Say of a file that was too large that it was, instead of that there is none."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("photo", None)
            self.add_error("photo", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        return clean
