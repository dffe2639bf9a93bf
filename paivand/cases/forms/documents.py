"""A file that somebody adds to a case, and what it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, day, line
from paivand.cases.rules.papers import document_kinds, removal_reasons, titled
from paivand.cases.rules.records import PaperDraft
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit, file_kinds

FAMILY = "family"


class DocumentForm(RecordForm):
    """A file, what it is, and whose paper it is. The file stands last: what is typed before it is never lost."""

    kind = forms.ChoiceField(label=_("What it is"))
    person = forms.ChoiceField(label=_("Whose paper it is"), widget=forms.RadioSelect)
    title = line(_("What it says"), longest=160, required=False, help_text=_("For example: decision on the alimony"))
    dated_on = day(_("Date on the paper"), required=False)
    matter = forms.ChoiceField(label=_("Belongs to the matter"), required=False)
    only_theirs = forms.BooleanField(label=_("It tells of people of this case only; other people's papers stay out."))
    file = forms.FileField(
        label=_("Photograph or file"),
        help_text=_("A photograph, a PDF or a text, at most 10 MB. Where it was photographed is taken out."),
        widget=forms.FileInput(),
        allow_empty_file=True,
    )

    def __init__(
        self, *args: Any, people: Sequence[tuple[str, str]], matters: Sequence[tuple[str, str]] = (),
        too_large: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        kinds = [(code, titled(document_kinds(), code, language)) for code in document_kinds()]
        self.offer("kind", [*NOT_SAID, *kinds])
        self.offer("person", [*people, (FAMILY, gettext("the family as a whole"))])
        self.offer("matter", [*NOT_SAID, *matters])
        self._too_large = too_large
        accepts = [kind.media_type for kind in file_kinds().values()]
        self.fields["file"].widget.attrs["accept"] = ",".join([*accepts, ".docx", ".odt"])

    def clean(self) -> dict[str, Any]:
        """Say of a file that was too large that it was, instead of that there is none."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("file", None)
            self.add_error("file", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        return clean

    def draft(self) -> PaperDraft:
        """The document as described."""
        clean = self.cleaned_data
        return PaperDraft(
            kind=clean["kind"], title=clean["title"], dated_on=clean["dated_on"],
            person=None if clean["person"] == FAMILY else uuid.UUID(clean["person"]),
            matter=uuid.UUID(clean["matter"]) if clean["matter"] else None,
        )  # fmt: skip


class RemovalForm(RecordForm):
    """Why a document is taken away."""

    why = forms.ChoiceField(label=_("Why it is taken away"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.offer("why", [(code, titled(removal_reasons(), code, language)) for code in removal_reasons()])
