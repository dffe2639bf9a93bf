"""Publishing the forms that come with Paivand, by the program itself at every start: quick when nothing is new."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from paivand.access.models.identity import for_purpose
from paivand.collect.models import Form, FormVersion
from paivand.collect.rules.shipped import SHIPPED, shipped_tables
from paivand.collect.rules.submissions import FormKind, FormState
from paivand.collect.rules.tables import Tables
from paivand.collect.rules.xforms import convert_form
from paivand.core.rules.writing import writing

_LOCK = 0x7061_6976
"""Two starts at once publish one after the other."""


def publish_shipped_forms() -> int:
    """Write down the present version of each form of ours that is not there yet. Returns how many were new.

    A version that was published is never changed, and phones may go on sending it. A form that no longer comes with
    Paivand leaves the list of phones, and what they still send of it is taken.

    Raises:
        BadTable: the tables of a form cannot be read.
        NotAForm: they are no form.
    """
    with for_purpose("upkeep"), writing("upkeep"):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        present = {form.code: form for form in Form.objects.filter(kind=FormKind.SHIPPED)}
        current = dict(
            FormVersion.objects.filter(form__in=present.values(), is_current=True).values_list("form__code", "name")
        )
        n_new = 0
        for code in SHIPPED:
            tables = shipped_tables(code)
            if current.get(code) != tables.version or present[code].state != FormState.OPEN:
                _publish(present.get(code), tables)
                n_new += 1
        for code in present.keys() - SHIPPED.keys():
            _close(present[code])
    return n_new


def _publish(form: Form | None, tables: Tables) -> None:
    if form is None:
        form = Form(code=tables.code, kind=FormKind.SHIPPED)
    form.titles, form.state = tables.titles, FormState.OPEN
    form.save()
    FormVersion.objects.filter(form=form, is_current=True).exclude(name=tables.version).update(is_current=False)
    known = FormVersion.objects.filter(form=form, name=tables.version).first()
    if known is not None:  # an older Paivand came back
        known.is_current = True
        known.save(update_fields=["is_current", "changed_at"])
        return
    made = convert_form(tables)
    FormVersion.objects.create(
        form=form, name=made.version, xml=made.xml.decode(), md5=made.md5, questions=made.questions,
        lists=list(made.lists), published_at=timezone.now(),
    )  # fmt: skip


def _close(form: Form) -> None:
    if form.state == FormState.OPEN:
        form.state = FormState.CLOSING
        form.save(update_fields=["state", "changed_at"])
