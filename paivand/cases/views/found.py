"""The case that an address names, who asks for it, and the page of a form within it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, forbid
from paivand.cases.models import Case
from paivand.cases.queries.cases import case_people
from paivand.cases.views.files import case_of
from paivand.core.rules.errors import Refused


@dataclass(frozen=True)
class Asked:
    """Who asks, and the case of the address within her reach."""

    by: User
    case: Case

    @classmethod
    def of(cls, request: HttpRequest, case_code: str, verb: Verb = Verb.CASE_WORK) -> Asked:
        """The case, or 403 without the right, or a 404 that leaves a refusal in the audit."""
        by = asking(request)
        case = case_of(by, case_code, verb)
        if verb is not Verb.CASE_VIEW and not by.reach(verb).covers(case):
            forbid(by, verb, case)
        return cls(by, case)

    @cached_property
    def people(self) -> list[Any]:
        """Who belongs to the case now, with ``shown``, the record that stands for each."""
        return [row for row in case_people(self.by, self.case) if row.shown]  # type: ignore[attr-defined]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The people of the case, as a form offers them."""
        return [(str(row.shown.pk), row.shown.full_name) for row in self.people]

    @property
    def may_work(self) -> bool:
        """Whether anything may be written into the case now."""
        return self.case.is_open and self.by.reach(Verb.CASE_WORK).covers(self.case)

    def page(self, request: HttpRequest, template: str, form: forms.Form | None = None, **more: Any) -> HttpResponse:
        """A page within the case; 422 where the form has errors."""
        context = {"case": self.case, "people": self.people, "form": form, "may_work": self.may_work, **more}
        return render(
            request, f"cases/{template}.html", context, status=422 if form is not None and form.errors else 200
        )

    def back(self, anchor: str = "") -> HttpResponse:
        """The way back to the case."""
        address = reverse("cases:case-open", args=[self.case.code])
        return redirect(f"{address}#{anchor}" if anchor else address)

    def to(self, name: str, **parts: uuid.UUID) -> HttpResponse:
        """The way to another page of the case."""
        return redirect(reverse(f"cases:{name}", kwargs={"case_code": self.case.code, **parts}))


def once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


def or_404(row: Any) -> Any:
    """The row, or a 404 where the query found none within reach."""
    if row is None:
        raise Http404
    return row


def cursor(request: HttpRequest, name: str = "before") -> uuid.UUID | None:
    """The key from which a list goes on."""
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
