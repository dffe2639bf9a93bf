"""The programme that an address names, who asks for it, and what she may do there."""

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
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, lose
from paivand.core.rules.errors import Refused
from paivand.programme.models import Participation, Programme
from paivand.programme.queries.programmes import participations, programme_by_code

SEES, PLANS, SPENDS = Verb.RESULTS_VIEW, Verb.PROGRAMME_PLAN, Verb.SPENDING_ENTER


@dataclass(frozen=True)
class Asked:
    """Who asks, and the programme of the address."""

    by: User
    programme: Programme

    @classmethod
    def of(cls, request: HttpRequest, code: str, verb: Verb = SEES, *, whole: bool = False) -> Asked:
        """The programme, or 403 without the right, or 404 where there is none.

        Args:
            verb: the right of the page's action; a page that only shows asks for ``results.view``.
            whole: the right must reach the whole programme, not one agency's part.
        """
        by = asking(request)
        demand(by, SEES)
        if verb is not SEES:
            demand(by, verb)
        programme = programme_by_code(by, code)
        if programme is None:
            lose(by, verb, code)
        if whole and not by.reach(verb).everywhere:
            forbid(by, verb, programme)
        return cls(by, programme)

    @property
    def may_plan(self) -> bool:
        """Whether who asks steers the whole programme."""
        return self.by.reach(PLANS).everywhere

    @property
    def plans_somewhere(self) -> bool:
        """Whether who asks steers the programme or an agency's part of it."""
        return bool(self.by.reach(PLANS))

    @property
    def may_spend(self) -> bool:
        """Whether who asks enters spending for some agency."""
        return bool(self.by.reach(SPENDS))

    def may_plan_for(self, agency_id: uuid.UUID) -> bool:
        """Whether who asks steers this agency's part."""
        return self.by.reach(PLANS).covers(Scope(agency_id=agency_id))

    def may_spend_for(self, agency_id: uuid.UUID) -> bool:
        """Whether who asks enters this agency's spending."""
        return self.by.reach(SPENDS).covers(Scope(agency_id=agency_id))

    def demand_agency(self, verb: Verb, agency_id: uuid.UUID) -> None:
        """403 unless the right reaches this agency."""
        if not self.by.reach(verb).covers(Scope(agency_id=agency_id)):
            forbid(self.by, verb, self.programme)

    def demand_whole(self, verb: Verb) -> None:
        """403 unless the right reaches the whole programme."""
        if not self.by.reach(verb).everywhere:
            forbid(self.by, verb, self.programme)

    @cached_property
    def participations(self) -> list[Participation]:
        """Who takes part or took part."""
        return participations(self.by, self.programme)

    def agencies(self, verb: Verb, *, with_budget: bool = False) -> list[tuple[uuid.UUID, str]]:
        """The organisations that take part and that who asks may act for."""
        reach = self.by.reach(verb)
        return [
            (row.agency_id, row.agency.name)
            for row in self.participations
            if row.ended_on is None
            and (row.is_puno or not with_budget)
            and reach.covers(Scope(agency_id=row.agency_id))
        ]  # fmt: skip

    def page(self, request: HttpRequest, template: str, form: forms.Form | None = None, **more: Any) -> HttpResponse:
        """A page of the programme; 422 where the form has errors."""
        context = {"programme": self.programme, "asked": self, "form": form, **more}
        return render(
            request, f"programme/{template}.html", context, status=422 if form is not None and form.errors else 200
        )

    def form_page(
        self, request: HttpRequest, form: forms.Form, *, heading: str, save: str, back: str, **more: Any
    ) -> HttpResponse:  # fmt: skip
        """The page of a form: its heading, the word on its button, and the address to go back to."""
        return self.page(request, "form", form, heading=heading, save=save, back=back, **more)

    def address(self, name: str, *parts: Any) -> str:
        """The address of a page of the programme."""
        return reverse(f"programme:{name}", args=[self.programme.code, *parts])

    def to(self, name: str, *parts: Any) -> HttpResponse:
        """The way to a page of the programme."""
        return redirect(self.address(name, *parts))

    def redirect_to(self, address: str) -> HttpResponse:
        """The way to an address of the program itself."""
        return redirect(address)


def once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


def or_404(row: Any) -> Any:
    """The row, or a 404 where the query found none."""
    if row is None:
        raise Http404
    return row
