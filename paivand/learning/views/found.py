"""What an address names in the room of learning: found within the reach of who asks, or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from paivand.access.models import ScopedRecord, User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, lose
from paivand.core.rules.errors import Refused
from paivand.learning.models import Group
from paivand.learning.queries.groups import group_by_code, group_within
from paivand.learning.rules.course import Course
from paivand.learning.rules.courses import course


def group_of(by: User, code: str, verb: Verb = Verb.LEARNING_VIEW) -> Group:
    """The group with this code: 403 without the verb in any scope, 404 where there is none.

    Groups are seen wherever they lie; whoever wants more than to see one must reach it with the verb.
    """
    demand(by, verb)
    group = group_by_code(by, code)
    if group is None:
        lose(by, verb, code)
    if verb is not Verb.LEARNING_VIEW and not reaches(by, verb, group):
        forbid(by, verb, group)
    return group


def reaches(by: User, verb: Verb, row: Any) -> bool:
    """Whether ``by`` may do this to a row of a group: where it lies, or as the second trainer, or where she lives."""
    reach, other = by.reach(verb), getattr(row, "other_scope", None)
    if reach.covers(row) or (other is not None and reach.covers(other)):
        return True
    return bool(reach) and isinstance(row, ScopedRecord) and row.lets_act(by.pk)


@dataclass(frozen=True)
class InGroup:
    """Who asks, and the group of the address within her reach."""

    by: User
    group: Group

    @classmethod
    def of(cls, request: HttpRequest, group_code: str, verb: Verb = Verb.LEARNING_VIEW) -> Self:
        """The group, or 403 without the right, or a 404 that leaves a refusal in the audit.

        A page that shows asks for ``learning.view``; one that acts asks for the verb of its action.
        """
        by = asking(request)
        demand(by, verb)
        group = group_within(by, group_code)
        if group is None:
            lose(by, verb)
        found = cls(by, group)
        if verb is not Verb.LEARNING_VIEW and not found.may(verb):
            forbid(by, verb, group)
        return found

    def may(self, verb: Verb) -> bool:
        """Whether who asks may do this in the group, as the actions judge it."""
        return reaches(self.by, verb, self.group)

    @cached_property
    def may_teach(self) -> bool:
        """Whether who asks may run the group: attendance, answers to those who ask, results."""
        return self.may(Verb.LEARNING_TEACH)

    @cached_property
    def may_plan(self) -> bool:
        """Whether who asks may change the plan of the group, open it, begin it, cancel it."""
        return self.may(Verb.LEARNING_PLAN)

    @cached_property
    def course(self) -> Course | None:
        """The course of the group; None when it is not declared any more."""
        return course(self.group.course)

    def page(self, request: HttpRequest, template: str, form: forms.Form | None = None, **more: Any) -> HttpResponse:
        """A page within the group; 422 where the form has errors."""
        context = {
            "group": self.group, "course": self.course, "form": form, "may_teach": self.may_teach,
            "may_plan": self.may_plan, **more,
        }  # fmt: skip
        return render(
            request, f"learning/{template}.html", context, status=422 if form is not None and form.errors else 200
        )

    def back(self, name: str = "group-open", **parts: Any) -> HttpResponse:
        """The way to a page of the group."""
        return redirect(reverse(f"learning:{name}", kwargs={"group_code": self.group.code, **parts}))


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
