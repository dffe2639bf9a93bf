"""Files of answers that are made in the background, and kept for a while for who asked for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models.policies import During, Guarded, HoldsSomewhere, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.models.forms import Form
from paivand.collect.rules.survey_export import (
    FILE_NAMES,
    FILE_STATE_NAMES,
    TROUBLE_WORDS,
    WORDS_NAMES,
    FileKind,
    FileState,
    FileTrouble,
    Words,
)
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import DataClass, Privacy

UPKEEP = "upkeep"
"""The purpose under which files are woken and given up, and go when their time is over."""

_READS = HoldsSomewhere(Verb.SURVEY_MANAGE, DataClass.FIELD)


class SurveyFile(Guarded, Record):
    """A file of answers: what it is to hold, how far it is, and why it was not made. For who asked for it alone."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} survey kind words language filters reach reason state trouble n_total n_done n_left_out "
        "n_tries n_bytes sha256 asked_by alive_at ended_at"
    )
    policy: ClassVar[Policy] = Policy(
        view=(Mine("asked_by_id") & _READS) | During(UPKEEP),
        add=Mine("asked_by_id") & _READS,
        change=(Mine("asked_by_id") & _READS) | During(UPKEEP),
        remove=During(UPKEEP),
    )

    survey = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, db_collation="C", choices=[(key.value, FILE_NAMES[key]) for key in FileKind])
    words = models.CharField(max_length=6, db_collation="C", choices=[(key.value, WORDS_NAMES[key]) for key in Words])
    # The language of the choices and the headings; the rest stands in that of who asked.
    language = models.CharField(max_length=20, db_collation="C")
    filters = models.JSONField(default=dict)
    # A digest of what who asked could see then: with another reach the file is neither finished nor given out.
    reach = models.CharField(max_length=64, blank=True, db_collation="C")
    reason = models.CharField(max_length=300)
    state = models.CharField(
        max_length=7, default=FileState.WAITING, db_collation="C",
        choices=[(key.value, FILE_STATE_NAMES[key]) for key in FileState],
    )  # fmt: skip
    trouble = models.CharField(
        max_length=9, blank=True, db_collation="C", choices=[(key.value, TROUBLE_WORDS[key]) for key in FileTrouble]
    )
    # Answers that fitted when it was asked for, and how many of them are in it.
    n_total = models.PositiveIntegerField()
    n_done = models.PositiveIntegerField(default=0)
    # Files of these answers that are not in it, because they may tell a place.
    n_left_out = models.PositiveIntegerField(default=0)
    n_tries = models.PositiveSmallIntegerField(default=0)
    n_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, db_collation="C")
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    alive_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["alive_at"], name="survey_files_at_work", condition=Q(ended_at=None)),
            models.Index(fields=["asked_by", "survey", "-id"], name="survey_files_of_one"),
            models.Index(fields=["ended_at"], name="survey_files_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "asked_by"], condition=Q(ended_at=None), name="survey_file_is_made_alone"
            ),
            models.CheckConstraint(
                name="survey_file_state_has_its_facts",
                condition=Q(state__in=["waiting", "working"], trouble="", sha256="", ended_at=None)
                | Q(state="done", trouble="", sha256__regex=r"^[0-9a-f]{64}$", ended_at__isnull=False)
                | Q(state="failed", sha256="", ended_at__isnull=False) & ~Q(trouble=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n_done}/{self.n_total}"

    @property
    def audit_label(self) -> str:
        """What kind of file it is, and how far."""
        return str(self)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_at is not None


class SurveyFilePiece(Guarded, Record):
    """A piece of a file that was made. It lies sealed beside the database; so a large file never stands in memory."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} file made_for n sha256")
    policy: ClassVar[Policy] = Policy(
        view=(Mine("made_for_id") & _READS) | During(UPKEEP),
        add=Mine("made_for_id") & _READS,
        remove=During(UPKEEP),
    )

    file = models.ForeignKey(SurveyFile, on_delete=models.PROTECT, related_name="pieces", db_index=False)
    made_for = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    n = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "n"], name="survey_file_piece_is_one"),
            models.CheckConstraint(name="survey_file_piece_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return str(self.n)
