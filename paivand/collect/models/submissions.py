"""What was filled in and sent: where it stands, the XML as it arrived, and the files that came with it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Is, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.models.devices import Device
from paivand.collect.models.forms import Form, FormVersion
from paivand.collect.rules.submissions import STATE_NAMES, SubmissionState
from paivand.core.models.files import content_of
from paivand.core.models.sealed import SealedBytesField, SealedJSONField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import CONSENT_ENDS

_SENDS = Mine("owner_id") & HoldsSomewhere(Verb.FORM_FILL)
_WORKS = (
    Mine("owner_id")
    | InScope(Verb.FORM_MEND)
    | (Is("is_survey", True) & InScope(Verb.SURVEY_MANAGE))
    | During("upkeep")
    | During(CONSENT_ENDS)
)
"""Who sees what was sent and works on it: the sender, her supervisor, and whoever reads the answers of a survey."""
_ERASES = During("upkeep") | During(CONSENT_ENDS)
"""The program alone erases what a form said: when it has been kept long enough, or a family withdraws its consent."""


class Submission(ScopedRecord):
    """One filled form. It lies where its sender does; nothing of it is ever deleted."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD,
        personal="problem_words taken_as aside_reason",
        technical=f"{SCOPE_FIELDS} form form_version instance_id root_id deprecated_id xml_sha256 device received_at "
        "is_survey is_complete state state_at problem held_until n_attempts replaced_by erase_by erased_at",
    )
    policy: ClassVar[Policy] = Policy(view=_WORKS, add=_SENDS, change=_WORKS, data_class=DataClass.FIELD)

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    # As the client made it: usually uuid:…
    instance_id = models.CharField(max_length=100, db_collation="C")
    # That of the first of a row of edits; its own, if it is no edit.
    root_id = models.CharField(max_length=100, db_collation="C")
    deprecated_id = models.CharField(max_length=100, blank=True, db_collation="C")
    xml_sha256 = models.CharField(max_length=64, db_collation="C")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    is_survey = models.BooleanField(default=False)
    # Whether all files that the XML names are here.
    is_complete = models.BooleanField(default=True)
    state = models.CharField(
        max_length=7, choices=[(k.value, STATE_NAMES[k]) for k in SubmissionState], default=SubmissionState.WAITING,
        db_collation="C",
    )  # fmt: skip
    state_at = models.DateTimeField()
    problem = models.CharField(max_length=40, blank=True, db_collation="C")
    problem_words = SealedJSONField(null=True)
    # Until when an update waits for the one before it; then it is tried without.
    held_until = models.DateTimeField(null=True)
    n_attempts = models.PositiveSmallIntegerField(default=0)
    # What it became: kind, key, label, name of the page and its arguments, of each thing.
    taken_as = SealedJSONField(null=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    aside_reason = models.CharField(max_length=300, blank=True)
    # A consent was withdrawn by somebody among those whom it is about: it is erased as soon as it is taken in or set
    # aside, and on this day in any case.
    erase_by = models.DateField(null=True)
    # When the XML, its files and the words about it were erased; the row itself stays, and tells that it arrived.
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="submissions_of_sender"),
            models.Index(fields=["form", "-id"], name="submissions_of_form"),
            models.Index(fields=["district", "-id"], name="submissions_of_district"),
            models.Index(
                fields=["owner", "id"], name="submissions_waiting", condition=Q(state="waiting", replaced_by=None)
            ),
            models.Index(fields=["state", "-id"], name="submissions_in_inbox", condition=Q(state__in=["held", "mend"])),
            models.Index(
                fields=["state_at"],
                name="submissions_to_erase",
                condition=Q(state__in=["taken", "aside"], is_survey=False, erased_at=None),
            ),
            models.Index(
                fields=["erase_by"],
                name="submissions_erased_soon",
                condition=Q(erase_by__isnull=False, erased_at=None),
            ),
            models.Index(fields=["replaced_by"], name="submissions_replaced", condition=Q(replaced_by__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["form", "instance_id"], name="submission_arrives_once"),
            models.UniqueConstraint(
                fields=["form", "deprecated_id"], name="submission_is_edited_once", condition=~Q(deprecated_id="")
            ),
            models.CheckConstraint(
                name="submission_has_a_problem_or_none",
                condition=(Q(state__in=["waiting", "taken"], problem="") | ~Q(state__in=["waiting", "taken"])),
            ),
            models.CheckConstraint(
                name="submission_aside_has_a_reason", condition=~Q(state="aside") | ~Q(aside_reason="")
            ),
            models.CheckConstraint(
                name="submission_root_is_itself_or_edited",
                condition=Q(deprecated_id="", root_id=models.F("instance_id")) | ~Q(deprecated_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.instance_id

    @property
    def audit_label(self) -> str:
        """The key that the phone made: it tells nothing about a person."""
        return self.instance_id[:120]

    def lets_act(self, user_id: uuid.UUID) -> bool:
        """A sender acts on her own forms, also after she moved to another district."""
        return self.owner_id == user_id


class SubmissionContent(ScopedRecord):
    """The XML as it arrived, to the last byte, and beside it what was decided and mended. The XML is never changed.

    One thing takes its place: the same without an answer that speaks of somebody who withdrew the consent.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD,
        personal="xml answers mended",
        technical=f"{SCOPE_FIELDS} submission is_survey",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=_WORKS, add=_SENDS | _ERASES, change=_WORKS, remove=_ERASES, data_class=DataClass.FIELD,
        only=("answers", "mended", "version", "changed_at"),
    )  # fmt: skip

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="content")
    is_survey = models.BooleanField(default=False)
    xml = SealedBytesField()
    # Decisions: {"duplicate": "new"} and the like.
    answers = SealedJSONField(null=True)
    # New values by the paths of their questions.
    mended = SealedJSONField(null=True)

    def __str__(self) -> str:
        return "content"


class SubmissionFile(ScopedRecord):
    """A photograph, a recording or another file that the XML names. Its content lies sealed beside the database.

    Those of a survey leave with its answers, without what the camera wrote into them; no other does.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD,
        personal="name",
        technical=f"{SCOPE_FIELDS} submission is_survey sha256 size mime",
    )
    policy: ClassVar[Policy] = Policy(view=_WORKS, add=_SENDS, remove=_ERASES, data_class=DataClass.FIELD)

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files", db_index=False)
    is_survey = models.BooleanField(default=False)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_collation="C")
    size = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="submission_file_arrives_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> bytes:
        """The file, opened and compared with its hash.

        Raises:
            LostFileError: when it is gone or was changed.
        """
        return content_of(self)
