"""What a person types about certificates: what is printed on all of them, a name, a reason, a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, day, line, translated
from paivand.learning.models import Enrolment
from paivand.learning.rules.certificates import REVOKING_NAMES, Revoking, grouped, typed_code
from paivand.learning.rules.course import Certificate as Declared
from paivand.learning.rules.course import Design, say
from paivand.learning.rules.issuing import Terms, numbered_from

LONGEST_CODE = 80


class IssueForm(RecordForm):
    """What is printed on all certificates of a group, and the number of the state for each learner."""

    issued_on = day(_("Issued on"))
    body = line(_("Who issues them"), longest=120, required=False)
    diploma_series = line(_("Series of the diplomas"), longest=12, required=False)
    diploma_from = line(
        _("First number"), longest=24, required=False,
        help_text=_("Learners below without a number get the next ones, in the order of their names."),
    )  # fmt: skip

    def __init__(self, *args: Any, declared: Declared, people: Sequence[Enrolment], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.people, self._declared = list(people), declared
        self.initial.setdefault("issued_on", today)
        self.fields["body"].help_text = gettext("Empty: %(body)s") % {"body": say(declared.body, language)}
        self.is_diploma = declared.design is Design.DIPLOMA
        if not self.is_diploma:
            del self.fields["diploma_series"], self.fields["diploma_from"]
        for n, post in enumerate(declared.signatories):
            self.fields[f"sign_{n}"] = line(say(post, language), longest=80, required=False)
        for one in self.people if self.is_diploma else ():
            self.fields[f"number_{one.pk}"] = line(gettext("Number of the diploma"), longest=24, required=False)

    def signatories(self) -> list[Any]:
        """The fields of the names that sign."""
        return [self[f"sign_{n}"] for n in range(len(self._declared.signatories))]

    def number_of(self, enrolment: Enrolment) -> Any:
        """The field of a learner's diploma number; None where there is none."""
        name = f"number_{enrolment.pk}"
        return self[name] if name in self.fields else None

    def clean(self) -> dict[str, Any]:
        """Number the diplomas that were left empty, from the first number on."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        first = clean.get("diploma_from", "").strip()
        empty = [f"number_{one.pk}" for one in self.people if not clean.get(f"number_{one.pk}", "").strip()]
        if first and self.is_diploma:
            try:
                clean.update(zip(empty, numbered_from(first, len(empty)), strict=True))
            except ValueError:
                self.add_error("diploma_from", gettext("Write a number that ends with digits, such as 0045127."))
        numbers = [clean[f"number_{one.pk}"] for one in self.people if clean.get(f"number_{one.pk}")]
        if len(set(numbers)) < len(numbers):
            self.add_error(None, gettext("Two learners have the same number of a diploma. Each diploma has its own."))
        return clean

    def terms(self) -> Terms:
        """What was typed."""
        clean = self.cleaned_data
        return Terms(
            clean["issued_on"], tuple(clean[f"sign_{n}"].strip() for n in range(len(self._declared.signatories))),
            clean["body"].strip(), clean.get("diploma_series", "").strip(),
            {str(one.pk): clean[f"number_{one.pk}"].strip() for one in self.people if clean.get(f"number_{one.pk}")},
        )  # fmt: skip


class NameShownForm(RecordForm):
    """Since when the holder agrees that her name is shown."""

    on = day(_("She agreed on"), required=False)


class CorrectForm(RecordForm):
    """Another name on the paper."""

    name = line(_("Name as it is to be printed"), longest=240)
    reason = line(_("Why"), help_text=_("In a few words. They stay inside."))


class RevokeForm(RecordForm):
    """Why a certificate is not valid any more."""

    kind = forms.ChoiceField(
        label=_("Kind of reason"), widget=forms.RadioSelect, help_text=_("The public page tells this.")
    )  # fmt: skip
    reason = line(_("What happened"), help_text=_("In a few words. They stay inside."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", translated(REVOKING_NAMES))

    def revoking(self) -> Revoking:
        """The kind that was chosen."""
        return Revoking(self.cleaned_data["kind"])


class FindForm(forms.Form):
    """By what a certificate is looked for."""

    q = line(_("Number, or the beginning of the name"), longest=120, required=False)


class CodeForm(forms.Form):
    """The code of a certificate, as it is printed beneath the QR code."""

    code = forms.CharField(
        label=_("Code of the certificate"), max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "class": "code"}
        ),
        error_messages={"required": _("Type the code that stands beneath the QR code.")},
    )  # fmt: skip

    def typed(self) -> str:
        """The code as it stands in addresses if it can be one; else what was typed, on one line."""
        words = " ".join(self.cleaned_data["code"].split())
        return grouped(typed_code(words)) or words
