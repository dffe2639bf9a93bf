"""Pages on consents: the ledger of a family, one talk written down, a withdrawal with what follows from it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.rules.errors import Refused
from paivand.core.templatetags.paivand import number
from paivand.registry.actions import consents as actions
from paivand.registry.forms.consents import ConsentTalkForm, WithdrawalForm
from paivand.registry.models import Consent, Family, FamilyMember, Person
from paivand.registry.queries import consents as queries
from paivand.registry.queries import families
from paivand.registry.rules import PURPOSE_NAMES, ConsentPurpose
from paivand.registry.rules.consents import CONSEQUENCE_NAMES, ConsentState, Consequence
from paivand.registry.views.files import family_of


def ledger_of(by: User, family: Family, people: Sequence[tuple[Any, Person | None]]) -> dict[str, Any]:
    """What the section on consents shows: for each member the talks, the purposes never asked for, and what is over.

    Args:
        by: who asks.
        family: the file they stand in.
        people: each member with the person, or None where the reader may see no names.
    """
    book = queries.ledger(by, [member.person_id for member, _person in people])
    rows = []
    for member, person in people:
        entries = book[member.person_id]
        rows.append(
            {
                "member": member,
                "person": person,
                "talks": _talks(entries),
                "never_asked": [PURPOSE_NAMES[e.purpose] for e in entries if _stands(e, ConsentState.NEVER_ASKED)],
                "spoken_for": _stands(entries[0], ConsentState.NEVER_ASKED),
            }
        )
    return {
        "ledger": [row for row in rows if row["talks"]],
        "not_asked": [row for row in rows if not row["talks"]],
        "may_record": family.is_active and by.reach(Verb.CONSENT_RECORD).covers(family),
        "may_withdraw": family.is_active and by.reach(Verb.CONSENT_WITHDRAW).covers(family),
    }


def _stands(entry: queries.Entry, state: ConsentState) -> bool:
    return entry.standing.state is state


def _talks(entries: Sequence[queries.Entry]) -> list[dict[str, Any]]:
    """What somebody agreed to, or took back, in one talk stands together: the row, and each purpose with its state."""
    asked = [(row, entry) for entry in entries if (row := entry.standing.row)]

    def given_together(one: tuple[Consent, queries.Entry]) -> tuple[Any, ...]:
        row, entry = one
        return (
            row.given_on, row.given_by, row.guardian_name, str(row.assent), row.method, row.language, row.extent,
            str(row.valid_until), str(row.withdrawn_on), entry.standing.state,
        )  # fmt: skip

    talks = []
    for _key, group in groupby(sorted(asked, key=given_together, reverse=True), given_together):
        together = sorted(group, key=lambda one: list(ConsentPurpose).index(one[1].purpose))
        talks.append(
            {
                "row": together[0][0],
                "standing": together[0][1].standing,
                "purposes": [(PURPOSE_NAMES[entry.purpose], row) for row, entry in together],
            }
        )
    return talks


@require_http_methods(["GET", "POST"])
def consent_record(request: HttpRequest, code: str) -> HttpResponse:
    """Write down one talk: several members, several purposes. For a file that was withdrawn: the head agrees again."""
    by = asking(request)
    demand(by, Verb.CONSENT_RECORD)
    family = family_of(by, code, withdrawn=True)
    reopens = family.is_withdrawn
    present: list[Any] = list(families.members(by, family))
    members = [(m, m.shown) for m in present if m.shown and (m.relation == "head" or not reopens)]
    chosen = [key for key in request.GET.getlist("person") if key in {str(person.pk) for _m, person in members}]
    initial: dict[str, Any] = {"people": chosen} if chosen else {}
    book = queries.ledger(by, [person.pk for _member, person in members])
    given = {
        pk: [PURPOSE_NAMES[entry.purpose] for entry in entries if _stands(entry, ConsentState.GIVEN)]
        for pk, entries in book.items()
    }
    form = ConsentTalkForm(request.POST or None, members=members, given=given, reopens=reopens, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            try:
                actions.record_consents(family=family, given=form.given(), form_id=form.form_key(), by=by)
                messages.success(
                    request, _("The file is open again.") if reopens else _("The consents are written down.")
                )
            except Refused as refused:
                if refused.code != "twice":
                    raise
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "reopens": reopens}
    return render(request, "registry/consent_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def consent_withdraw(request: HttpRequest, code: str, consent_id: uuid.UUID) -> HttpResponse:
    """Withdraw a consent: first what follows from it, with numbers; then a reason, a day and a deliberate tick."""
    by = asking(request)
    demand(by, Verb.CONSENT_WITHDRAW)
    family = family_of(by, code)
    consent, member = _consent_of(by, family, consent_id)
    form = WithdrawalForm(request.POST or None)
    named = [_told(one) for one in queries.consequences_of_withdrawal(by, consent)]
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            clean = form.cleaned_data
            actions.withdraw_consent(consent=consent, on=clean["on"], reason=clean["reason"], by=by)
            # What was done stands on the next page: the counts from before, in the same words.
            request.session["withdrawal_done"] = {"code": family.code, "done": named}
            return redirect("registry:consent-withdrawn", code=family.code)
    context = {
        "form": form,
        "family": family,
        "consent": consent,
        "member": member,
        "named": named,
        "purpose": PURPOSE_NAMES[ConsentPurpose(consent.purpose)],
        "closes": consent.purpose == ConsentPurpose.REGISTRATION and member.relation == "head",
    }
    return render(request, "registry/consent_withdraw.html", context, status=422 if form.errors else 200)


@require_GET
def consent_withdrawn(request: HttpRequest, code: str) -> HttpResponse:
    """What a withdrawal did, once; afterwards this leads to the file."""
    by = asking(request)
    demand(by, Verb.CONSENT_WITHDRAW)
    family = family_of(by, code, withdrawn=True)
    shown = request.session.pop("withdrawal_done", None)
    if not shown or shown["code"] != family.code:
        return redirect("registry:family-open", code=family.code)
    return render(request, "registry/consent_withdrawn.html", {"family": family, "done": shown["done"]})


def withdrawn_file(request: HttpRequest, by: User, family: Family) -> HttpResponse:
    """The page of a file whose head withdrew registration: code, place, state and what happened; nobody's name."""
    context = {
        "family": family,
        "may_record": by.reach(Verb.CONSENT_RECORD).covers(family),
        "by_glass": not by.reach(Verb.FAMILY_OPEN).covers(family),
    }
    return render(request, "registry/family_withdrawn.html", context)


