"""Lists of families on their way into the registry: the file, its rows, and what is known of its columns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, Guarded, HoldsSomewhere, InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.rules.lists import (
    JOB_NAMES,
    ROW_NAMES,
    STATE_NAMES,
    FileKind,
    JobState,
    ListState,
    RowState,
)
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.rules import METHOD_NAMES

_WORK = InScope(Verb.FAMILY_IMPORT)
_UPKEEP = During("upkeep")
"""The program itself: it looks for jobs whose worker is gone, and erases what is kept no longer."""


class ImportBatch(ScopedRecord):
    """One list of families: a sheet of a file, how far it has come, and what its job is doing."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY,
        personal="file_name sheet sheets headers findings consent_by consent_note refusal_reason",
        technical=f"{SCOPE_FIELDS} sha256 kind n_bytes encoding delimiter header_row mapping state state_at job_state "
        "job n_rows n_done n_ok n_errors n_held n_duplicates n_skipped n_notes n_empty n_families n_taken_in "
        "lease_until lease_token heartbeat_at attempts error consent_for_all consent_method consent_language "
        "consent_on uploaded_by same_as erased_at summary job_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=_WORK | _UPKEEP, add=_WORK, change=_WORK | _UPKEEP, data_class=DataClass.IDENTITY
    )

    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64, db_collation="C")
    kind = models.CharField(max_length=4, choices=[(kind.value, kind.value) for kind in FileKind])
    n_bytes = models.PositiveIntegerField()
    sheets = models.JSONField(default=list)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    header_row = models.PositiveIntegerField(null=True)
    headers = models.JSONField(default=list)
    # For each column of the sheet the field it fills, or an empty text.
    mapping = models.JSONField(default=list)
    # What concerns the file as a whole: columns that are not known, merged headings, sheets that are left out.
    findings = models.JSONField(default=list)
    # How often each kind of remark stands in the rows, by its code.
    summary = models.JSONField(default=dict)
    state = models.CharField(
        max_length=9, choices=[(key.value, STATE_NAMES[key]) for key in ListState], default=ListState.UPLOADED,
        db_collation="C",
    )  # fmt: skip
    state_at = models.DateTimeField(auto_now_add=True)
    job = models.CharField(max_length=7, blank=True, db_collation="C")
    job_state = models.CharField(
        max_length=7, blank=True, choices=[(key.value, JOB_NAMES[key]) for key in JobState], default="",
        db_collation="C",
    )  # fmt: skip
    # Who asked for the job; it runs with the rights of this user.
    job_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    n_rows = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0)
    n_ok = models.PositiveIntegerField(default=0)
    n_errors = models.PositiveIntegerField(default=0)
    n_held = models.PositiveIntegerField(default=0)
    n_duplicates = models.PositiveIntegerField(default=0)
    n_skipped = models.PositiveIntegerField(default=0)
    n_notes = models.PositiveIntegerField(default=0)
    n_empty = models.PositiveIntegerField(default=0)
    n_families = models.PositiveIntegerField(default=0)
    n_taken_in = models.PositiveIntegerField(default=0)
    # Who works on it: until when he may be silent, and the token that only he knows.
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why the work failed: a code with plain values, shown in the reader's language.
    error = models.JSONField(default=dict)
    # Whether every family of the list agreed; else a column says who did.
    consent_for_all = models.BooleanField(default=False)
    consent_method = models.CharField(
        max_length=10, blank=True, choices=[(key.value, name) for key, name in METHOD_NAMES.items()]
    )
    consent_language = models.CharField(max_length=2, blank=True)
    consent_on = models.DateField(null=True)
    consent_by = models.CharField(max_length=120, blank=True)
    consent_note = models.CharField(max_length=300, blank=True)
    uploaded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    refusal_reason = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "-id"], name="lists_newest_first"),
            models.Index(fields=["sha256"], name="lists_of_one_file"),
            models.Index(
                fields=["lease_until"], name="lists_at_work", condition=Q(job_state__in=["queued", "running"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="list_at_work_has_a_lease",
                condition=~Q(job_state__in=["queued", "running"]) | Q(lease_until__isnull=False) & ~Q(job=""),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def audit_label(self) -> str:
        """Nothing: a file's name may tell who is in it."""
        return ""

    @property
    def is_busy(self) -> bool:
        """Whether a job waits or runs."""
        return self.job_state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {ListState.MERGED, ListState.REFUSED, ListState.FAILED}


class ImportFile(ScopedRecord):
    """The bytes of an uploaded file, apart from what is said about it, so that they can be erased."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY, personal="content", technical=f"{SCOPE_FIELDS} batch", leaves=False
    )
    policy: ClassVar[Policy] = Policy(view=_WORK | _UPKEEP, add=_WORK, remove=_UPKEEP, data_class=DataClass.IDENTITY)

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return "file"


class ImportRow(ScopedRecord):
    """One row of a list: what it says, what was understood, what is wrong with it, and what became of it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY,
        personal="values understood problems likely",
        technical=f"{SCOPE_FIELDS} batch number state has_notes is_head family_key family answered_by answered_at",
    )
    policy: ClassVar[Policy] = Policy(
        view=_WORK | _UPKEEP, add=_WORK, change=_WORK | _UPKEEP, remove=_WORK | _UPKEEP,
        data_class=DataClass.IDENTITY,
    )  # fmt: skip

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows", db_index=False)
    # The row's number in the sheet, as the spreadsheet program counts it.
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    understood = models.JSONField(default=dict)
    # Codes with plain values and the column they belong to, shown in the reader's language.
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=[(key.value, ROW_NAMES[key]) for key in RowState], db_collation="C")
    has_notes = models.BooleanField(default=False)
    # On the head's row stands what concerns the family as a whole.
    is_head = models.BooleanField(default=False)
    # The key of the family to be: made from what the rows say, so that a repetition finds it.
    family_key = models.UUIDField(null=True)
    family = models.ForeignKey("registry.Family", on_delete=models.PROTECT, null=True, related_name="+")
    # Registered families that may be the same: their keys with what speaks for it.
    likely = models.JSONField(default=list)
    answered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "state", "number"], name="rows_of_list_by_state"),
            models.Index(fields=["batch", "number"], name="rows_with_notes", condition=Q(has_notes=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="row_stands_once_in_its_list"),
            models.CheckConstraint(
                name="row_taken_in_knows_its_family", condition=~Q(state="taken_in") | Q(family__isnull=False)
            ),
            models.CheckConstraint(
                name="row_answer_has_person_and_time",
                condition=Q(answered_by=None, answered_at=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class ColumnMapping(Guarded, Record):
    """What the columns under certain headings mean, as an agency said it once."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} agency fingerprint mapping used_at")
    policy: ClassVar[Policy] = Policy(
        view=HoldsSomewhere(Verb.FAMILY_IMPORT),
        add=HoldsSomewhere(Verb.FAMILY_IMPORT),
        change=HoldsSomewhere(Verb.FAMILY_IMPORT),
    )

    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    # A hash of the headings in their order, written alike.
    fingerprint = models.CharField(max_length=64, db_collation="C")
    mapping = models.JSONField(default=list)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "fingerprint"], name="headings_are_remembered_once"),
            models.UniqueConstraint(
                fields=["fingerprint"], name="headings_without_agency_once", condition=Q(agency=None)
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint[:8]
