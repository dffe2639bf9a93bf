"""The list of those who came, as typed or pasted at the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, WholeField, day, line, lines, translated
from paivand.outreach.rules.contacts import AGE_NAMES, AgeGroup
from paivand.outreach.rules.drafts import AttendeeDraft
from paivand.registry.rules import SEX_NAMES, Sex

MOST_ROWS = 40


class LineForm(forms.Form):
    """One person."""

    name = line(_("Name"), longest=160)
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    age = forms.ChoiceField(label=_("Age"), required=False)
    village = line(_("Village"), longest=80, required=False)
    telephone = forms.CharField(
        label=_("Telephone number"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    before = forms.BooleanField(label=_("was reached before"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = [*NOT_SAID, *translated(SEX_NAMES)]  # type: ignore[attr-defined]
        ages = {key: AGE_NAMES[key] for key in (AgeGroup.ADULT, AgeGroup.CHILD, AgeGroup.UNKNOWN)}
        self.fields["age"].choices = translated(ages)  # type: ignore[attr-defined]
        self.fields["name"].error_messages["required"] = gettext("Fill this in, or empty the whole row.")

    def has_changed(self) -> bool:
        """A row counts as soon as it has a name, a village or a telephone."""
        return bool({"name", "village", "telephone"}.intersection(self.changed_data))

    def draft(self) -> AttendeeDraft:
        """The person as typed."""
        clean = self.cleaned_data
        return AttendeeDraft(
            name=clean["name"], sex=Sex(clean["sex"]) if clean["sex"] else None,
            age=AgeGroup(clean["age"] or AgeGroup.UNKNOWN), village=clean["village"], telephone=clean["telephone"],
            before=clean["before"],
        )  # fmt: skip


class _Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    def initial_form_count(self) -> int:
        """None: every row may be left empty."""
        return 0

    def total_form_count(self) -> int:
        """As many as were sent, or else as many as there is something to show in."""
        return super().total_form_count() if self.is_bound else len(self.initial or ())


LineForms = forms.formset_factory(
    LineForm, formset=_Rows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


class ListForm(RecordForm):
    """What holds for everybody on the list."""

    agreed_on = day(_("They agreed to be written down on"))
    n_others = WholeField(
        label=_("How many came besides, and are not on the list"),
        help_text=_("Who does not want to be written down counts too, without a name."),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=_("Everybody on this list was told what the names are for, and agreed to be written down.")
    )
    pasted = lines(
        _("A list, one person in each line"), rows=6, longest=20_000, required=False,
        help_text=_("Name; sex; age or year of birth; village; telephone. From a spreadsheet too."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("agreed_on", timezone.localdate())
        self.initial.setdefault("n_others", "0")


class WhoForm(RecordForm):
    """Who somebody on the list is: a participant of the register, or a member of a family."""

    who = forms.ChoiceField(label=_("Who it is"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, found: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("who", found)
