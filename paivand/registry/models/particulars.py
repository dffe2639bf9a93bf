"""What is known of a person beside the name, one table for each class of data."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.people import Person
from paivand.registry.rules.people import (
    DOCUMENT_NAMES,
    DOCUMENT_STATUS_NAMES,
    EDUCATION_NAMES,
    LANGUAGE_NAMES,
    MARITAL_NAMES,
    MARRIAGE_NAMES,
    MAY_CALL_NAMES,
    OUT_OF_SCHOOL_NAMES,
    SCHOOL_NAMES,
    DocumentKind,
    DocumentStatus,
    Education,
    Marital,
    Marriage,
    MayCall,
    OutOfSchoolReason,
    School,
    SpokenLanguage,
)


class Particulars(ScopedRecord):
    """Schooling, marriage and languages of a person; made when the first of them is written down."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="education school out_of_school_since out_of_school_reason marital marriage languages",
        technical=f"{SCOPE_FIELDS} person",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.FAMILY,
    )

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="particulars")
    education = models.CharField(
        _("schooling completed"), max_length=10, blank=True,
        choices=[(key.value, EDUCATION_NAMES[key]) for key in Education],
    )  # fmt: skip
    school = models.CharField(
        _("school"), max_length=9, blank=True, choices=[(key.value, SCHOOL_NAMES[key]) for key in School]
    )
    out_of_school_since = models.DateField(_("out of school since"), null=True, blank=True)
    out_of_school_reason = models.CharField(
        _("why"), max_length=11, blank=True,
        choices=[(key.value, OUT_OF_SCHOOL_NAMES[key]) for key in OutOfSchoolReason],
    )  # fmt: skip
    marital = models.CharField(
        _("marital status"), max_length=9, blank=True, choices=[(key.value, MARITAL_NAMES[key]) for key in Marital]
    )
    marriage = models.CharField(
        _("how the marriage was made"), max_length=19, blank=True,
        choices=[(key.value, MARRIAGE_NAMES[key]) for key in Marriage],
    )  # fmt: skip
    languages = ArrayField(
        models.CharField(max_length=6, choices=[(key.value, LANGUAGE_NAMES[key]) for key in SpokenLanguage]),
        verbose_name=_("languages"), default=list, blank=True,
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="out_of_school_facts_belong_to_a_child_out_of_school",
                condition=Q(school="out") | Q(out_of_school_since=None, out_of_school_reason=""),
            ),
            models.CheckConstraint(
                name="never_married_means_no_marriage", condition=~Q(marital="single") | Q(marriage="")
            ),
        ]

    def __str__(self) -> str:
        return "particulars"

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of a person."""
        return ""


class Document(ScopedRecord):
    """A paper of a person, or that she never had it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY,
        personal="kind number number_key status issued_on valid_until note",
        technical=f"{SCOPE_FIELDS} person",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW),
        remove=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW),
        data_class=DataClass.IDENTITY,
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(
        _("paper"), max_length=22, choices=[(key.value, DOCUMENT_NAMES[key]) for key in DocumentKind]
    )
    number = models.CharField(_("number"), max_length=40, blank=True)
    number_key = models.CharField(max_length=40, blank=True, editable=False, db_collation="C")
    status = models.CharField(
        _("status"), max_length=11, choices=[(key.value, DOCUMENT_STATUS_NAMES[key]) for key in DocumentStatus]
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["number_key"], name="document_found", condition=~Q(number_key=""))]
        constraints = [
            models.CheckConstraint(
                name="paper_never_had_has_no_number", condition=~Q(status="never_had") | Q(number="", number_key="")
            ),
            models.CheckConstraint(
                name="paper_ends_after_it_is_issued",
                condition=Q(issued_on=None) | Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of a person."""
        return ""


class Phone(ScopedRecord):
    """A telephone number with what must be known before it is called: a call at the wrong hour can harm."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CONTACT,
        personal="number belongs_to may_call hours who_may_answer say_what agreed_on",
        technical=f"{SCOPE_FIELDS} person ended_on",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW),
        remove=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW),
        data_class=DataClass.CONTACT,
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(_("telephone number"), max_length=16, db_collation="C")
    belongs_to = models.CharField(_("whose telephone it is"), max_length=80, blank=True)
    may_call = models.CharField(
        _("may we call"), max_length=13, choices=[(key.value, MAY_CALL_NAMES[key]) for key in MayCall],
        default=MayCall.NOT_ASKED,
    )  # fmt: skip
    hours = models.CharField(_("when"), max_length=120, blank=True)
    who_may_answer = models.CharField(_("who may answer"), max_length=120, blank=True)
    say_what = models.CharField(_("what to say"), max_length=200, blank=True)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    ended_on = models.DateField(_("not used since"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="phone_found", condition=Q(ended_on=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "number"], condition=Q(ended_on=None), name="phone_is_listed_once_for_a_person"
            ),
            models.CheckConstraint(
                name="phone_number_is_international", condition=Q(number__regex=r"^\+[0-9]{10,15}$")
            ),
            models.CheckConstraint(
                name="leave_to_call_has_its_day", condition=Q(may_call="not_asked") | Q(agreed_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return "telephone"

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of a person."""
        return ""
