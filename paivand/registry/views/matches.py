"""Search before create: who is registered already, while a person is typed and again before she is saved."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.core.rules.errors import Refused
from paivand.registry.actions.duplicates import set_apart
from paivand.registry.actions.registration import take_turns
from paivand.registry.forms.duplicates import SoughtForm
from paivand.registry.models import Family, Person
from paivand.registry.queries.matches import (
    Elsewhere,
    Match,
    facts_of_draft,
    likely_matches_of,
    matches_elsewhere,
    tells_enough,
)
from paivand.registry.rules.drafts import PersonDraft
from paivand.registry.templatetags.duplicates import elsewhere

ANSWER = "none_of_these"


@dataclass
class Found:
    """The registered people who may be the one who is typed, and whether somebody answered for the likely ones."""

    matches: Sequence[Match] = ()
    elsewhere: Sequence[Elsewhere] = ()
    answered: frozenset[uuid.UUID] = frozenset()
    was_sent: bool = False

    @property
    def demanded(self) -> bool:
        """Whether the form was sent without an answer for the likely ones."""
        return self.was_sent and not self.is_answered

    @property
    def likely(self) -> list[Match]:
        """Those that must be answered for."""
        return [match for match in self.matches if match.is_likely]

    @property
    def token(self) -> str:
        """The very people who are shown as likely: an answer is an answer for these and nobody else."""
        return " ".join(str(match.person.pk) for match in self.likely)

    @property
    def is_answered(self) -> bool:
        """Whether each likely match was shown and is somebody else."""
        return {match.person.pk for match in self.likely} <= self.answered


@dataclass
class Typed:
    """The people of a form: each with the form she was typed into, and what was found for her."""

    people: list[tuple[forms.BaseForm, PersonDraft]]
    found: list[Found] = field(default_factory=list)


@require_POST
def likely_matches(request: HttpRequest) -> HttpResponse:
    """What is known already about the person who is being typed: a piece of a page, empty when there is nothing."""
    by = asking(request)
    demand(by, Verb.FAMILY_REGISTER)
    form = SoughtForm(request.POST)
    draft = form.person()
    facts = facts_of_draft(
        draft, jamoat=form.cleaned_data.get("jamoat", ""), village=form.cleaned_data.get("village", "")
    )
    found = Found()
    if tells_enough(facts):
        found = Found(likely_matches_of(by, [facts])[0], matches_elsewhere(facts), _answered(request))
    return render(request, "registry/parts/matches.html", {"found": found})


def demand_answer(request: HttpRequest, by: User, typed: Typed, *, jamoat: str, village: str) -> None:
    """Raise a Refused, with the matches on their forms, while a likely match was not answered for.

    Raises:
        Refused: ``likely``.
    """
    take_turns()
    answered = _answered(request)
    facts = [facts_of_draft(draft, jamoat=jamoat, village=village) for _form, draft in typed.people]
    asked = [n for n, one in enumerate(facts) if tells_enough(one)]
    matches = dict(zip(asked, likely_matches_of(by, [facts[n] for n in asked]), strict=True)) if asked else {}
    typed.found = [
        Found(matches.get(n, ()), matches_elsewhere(one) if n in matches else (), answered, was_sent=True)
        for n, one in enumerate(facts)
    ]
    for (form, _draft), found in zip(typed.people, typed.found, strict=True):
        form.found = found  # type: ignore[attr-defined]
    if not all(found.is_answered for found in typed.found):
        raise Refused(
            _("Somebody like this is registered already. Open the file, or say that it is none of these."), "likely"
        )


def keep_answers(by: User, family: Family, people: Mapping[uuid.UUID, Found]) -> None:
    """Keep what was answered, so that the review does not ask about it again."""
    answered = {
        person_id: [match.person.pk for match in found.likely] for person_id, found in people.items() if found.likely
    }
    if answered:
        set_apart(family=family, answered=answered, by=by)


def tell_elsewhere(request: HttpRequest, typed: Typed) -> None:
    """Say after saving whom to ask, to whoever works without scripts and did not read it while typing."""
    told: dict[tuple[str, str], Elsewhere] = {}
    for found in typed.found:
        for one in found.elsewhere:
            told[one.district.pk, one.agency] = one
    for one in told.values():
        messages.warning(request, elsewhere(one))


def by_draft(people: Iterable[Person], typed: Typed) -> dict[uuid.UUID, Found]:
    """What was found for each person who was saved, told by the name as it was typed."""
    names = {
        (draft.given_name, draft.family_name, draft.father_name, draft.birth): found
        for (_form, draft), found in zip(typed.people, typed.found, strict=True)
    }
    found: dict[uuid.UUID, Found] = {}
    for person in people:
        key: tuple[Any, ...] = (person.given_name, person.family_name, person.father_name, person.birth)
        if key in names:
            found[person.pk] = names[key]
    return found


def _answered(request: HttpRequest) -> frozenset[uuid.UUID]:
    """The people who were ticked away as somebody else; what is no key says nothing."""
    keys = set()
    for value in request.POST.getlist(ANSWER):
        for word in value.split()[:20]:
            try:
                keys.add(uuid.UUID(word))
            except ValueError:
                continue
    return frozenset(keys)
