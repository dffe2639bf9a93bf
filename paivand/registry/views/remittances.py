"""The grid on which money sent home is written down for several months at once."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.core.rules.errors import Refused
from paivand.core.templatetags.paivand import number
from paivand.registry.actions.remittances import record_remittances
from paivand.registry.forms.remittances import SPANS, MonthForm, month_forms
from paivand.registry.models import Family
from paivand.registry.queries import story
from paivand.registry.queries.migration import stays
from paivand.registry.queries.remittances import Key, money
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.views.files import family_of

NOBODY = "nobody"


@require_http_methods(["GET", "POST"])
def remittance_grid(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what one sender sent, a row for each of the last 6, 12 or 24 months."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family = family_of(by, code)
    told = story.people_of(by, family)
    rows = money(by, family, told.files, told.stays_for)
    sender = _sender(request, told, by, rows)
    span = int(request.GET.get("months", "")) if request.GET.get("months", "") in {str(n) for n in SPANS} else 12
    this_month = timezone.localdate().replace(day=1)
    forms = month_forms(rows, sender, this_month=this_month, span=span, data=request.POST or None)
    said = ""
    valid = [form.is_valid() for form in forms]  # each of them, so that every row shows its own mistakes
    if request.method == "POST" and all(valid):
        said = _save(request, family, forms, sender, by)
        if not said:
            return redirect(reverse("registry:family-open", kwargs={"code": family.code}) + "#money")
    wrong = [form for form in forms if form.errors]
    context = {
        "family": family,
        "forms": forms,
        "wrong": wrong,
        "said": said,
        "span": span,
        "spans": SPANS,
        "sender": str(sender or NOBODY),
        "senders": _senders(told),
        "sender_name": told.people[sender].full_name if sender in told.people else "",
    }
    return render(request, "registry/remittance_grid.html", context, status=422 if request.method == "POST" else 200)


def _save(
    request: HttpRequest, family: Family, forms: list[MonthForm], sender: uuid.UUID | None, by: User
) -> str:  # fmt: skip
    """Write the rows that were touched; what stands against it, with the errors put on their rows."""
    touched: list[tuple[MonthForm, RemittanceDraft]] = []
    for form in forms:
        draft = form.draft(sender)
        if draft:
            touched.append((form, draft))
    if not touched:
        messages.info(request, _("Nothing was changed."))
        return ""
    try:
        record_remittances(family=family, rows=[draft for _form, draft in touched], by=by)
    except Refused as refused:
        _put_on_rows(refused, [form for form, _draft in touched])
        return refused.message
    n = len(touched)
    messages.success(
        request, ngettext("%(count)s month is saved.", "%(count)s months are saved.", n) % {"count": number(n)}
    )
    return ""


def _put_on_rows(refused: Refused, touched: list[MonthForm]) -> None:
    stale: Any = refused.detail.get("rows", [])
    for place in stale:
        touched[place].show_conflict()
    place = refused.detail.get("row")
    if isinstance(place, int):
        form = touched[place]
        form.add_error(refused.field if refused.field in form.fields else "amount", refused.message)


def _sender(
    request: HttpRequest, told: story.People, by: User, rows: dict[Key, Any]
) -> uuid.UUID | None:  # fmt: skip
    """Whose months are shown: the one who was chosen, else who sent last, else who is abroad, else nobody named."""
    asked = request.GET.get("sender", "")
    if asked == NOBODY:
        return None
    if asked:
        try:
            key = uuid.UUID(asked)
        except ValueError:
            raise Http404 from None
        if key not in told.people:
            raise Http404
        return key
    if rows:
        return max(rows, key=lambda key: key[1])[0]
    abroad = [told.stays_for[stay.person_id] for stay in stays(by, told.stays_for) if stay.returned_on is None]
    return abroad[0] if abroad else None


def _senders(told: story.People) -> list[tuple[str, str]]:
    """Everybody who may have sent something: the members, those who left the family, and somebody not named."""
    names = [(str(key), person.full_name) for key, person in told.people.items()]
    return [*names, (NOBODY, _("somebody who is not written down here"))]
