"""Pages on which is written down what is known of a person: schooling and marriage, papers, telephones."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.actions import particulars as actions
from paivand.registry.forms.particulars import DocumentForm, EndPhoneForm, ParticularsForm, PhoneForm
from paivand.registry.models import Document, Family, FamilyMember, Person, Phone
from paivand.registry.queries import particulars as queries
from paivand.registry.queries.people import same_person
from paivand.registry.views.files import member_of


@dataclass(frozen=True)
class Asked:
    """Who asks, about whom: the member that the address names, and the record that stands for the person."""

    by: User
    family: Family
    member: FamilyMember
    person: Person

    @classmethod
    def of(cls, request: HttpRequest, code: str, member_id: uuid.UUID) -> Asked:
        """The member of the address, if ``by`` may change families at all; else 403 or 404."""
        by = asking(request)
        demand(by, Verb.FAMILY_EDIT)
        family, member = member_of(by, code, member_id)
        return cls(by, family, member, queries.kept_record(by, member.person))

    @property
    def records(self) -> queries.Records:
        """The keys of all records that are this person."""
        return same_person(self.by, [self.person.pk])

    def page(self, request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
        """The page of a form."""
        context = {"form": form, "family": self.family, "member": self.member, "person": self.person, **more}
        return render(request, f"registry/{template}.html", context, status=422 if form.errors else 200)

    def back(self) -> HttpResponse:
        """The way back to the person's page."""
        return redirect("registry:person-open", code=self.family.code, member_id=self.member.pk)


def _once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


@require_http_methods(["GET", "POST"])
def particulars_edit(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Write down schooling, marriage and languages."""
    asked = Asked.of(request, code, member_id)
    row = queries.particulars(asked.by, asked.records)
    initial = ParticularsForm.initial_of(row)
    if row and row.person_id != asked.person.pk:
        initial["version"] = 0  # written on a record that was joined with hers: hers is still to be made
    form = ParticularsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.write_particulars(
                person=asked.person, version=form.cleaned_data["version"] or 0, draft=form.draft(), by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "particulars_form", form, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def document_add(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Write down a paper."""
    asked = Asked.of(request, code, member_id)
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            _once(
                lambda: actions.add_document(
                    person=asked.person, document_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "document_form", form)


@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, code: str, member_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Change what is known of a paper."""
    asked = Asked.of(request, code, member_id)
    document = _document(asked, document_id)
    initial = DocumentForm.initial_of(document)
    form = DocumentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_document(
                document=document, version=form.cleaned_data["version"] or 0, draft=form.draft(), by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "document_form", form, document=document, present=conflict(form, initial))


@require_POST
def document_remove(request: HttpRequest, code: str, member_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Take away a paper that was written down by mistake."""
    asked = Asked.of(request, code, member_id)
    document = _document(asked, document_id)
    typed = request.POST.get("version", "")
    try:
        actions.remove_document(document=document, version=read_whole(typed) or 0, by=asked.by)
        messages.success(request, _("The paper is taken away."))
    except Refused as refused:
        messages.error(request, refused.message)
    return asked.back()


@require_http_methods(["GET", "POST"])
def phone_add(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Write down a number with what was agreed about calling it."""
    asked = Asked.of(request, code, member_id)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            _once(
                lambda: actions.add_phone(
                    person=asked.person, phone_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "phone_form", form)


@require_http_methods(["GET", "POST"])
def phone_edit(request: HttpRequest, code: str, member_id: uuid.UUID, phone_id: uuid.UUID) -> HttpResponse:
    """Change a number, or what was agreed about calling it."""
    asked = Asked.of(request, code, member_id)
    phone = _phone(asked, phone_id)
    initial = PhoneForm.initial_of(phone)
    form = PhoneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_phone(phone=phone, version=form.cleaned_data["version"] or 0, draft=form.draft(), by=asked.by)
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "phone_form", form, phone=phone, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def phone_end(request: HttpRequest, code: str, member_id: uuid.UUID, phone_id: uuid.UUID) -> HttpResponse:
    """Note that a number is not used any more."""
    asked = Asked.of(request, code, member_id)
    phone = _phone(asked, phone_id)
    initial = {"version": phone.version}
    form = EndPhoneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.end_phone(
                phone=phone, version=form.cleaned_data["version"] or 0, ended_on=form.cleaned_data["ended_on"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Noted. The number is not shown any more."))
            return asked.back()
    return asked.page(request, "phone_end", form, phone=phone, present=conflict(form, initial))


def _document(asked: Asked, document_id: uuid.UUID) -> Document:
    found = queries.document(asked.by, asked.records, document_id)
    if found is None:
        raise Http404
    return found


def _phone(asked: Asked, phone_id: uuid.UUID) -> Phone:
    found = queries.phone(asked.by, asked.records, phone_id)
    if found is None:
        raise Http404
    return found
