"""What is printed on certificates, in their languages; and where anyone checks them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.core.paper import typeset
from paivand.core.templatetags.paivand import comma, day, digits
from paivand.learning.models import Certificate
from paivand.learning.rules.certificates import grouped
from paivand.learning.rules.course import Design

TEMPLATES = {Design.DIPLOMA: "diploma", Design.COMPLETION: "certificate"}
MOST_LANGUAGES = 2


def public_address(request: HttpRequest) -> str:
    """The address under which anyone reaches this installation, with a slash at its end."""
    return f"{settings.PUBLIC_ADDRESS.rstrip('/')}/" if settings.PUBLIC_ADDRESS else request.build_absolute_uri("/")


def page_of(code: str, request: HttpRequest) -> str:
    """The whole address of the public page of a certificate."""
    return public_address(request).rstrip("/") + reverse("learning:verify-open", kwargs={"proof_code": grouped(code)})


def pdf(certificates: Sequence[Certificate], request: HttpRequest) -> bytes:
    """One document with a page for each certificate; they are all of one design and one course."""
    first = certificates[0]
    with override(first.languages[0]):
        title = _("Certificates") if len(certificates) > 1 else _("Certificate")
    data = {"title": title, "pages": [sheet(one, request) for one in certificates]}
    return typeset(TEMPLATES[Design(first.design)], data, first.languages[0])


def download(made: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows; nothing of it is kept by it."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def sheet(certificate: Certificate, request: HttpRequest) -> dict[str, Any]:
    """One certificate as its template takes it."""
    languages = certificate.languages[:MOST_LANGUAGES]
    link = page_of(certificate.code, request)
    words = {language: _words(certificate, language) for language in languages}
    return {
        "name": certificate.name,
        "sides": [words[language]["side"] for language in languages],
        "diploma": f"{certificate.diploma_series} № {certificate.diploma_number}".strip(),
        "qr": qr(link),
        "link": link,
        "address": public_address(request).split("://", 1)[-1] + reverse("learning:verify").strip("/"),
        "code": grouped(certificate.code).split("-"),
        "check": [[language, words[language]["check"]] for language in languages],
        "marks": [
            {"labels": [words[one]["number"] for one in languages], "value": certificate.printed_number},
            {"labels": [words[one]["issued"] for one in languages], "value": f"{certificate.issued_on:%d.%m.%Y}"},
        ],
        "signatories": [
            {"name": one["name"], "posts": list(dict.fromkeys(one["post"].get(key, "") for key in languages))}
            for one in certificate.signatories
        ],
    }


def qr(link: str) -> str:
    """The address as a QR code, drawn as SVG."""
    drawn = segno.make(link, error="m", boost_error=False).svg_inline(border=0)
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _words(certificate: Certificate, language: str) -> dict[str, Any]:
    with override(language):
        side = {
            "language": language,
            "issuer": certificate.body.get(language, ""),
            "course": certificate.title.get(language, ""),
            **(_diploma(certificate, language) if certificate.is_diploma else _completion(certificate)),
        }
        return {
            "side": side,
            "check": _("Anyone can check this paper here:"),
            "number": _("Number"),
            "issued": _("Issued on"),
        }


def _completion(certificate: Certificate) -> dict[str, Any]:
    lines = [_("%(hours)s hours") % {"hours": _short(certificate.hours)}, _days(certificate)]
    if certificate.mark:
        lines.append(_("Exam: %(mark)s") % {"mark": digits(certificate.mark)})
    return {
        "title": _("Certificate"),
        "lead": _("This certifies that"),
        "did": _("completed the course"),
        "lines": [line for line in lines if line],
    }


def _diploma(certificate: Certificate, language: str) -> dict[str, Any]:
    facts = [
        (_("Occupation"), certificate.title.get(language, "")),
        (_("Code"), f"ISCO-08 {certificate.trade}" if certificate.trade else ""),
        (_("Theory"), _("%(hours)s hours") % {"hours": _short(certificate.theory_hours)}),
        (_("Practice"), _("%(hours)s hours") % {"hours": _short(certificate.practical_hours)}),
        (_("Time"), _days(certificate)),
        (_("Exam"), digits(certificate.mark)),
        (_("Commission"), comma().join(one["name"] for one in certificate.commission)),
    ]
    return {
        "title": _("Record of a state diploma"),
        "lead": _("The diploma was awarded to"),
        "facts": [[label, value] for label, value in facts if value],
    }


def _days(certificate: Certificate) -> str:
    if not certificate.began_on or not certificate.ended_on:
        return ""
    return f"{day(certificate.began_on)} – {day(certificate.ended_on)}"


def _short(value: Decimal) -> str:
    return digits(f"{value.normalize():f}")
