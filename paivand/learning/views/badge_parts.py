"""A certificate as an Open Badge: what the credential tells, and who signs it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.learning.models import Certificate
from paivand.learning.models.signing import signing_key
from paivand.learning.rules.badges import Award, Issuer, credential, signed
from paivand.learning.rules.certificates import shown
from paivand.learning.rules.courses import course
from paivand.learning.views.papers import page_of, public_address

BADGE_KINDS = ("jwt", "json")
"""Endings of the files: the signed badge, and the same to be read."""

_HOLDERS = uuid.UUID("3f0f1a3e-3c7e-4b57-9d8e-6b0b6a0b7f11")
"""The name space of the identifiers of holders: each stands in one credential only."""


def issuer_of(request: HttpRequest) -> Issuer:
    """This installation as who signs."""
    return Issuer(public_address(request), settings.ISSUER_NAME)


def award_of(certificate: Certificate, request: HttpRequest) -> Award:
    """What the credential tells, in the last language of the paper, which is the one read abroad."""
    language = certificate.languages[-1]
    declared = course(certificate.course)
    title = certificate.title.get(language) or certificate.course
    with override(language):
        hours = f"{certificate.hours.normalize():f}"
        asked = _("Attended %(hours)s hours and reached everything that the course asks for.") % {"hours": hours}
        if certificate.mark:
            asked += " " + _("Exam: %(mark)s") % {"mark": certificate.mark}
    return Award(
        page=page_of(certificate.code, request), subject=f"urn:uuid:{uuid.uuid5(_HOLDERS, certificate.link_digest)}",
        name=shown(certificate).name, number=certificate.printed_number,
        course=f"{issuer_of(request).profile}#{certificate.course}", title=title,
        description=declared.summary_in(language) if declared else title, criteria=asked, language=language,
        diploma=certificate.is_diploma, trade=certificate.trade, hours=hours, mark=certificate.mark,
        body=certificate.body.get(language) or settings.ISSUER_NAME, began_on=certificate.began_on,
        ended_on=certificate.ended_on, issued_at=certificate.created_at,
    )  # fmt: skip


def badge(certificate: Certificate, request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The credential as it can be read, and signed."""
    issuer = issuer_of(request)
    with override(certificate.languages[-1]):
        words = {"hours": _("Hours"), "mark": _("Exam")}
    plain = credential(award_of(certificate, request), issuer, words)
    return plain, signed(plain, signing_key(), issuer)


def badge_file(certificate: Certificate, kind: str, request: HttpRequest) -> HttpResponse:
    """The badge as a file: ``jwt`` is the signed one, ``json`` the same to be read."""
    plain, token = badge(certificate, request)
    name = f"{certificate.printed_number}.{kind}"
    response: HttpResponse
    if kind == "jwt":
        response = HttpResponse(token, content_type="text/plain; charset=utf-8")
    else:
        response = JsonResponse(plain, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
