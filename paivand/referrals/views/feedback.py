"""Asking the person how a referral went."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.views.gate import refuse
from paivand.core.rules.errors import Refused
from paivand.referrals.actions.feedback import hear_from_person
from paivand.referrals.forms.feedback import FeedbackForm
from paivand.referrals.queries import referrals as queries
from paivand.referrals.views.files import referral_asked


@require_http_methods(["GET", "POST"])
def referral_hear(request: HttpRequest, referral_code: str) -> HttpResponse:
    """Write down what the person told."""
    by, referral = referral_asked(request, referral_code)
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            try:
                hear_from_person(referral=referral, feedback_id=form.form_key(), draft=form.draft(), by=by)
            except Refused as refused:
                if refused.code != "twice":
                    raise
            messages.success(request, _("Written down. The service does not see it."))
            return redirect("referrals:referral-open", referral_code=referral.code)
    context = {"form": form, "referral": queries.referral_whole(by, referral)}
    status = 422 if request.method == "POST" else 200
    return render(request, "referrals/referral_hear.html", context, status=status)
