"""Pages on which a referral is handed to a receiver without account: by a link with a PIN, or as a PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.paper import encrypted, typeset
from paivand.core.templatetags.paivand import day, moment
from paivand.referrals.actions import links as actions
from paivand.referrals.actions.papers import issue_pdf
from paivand.referrals.forms.referrals import OutsideForm, VersionForm
from paivand.referrals.models import Disclosure, Referral
from paivand.referrals.queries import referrals as queries
from paivand.referrals.rules.lenses import identifying, lens
from paivand.referrals.rules.passwords import is_password, new_password
from paivand.referrals.rules.referrals import Way
from paivand.referrals.templatetags.referrals import told_values
from paivand.referrals.views.files import referral_asked

LANGUAGE_NAMES: list[tuple[str, str]] = list(settings.LANGUAGES)


def _outside(request: HttpRequest, code: str) -> tuple[User, Referral]:
    """A referral under way to a receiver without account, or a 404."""
    by, referral = referral_asked(request, code)
    if not referral.is_pending or referral.way == Way.ACCOUNT:
        record_event(Verb.REFERRAL_SEND, by=by, outcome="refused", detail={"why": "way"})
        raise Http404
    return by, referral


def _form(request: HttpRequest, by: User, referral: Referral) -> OutsideForm:
    """The form of both ways; names are asked about where the chosen fields say who the person is."""
    prepared = queries.preparation_of(by, referral)
    names = bool(prepared and identifying(lens(prepared.lens).chosen(prepared.fields)))
    caller = ", ".join(part for part in (by.full_name, by.agency.name if by.agency else "") if part)
    initial = {
        "version": referral.version, "language": "tg", "call_whom": caller,
        "names_agreed": bool(prepared and prepared.names_agreed),
    }  # fmt: skip
    return OutsideForm(request.POST or None, languages=LANGUAGE_NAMES, names=names, initial=initial)


@require_http_methods(["GET", "POST"])
def link_issue(request: HttpRequest, outside_code: str) -> HttpResponse:
    """Make the link of a referral, and show link and PIN once."""
    by, referral = _outside(request, outside_code)
    form = _form(request, by, referral)
    context: dict[str, Any] = {"form": form, "referral": queries.referral_whole(by, referral)}
    context["link"] = queries.link_of(by, referral)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            clean = form.cleaned_data
            issued = actions.issue_link(
                referral=referral, language=clean["language"], call_whom=clean["call_whom"], version=clean["version"],
                names_agreed=clean.get("names_agreed", False), by=by,
            )  # fmt: skip
            address = request.build_absolute_uri(reverse("referrals:answer-open", kwargs={"token": issued.token}))
            context |= {"address": address, "pin": issued.pin, "issued": issued.link}
            return render(request, "referrals/link_issued.html", context)
    return render(request, "referrals/link_issue.html", context, status=422 if form.errors else 200)


@require_POST
def link_revoke(request: HttpRequest, outside_code: str) -> HttpResponse:
    """Take the link back."""
    by, referral = _outside(request, outside_code)
    form = VersionForm(request.POST)
    with refuse(form, request):
        version = form.cleaned_data["version"] if form.is_valid() else referral.version
        actions.revoke_link(referral=referral, version=version, by=by)
        messages.success(request, _("The link is taken back. It opens no more."))
    return redirect("referrals:referral-open", referral_code=referral.code)


@require_http_methods(["GET", "POST"])
def pdf_issue(request: HttpRequest, outside_code: str) -> HttpResponse:
    """Write down what leaves as a PDF, and show its password once."""
    by, referral = _outside(request, outside_code)
    form = _form(request, by, referral)
    context: dict[str, Any] = {"form": form, "referral": queries.referral_whole(by, referral)}
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            clean = form.cleaned_data
            shown = issue_pdf(
                referral=referral, version=clean["version"], names_agreed=clean.get("names_agreed", False), by=by
            )
            context |= {
                "shown": shown, "password": new_password(), "language": clean["language"],
                "call_whom": clean["call_whom"],
            }  # fmt: skip
            return render(request, "referrals/pdf_issued.html", context)
    return render(request, "referrals/pdf_issue.html", context, status=422 if form.errors else 200)


@require_POST
def pdf_download(request: HttpRequest, outside_code: str, disclosure_id: uuid.UUID) -> HttpResponse:
    """The PDF of one disclosure, locked with the password that the page before showed; nothing of it is kept."""
    by, referral = _outside(request, outside_code)
    found = [one for one in queries.disclosures_of(by, referral) if one.pk == disclosure_id and one.way == Way.PDF]
    password, language = request.POST.get("password", ""), request.POST.get("language", "tg")
    if not found or not is_password(password) or language not in dict(settings.LANGUAGES):
        raise Http404
    pdf = encrypted(typeset("referral", _paper(referral, found[0], request.POST.get("call_whom", ""), language),
                            language), password)  # fmt: skip
    record_event(Verb.REFERRAL_SEND, by=by, subject=referral, scope=referral.scope, detail={"act": "pdf.download"})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{referral.code}.pdf"'
    return response


def _paper(referral: Referral, shown: Disclosure, call_whom: str, language: str) -> dict[str, Any]:
    """What the template of the document is filled with: the disclosure in words, and how one answers."""
    with translation.override(language):
        return {
            "title": _("Referral %(code)s") % {"code": referral.code},
            "to": [_("To"), shown.receiver_label],
            "facts": [[row["label"], row["lines"]] for row in told_values(shown.fields, shown.values)],
            "due": _("An answer is needed by %(when)s.") % {"when": moment(referral.due_at)},
            "answer": _("How to answer"),
            "answers": [
                _("We take the person on"),
                _("We cannot take the person on, because: no free place, does not fit, another service is needed"),
                _("The help was given, on:"),
                _("The help did not come about, because:"),
            ],
            "call": _("Call: %(whom)s") % {"whom": call_whom[:160]},
            "care": _(
                "This paper is for the named service only. Keep it locked, and destroy it when the help has ended."
            ),
            "made": _("Made on %(day)s") % {"day": day(shown.at)},
        }
