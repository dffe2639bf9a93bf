"""The pages of certificates for who issues them: those of a group, one, and the list of all."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, lose, refuse
from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.actions import certificate_batches as batches
from paivand.learning.actions import certificates as actions
from paivand.learning.forms.certificates import CorrectForm, FindForm, IssueForm, NameShownForm, RevokeForm
from paivand.learning.models import Certificate, CertificateBatch
from paivand.learning.queries import certificates as queries
from paivand.learning.queries.certificates import Standing
from paivand.learning.views.badge_parts import BADGE_KINDS, badge_file
from paivand.learning.views.found import InGroup
from paivand.learning.views.papers import download, page_of, pdf
from paivand.registry.rules.keys import row_key

# --- of a group ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def group_certificates(request: HttpRequest, group_code: str) -> HttpResponse:
    """Who may get a certificate, who has one, who gets none and why; and the form that issues them."""
    verb = Verb.CERTIFICATE_ISSUE if request.method == "POST" else Verb.LEARNING_VIEW
    asked = InGroup.of(request, group_code, verb)
    # The batch is read first. Read after the learners, one that ended in between would seem to have issued nothing, and
    # the page would not ask again.
    batch = queries.latest_batch(asked.by, asked.group) if asked.may(Verb.CERTIFICATE_ISSUE) else None
    standing = queries.standing_of(asked.by, asked.group)
    form = _issue_form(request, asked, standing)
    if request.method == "POST" and form is not None and form.is_valid():
        with refuse(form):
            return _issue(request, asked, standing, form)
    return _group_page(request, asked, standing, form, batch)


def _issue_form(request: HttpRequest, asked: InGroup, standing: list[Standing]) -> IssueForm | None:
    declared = asked.course.certificate if asked.course else None
    if declared is None or not asked.may(Verb.CERTIFICATE_ISSUE):
        return None
    people = [one.enrolment for one in standing if one.may_have_one]
    return IssueForm(request.POST or None, declared=declared, people=people, today=timezone.localdate())


def _issue(request: HttpRequest, asked: InGroup, standing: list[Standing], form: IssueForm) -> HttpResponse:
    group, by, terms = asked.group, asked.by, form.terms()
    only = request.POST.get("only", "")
    if only:
        one = next((one.enrolment for one in standing if str(one.enrolment.pk) == only), None)
        if one is None:
            raise Http404
        made = actions.issue_certificate(
            group=group, enrolment=one, certificate_id=row_key(form.form_key(), one.pk), terms=terms, by=by
        )
        messages.success(request, _("The certificate %(number)s is issued.") % {"number": made.printed_number})
    else:
        batches.begin_batch(group=group, batch_id=form.form_key(), terms=terms, by=by)
    return asked.back("group-certificates")


def _group_page(
    request: HttpRequest, asked: InGroup, standing: list[Standing], form: IssueForm | None,
    batch: CertificateBatch | None,
) -> HttpResponse:  # fmt: skip
    rows = [(one, form.number_of(one.enrolment) if form and one.may_have_one else None) for one in standing]
    declared = asked.course.certificate if asked.course else None
    return asked.page(
        request, "certificates", form, declared=declared, here="certificates", batch=batch,
        may_issue=asked.may(Verb.CERTIFICATE_ISSUE),
        waiting=[(one, field) for one, field in rows if one.may_have_one],
        issued=[one for one in standing if one.certificate],
        without=[one for one in standing if one.certificate is None and not one.may_have_one],
    )  # fmt: skip


@require_GET
def batch_progress(request: HttpRequest, group_code: str) -> HttpResponse:
    """How far the batch of a group is; when it has ended, the page is loaded anew."""
    asked = InGroup.of(request, group_code, Verb.CERTIFICATE_ISSUE)
    batch = queries.latest_batch(asked.by, asked.group)
    context = {"batch": batch, "group": asked.group}
    response = render(request, "learning/parts/certificate_progress.html", context)
    if batch is None or batch.is_over:
        response["HX-Refresh"] = "true"
    return response


@require_GET
def group_paper(request: HttpRequest, group_code: str) -> HttpResponse:
    """All valid certificates of a group as one document."""
    asked = InGroup.of(request, group_code, Verb.CERTIFICATE_ISSUE)
    found = queries.certificates_of_group(asked.by, asked.group)
    if not found:
        messages.info(request, _("No certificate of this group is valid."))
        return asked.back("group-certificates")
    made = pdf(found, request)
    record_event(
        Verb.CERTIFICATE_ISSUE, by=asked.by, subject=asked.group, scope=asked.group.scope,
        detail={"act": "paper", "n": len(found)},
    )  # fmt: skip
    return download(made, f"{asked.group.code}-certificates")


# --- one -------------------------------------------------------------------------------------------------------------


def _certificate(request: HttpRequest, certificate_id: uuid.UUID, *, acts: bool = False) -> tuple[User, Certificate]:
    """One certificate within reach; where it is acted upon, within reach of the right to it."""
    by = asking(request)
    verb = Verb.CERTIFICATE_ISSUE if acts else Verb.LEARNING_VIEW
    demand(by, verb)
    certificate = queries.certificate_seen_by(by, certificate_id)
    if certificate is None:
        lose(by, verb)
    if acts and not queries.may_revoke(by, certificate):
        forbid(by, verb, certificate)
    return by, certificate


@require_GET
def certificate_open(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """One certificate: what was printed, where it stands, and what can be done with it."""
    by, certificate = _certificate(request, certificate_id)
    context = {
        "certificate": certificate, "may_act": queries.may_revoke(by, certificate),
        "replaced": queries.replaced_by(by, certificate), "page": page_of(certificate.code, request),
        "shown_form": NameShownForm(initial={"version": certificate.version, "on": timezone.localdate()}),
    }  # fmt: skip
    return render(request, "learning/certificate.html", context)


@require_GET
def certificate_paper(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """The paper of one certificate, again."""
    by, certificate = _certificate(request, certificate_id, acts=True)
    if not certificate.is_valid or not certificate.name:
        raise Http404
    made = pdf([certificate], request)
    record_event(
        Verb.CERTIFICATE_ISSUE, by=by, subject=certificate, scope=certificate.scope, detail={"act": "paper", "n": 1}
    )
    return download(made, certificate.printed_number)


@require_GET
def certificate_badge(request: HttpRequest, certificate_id: uuid.UUID, badge_kind: str) -> HttpResponse:
    """The badge of a valid certificate."""
    by, certificate = _certificate(request, certificate_id, acts=True)
    if not certificate.is_valid or badge_kind not in BADGE_KINDS:
        raise Http404
    record_event(
        Verb.CERTIFICATE_ISSUE,
        by=by,
        subject=certificate,
        scope=certificate.scope,
        detail={"act": f"badge.{badge_kind}"},
    )
    return badge_file(certificate, badge_kind, request)


@require_POST
def certificate_name(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """Write down that the holder agrees that her name is shown, or does not any more."""
    by, certificate = _certificate(request, certificate_id, acts=True)
    form = NameShownForm(request.POST)
    with refuse(form, request):
        hides = "hide" in request.POST
        if form.is_valid() and (hides or form.cleaned_data["on"]):
            actions.show_name(
                certificate=certificate, on=None if hides else form.cleaned_data["on"], version=form.typed_version(),
                by=by,
            )  # fmt: skip
        else:
            messages.error(request, _("Write the day on which she agreed."))
    return redirect("learning:certificate-open", certificate_id=certificate.pk)


@require_http_methods(["GET", "POST"])
def certificate_correct(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """Replace a certificate by one with another name."""
    by, certificate = _certificate(request, certificate_id, acts=True)
    form = CorrectForm(request.POST or None, initial={"version": certificate.version, "name": certificate.name})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            made = actions.correct_certificate(
                certificate=certificate, certificate_id=form.form_key(), name=clean["name"], reason=clean["reason"],
                version=form.typed_version(), by=by,
            )  # fmt: skip
            messages.success(request, _("The new certificate is issued. The former one is not valid any more."))
            return redirect("learning:certificate-open", certificate_id=made.pk)
    return _form_page(request, "certificate_correct", certificate, form)


@require_http_methods(["GET", "POST"])
def certificate_revoke(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """Revoke a certificate."""
    by, certificate = _certificate(request, certificate_id, acts=True)
    form = RevokeForm(request.POST or None, initial={"version": certificate.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.revoke_certificate(
                certificate=certificate, kind=form.revoking(), reason=form.cleaned_data["reason"],
                version=form.typed_version(), by=by,
            )  # fmt: skip
            messages.success(request, _("The certificate is revoked. Whoever checks it is told so."))
            return redirect("learning:certificate-open", certificate_id=certificate.pk)
    return _form_page(request, "certificate_revoke", certificate, form)


def _form_page(request: HttpRequest, template: str, certificate: Certificate, form: Any) -> HttpResponse:
    context = {"certificate": certificate, "form": form}
    return render(request, f"learning/{template}.html", context, status=422 if form.errors else 200)


# --- all -------------------------------------------------------------------------------------------------------------


@require_GET
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Certificates by number or name, or all of them, the newest first."""
    by = asking(request)
    demand(by, Verb.LEARNING_VIEW)
    form, after = FindForm(request.GET), request.GET.get("after", "")
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    page = queries.certificates(by, asked, read_whole(after))
    return render(request, "learning/certificate_list.html", {"page": page, "asked": asked, "form": form})
