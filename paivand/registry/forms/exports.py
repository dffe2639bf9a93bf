"""What somebody wants to take out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.rules.privacy import DataClass
from paivand.registry.forms.families import translated
from paivand.registry.rules.exports import BEGINS_WITH, FILE_NAMES, PER_NAMES, FileKind, Per, offered


class ExportForm(forms.Form):
    """The form of the file, its columns class by class, and the reason."""

    per = forms.ChoiceField(label=_("Rows"), widget=forms.RadioSelect, initial=Per.FAMILY)
    columns = forms.MultipleChoiceField(label=_("Columns"), widget=forms.CheckboxSelectMultiple, required=False)
    kind = forms.ChoiceField(label=_("Kind of file"), widget=forms.RadioSelect, initial=FileKind.XLSX)
    reason = forms.CharField(
        label=_("What the file is for, and who receives it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("It is kept in the audit and written into the file."),
    )

    def __init__(self, data: Any = None, *, classes: Mapping[DataClass, str]) -> None:
        """Offer the columns of these classes of data, whose names stand above them."""
        super().__init__(data)
        self.classes = classes
        fields: Any = self.fields
        fields["per"].choices = translated(PER_NAMES)
        fields["kind"].choices = translated(FILE_NAMES)
        fields["columns"].choices = [
            (key, gettext(words))
            for group in offered(classes).values()
            for key, words in group.items()
            if key != "code"
        ]
        fields["columns"].initial = sorted(BEGINS_WITH)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The choices of columns, one group for each class of data."""
        chosen = set(self["columns"].value() or [])
        return [
            {
                "name": gettext(self.classes[data_class]),
                "choices": [
                    {"key": key, "words": gettext(words), "chosen": key in chosen}
                    for key, words in group.items()
                    if key != "code"
                ],
            }
            for data_class, group in offered(self.classes).items()
        ]