def _consent_of(by: User, family: Family, consent_id: uuid.UUID) -> tuple[Consent, FamilyMember]:
    """A consent of a present member that is not withdrawn, or a 404."""
    members = families.members(by, family)
    consent = queries.consent_of(by, [member.person_id for member in members], consent_id)
    if consent is None or consent.withdrawn_on:
        raise Http404
    for member in members:
        if consent.person_id in member.records:  # type: ignore[attr-defined]
            return consent, member
    raise Http404


def _told(touched: queries.Touched) -> dict[str, str]:
    """A consequence in words, and what it touches."""
    return {"sentence": _(CONSEQUENCE_NAMES[touched.consequence]), "touches": _touches(touched)}


def _touches(touched: queries.Touched) -> str:
    n = touched.n
    if n is None:
        return ", ".join(touched.codes)
    if touched.consequence is Consequence.OTHER_CONSENTS_END:
        return " · ".join(_(PURPOSE_NAMES[purpose]) for purpose in touched.purposes) or _("there is none")
    if n == 0:
        return _("there is none")
    if touched.consequence is Consequence.FILE_CLOSED:
        words = ngettext("%(count)s member", "%(count)s members", n) % {"count": number(n)}
        return " · ".join((*touched.codes, words))
    counted = {
        Consequence.PHONES_ERASED: lambda: ngettext("%(count)s number", "%(count)s numbers", n),
        Consequence.DOCUMENTS_ERASED: lambda: ngettext("%(count)s paper", "%(count)s papers", n),
        Consequence.PAIRS_CLOSED: lambda: ngettext("%(count)s possible duplicate", "%(count)s possible duplicates", n),
        Consequence.REFERRALS_STOPPED: lambda: ngettext("%(count)s referral", "%(count)s referrals", n),
        Consequence.CASES_TOLD: lambda: ngettext("%(count)s case", "%(count)s cases", n),
        Consequence.PLACES_END: lambda: ngettext("%(count)s place", "%(count)s places", n),
        Consequence.LISTS_ERASED: lambda: ngettext("%(count)s line of a list", "%(count)s lines of lists", n),
        Consequence.FORMS_ERASED: lambda: ngettext(
            "%(count)s form from the field", "%(count)s forms from the field", n
        ),
        Consequence.PHOTOS_REMOVED: lambda: ngettext("%(count)s story", "%(count)s stories", n),
        Consequence.STEPS_STAY: lambda: ngettext("%(count)s step", "%(count)s steps", n),
    }
    return counted[touched.consequence]() % {"count": number(n)}
