"""What forms within a case share."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from paivand.access.forms.fields import RecordForm, line


class ReasonForm(RecordForm):
    """Why something is corrected or taken back."""

    reason = line(gettext_lazy("Why it is corrected"), help_text=gettext_lazy("In a few words and without names."))


def keys(values: Iterable[str]) -> tuple[uuid.UUID, ...]:
    """Keys as a form gives them."""
    return tuple(uuid.UUID(value) for value in values)
