"""The few words every view begins and ends with: who asks, may she, and what a rule refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused, WithoutRightError


def asking(request: HttpRequest) -> User:
    """The signed-in user. Views are closed to everyone else by the middleware."""
    user: Any = request.user
    if not isinstance(user, User):
        raise WithoutRightError("sign-in")
    return user


def demand(by: User, verb: Verb) -> None:
    """Raise, and leave an audit event, unless ``by`` holds the verb in some scope: the page is not for this role."""
    if verb not in by.verbs:
        forbid(by, verb)


def forbid(by: User, verb: Verb, subject: models.Model | None = None) -> NoReturn:
    """403, and a refusal in the audit: what was asked for is seen, and not for ``by`` to act upon.

    Raises:
        WithoutRightError: always.
    """
    record_event(verb, by=by, subject=subject, outcome="refused", detail={"why": "WithoutRightError"})
    raise WithoutRightError(verb)


def lose(by: User, verb: Verb, label: str = "") -> NoReturn:
    """404, and a refusal in the audit: there is no such thing, or not for ``by``; nobody is told which.

    Raises:
        Http404: always.
    """
    record_event(verb, by=by, outcome="refused", label=label, detail={"why": "OutsideScopeError"})
    raise Http404


@contextmanager
def refuse(form: forms.BaseForm, request: HttpRequest | None = None) -> Iterator[None]:
    """Turn a refusal of the action inside into an error of the form, or into a message where the page is redirected."""
    try:
        yield
    except Refused as refused:
        if request is not None:
            messages.error(request, refused.message)
        else:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, forms.ValidationError(refused.message, code=refused.code))


def conflict(form: Any, initial: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Label, what stands now and what was typed, for each field that differs; shown when two people edit at once.

    Saving the form once more, after one has seen the difference, is then allowed.
    """
    if not any(error.code == "stale" for error in form.non_field_errors().as_data()):
        return []
    form.data = form.data.copy()
    form.data["version"] = initial["version"]
    rows = []
    for name, now in initial.items():
        if name == "version" or name not in form.fields:
            continue
        choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", None) or []}
        several = isinstance(now, list | tuple)
        stands = [str(one) for one in now] if several else [str(getattr(now, "pk", now) or "")]
        typed = form.data.getlist(name) if several else [str(form.data.get(name) or "")]
        if sorted(stands) != sorted(typed):
            told = [", ".join(choices.get(one, one) for one in values) for values in (stands, typed)]
            rows.append((str(form.fields[name].label), told[0], told[1]))
    return rows
