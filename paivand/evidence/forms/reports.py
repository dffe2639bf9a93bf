"""Forms of reports: begun, written, commented on, given out; stories; and mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, day, line, lines, translated
from paivand.access.models import Agency, User
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit
from paivand.evidence.actions.report_mails import MailDraft
from paivand.evidence.actions.reports import ReportDraft
from paivand.evidence.actions.stories import LONGEST_STORY, StoryDraft
from paivand.evidence.models import ReportSection
from paivand.evidence.queries.reports import Teller
from paivand.evidence.rules.reports import (
    LANGUAGES,
    LONGEST_TEXT,
    OFTEN_NAMES,
    REPORT_KIND_NAMES,
    SENT_NAMES,
    OftenSent,
    ReportKind,
    Sent,
)
from paivand.programme.models import Programme


def language_names(languages: Iterable[str]) -> list[tuple[str, str]]:
    """Languages with their own names."""
    names = dict(settings.LANGUAGES)
    return [(one, names[one]) for one in languages]


class BeginForm(RecordForm):
    """Which report is begun."""

    programme = forms.ChoiceField(label=_("Programme"))
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    first_on = day(_("First day of the period"))
    last_on = day(_("Last day of the period"))
    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Each language has texts of its own. Every text is written before the report is locked."),
    )  # fmt: skip

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._programmes = {str(one.pk): one for one in programmes}
        self.offer("programme", [(key, one.title) for key, one in self._programmes.items()])
        self.offer("kind", translated(REPORT_KIND_NAMES))
        self.offer("languages", language_names(LANGUAGES))

    def programme_chosen(self) -> Programme:
        """The programme."""
        return self._programmes[self.cleaned_data["programme"]]

    def draft(self) -> ReportDraft:
        """What was typed."""
        clean = self.cleaned_data
        return ReportDraft(
            ReportKind(clean["kind"]), clean["first_on"], clean["last_on"], tuple(clean["languages"])
        )  # fmt: skip


class SectionForm(RecordForm):
    """The text of a section."""

    text = lines(
        _("Text"), rows=18, longest=LONGEST_TEXT, required=False,
        help_text=_(
            "A line that begins with # is a heading, with - an item of a list, with 1. a numbered one; **words** "
            "between two stars are bold. An empty line ends a paragraph. Name nobody."
        ),
    )  # fmt: skip

    @staticmethod
    def initial_of(section: ReportSection) -> dict[str, Any]:
        """The text as it stands."""
        return {"text": section.text, "version": section.version}


class CommentForm(RecordForm):
    """What a reviewer says."""

    text = lines(_("Comment"), rows=3, longest=1000)


class ReasonForm(RecordForm):
    """Why a report is given back or opened again."""

    reason = lines(_("Why"), rows=3, longest=500, help_text=_("It stands on the page of the report."))


class GiveForm(RecordForm):
    """Which agency writes a section."""

    section = forms.ChoiceField(label=_("Section"))
    agency = forms.ChoiceField(label=_("Agency"), required=False)

    def __init__(self, *args: Any, sections: list[tuple[str, str]], agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agencies = {str(one.pk): one for one in agencies}
        self.offer("section", sections)
        nobody = [("", gettext("Whoever writes reports"))]
        self.offer("agency", nobody + [(key, one.name) for key, one in self._agencies.items()])

    def agency_chosen(self) -> Agency | None:
        """The agency, or nobody in particular."""
        return self._agencies.get(self.cleaned_data["agency"])


class FamilyForm(forms.Form):
    """Whose story is told: found by the number of the file."""

    family = line(_("Number of the family's file"), longest=20, help_text=_("As in F-000-0013."))


class StoryForm(RecordForm):
    """A story with its photograph."""

    person = forms.ChoiceField(label=_("Who tells it"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)
    title = line(_("Title"), longest=160)
    text = lines(
        _("Story"), rows=8, longest=LONGEST_STORY,
        help_text=_("In her own words, without her name, her village, or anything by which she is recognised."),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("Photograph"), required=False, allow_empty_file=True,
        help_text=_("JPEG or PNG, at most 10 MB. Where and when it was taken is removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )  # fmt: skip
    caption = line(
        _("What the photograph shows"), required=False,
        help_text=_("It stands below the photograph and is read aloud to who cannot see it."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, tellers: list[Teller], languages: list[str], labels: list[str], too_large: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._tellers = {str(one.consent.pk): one for one in tellers}
        self._too_large = too_large
        self.offer("person", list(zip(self._tellers, labels, strict=True)))
        self.offer("language", language_names(languages))

    def clean(self) -> dict[str, Any]:
        """Say of a file that was too large that it was."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("photo", None)
            self.add_error("photo", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        return clean

    def teller(self) -> Teller:
        """Whose story it is."""
        return self._tellers[self.cleaned_data["person"]]

    def draft(self) -> StoryDraft:
        """What was typed."""
        clean = self.cleaned_data
        photo = clean["photo"].read() if clean["photo"] else b""
        return StoryDraft(clean["language"], clean["title"], clean["text"], clean["caption"], photo)


class MailForm(RecordForm):
    """Who gets what, how often."""

    sent = forms.ChoiceField(label=_("What"), widget=forms.RadioSelect)
    recipient = forms.ChoiceField(label=_("Who gets it"), help_text=_("Users with an e-mail address who see results."))
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)
    often = forms.ChoiceField(label=_("How often"), widget=forms.RadioSelect)
    next_on = day(_("For the first time on"))

    def __init__(self, *args: Any, users: Iterable[User], today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("next_on", today)
        super().__init__(*args, **kwargs)
        self._users = {str(one.pk): one for one in users}
        self.offer("sent", translated(SENT_NAMES))
        self.offer("recipient", [(key, one.full_name) for key, one in self._users.items()])
        self.offer("language", language_names(LANGUAGES))
        self.offer("often", translated(OFTEN_NAMES))

    def recipient_chosen(self) -> User:
        """Who gets it."""
        return self._users[self.cleaned_data["recipient"]]

    def draft(self) -> MailDraft:
        """What was typed."""
        clean = self.cleaned_data
        return MailDraft(Sent(clean["sent"]), clean["language"], OftenSent(clean["often"]), clean["next_on"])
