"""What is written down within a case: visits, notes, conferences, documents, and former wordings of what was changed.

A note is read by whom it is meant for: its policy looks at the note's own kind, so that the database keeps a private
note from everybody but its author.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import HoldsSomewhere, InScope, Is, IsNot, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.cases.models.cases import CASE_FIELDS, CASE_POLICY, HISTORY_POLICY, CaseRecord
from paivand.cases.models.plans import PlanGoal
from paivand.cases.rules.papers import document_kinds, removal_reasons, titled
from paivand.cases.rules.records import (
    MISSED_NAMES,
    NOTE_NAMES,
    PROGRESS_NAMES,
    STRUCK_NAMES,
    VISIT_OUTCOME_NAMES,
    VISIT_STATE_NAMES,
    WAY_NAMES,
    FormerOf,
    MissedWhy,
    NoteKind,
    Progress,
    StruckWhy,
    VisitOutcome,
    VisitState,
    Way,
)
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.core.rules.uploads import file_kinds
from paivand.registry.models import JourneyStep, Person

_MOVES = ("agency_id", "team_id", "owner_id", "version", "changed_at")


class Visit(CaseRecord):
    """A contact with the people of a case, agreed or made: at home, by telephone, at school."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="way state planned_on purpose happened_on outcome others_met seen agreed missed_why missed_note",
        technical=f"{CASE_FIELDS} after",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    way = models.CharField(
        _("how"), max_length=6, choices=[(key.value, WAY_NAMES[key]) for key in Way], db_collation="C"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=[(key.value, VISIT_STATE_NAMES[key]) for key in VisitState], db_collation="C"
    )
    planned_on = models.DateField(_("agreed for"), null=True, blank=True)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    happened_on = models.DateField(_("day"), null=True, blank=True)
    outcome = models.CharField(
        _("how it came out"), max_length=9, blank=True, db_collation="C",
        choices=[(key.value, VISIT_OUTCOME_NAMES[key]) for key in VisitOutcome],
    )  # fmt: skip
    # Others who were there, by what they are: a neighbour, the teacher.
    others_met = models.CharField(_("who else was there"), max_length=200, blank=True)
    seen = models.TextField(_("what was seen and heard"), blank=True)
    agreed = models.TextField(_("what was agreed"), blank=True)
    missed_why = models.CharField(
        _("why it did not come about"), max_length=11, blank=True, db_collation="C",
        choices=[(key.value, MISSED_NAMES[key]) for key in MissedWhy],
    )  # fmt: skip
    missed_note = models.CharField(_("more about it"), max_length=300, blank=True)
    # The visit at which this one was agreed.
    after = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")

    class Meta:
        verbose_name = _("visit")
        indexes = [
            models.Index(fields=["case", "-happened_on"], name="visits_of_case"),
            models.Index(fields=["owner", "planned_on"], name="visits_agreed", condition=Q(state="planned")),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_state_has_its_day",
                condition=Q(state="planned", planned_on__isnull=False, happened_on=None, outcome="", missed_why="")
                | Q(state="made", happened_on__isnull=False, missed_why="") & ~Q(outcome="")
                | Q(
                    state__in=["missed", "called_off"], planned_on__isnull=False, happened_on=None, outcome="",
                ) & ~Q(missed_why=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.state


class VisitPerson(CaseRecord):
    """That somebody of the case was met at a visit, with the step of the journey that it is."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="was_met", technical=f"{CASE_FIELDS} visit person step"
    )
    policy: ClassVar[Policy] = CASE_POLICY

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # False where it was corrected: she was not there after all.
    was_met = models.BooleanField(default=True)
    # The step that counts now; none where she does not agree to services, or was not there after all.
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "person"], name="person_is_met_once_at_a_visit"),
            models.CheckConstraint(name="only_who_was_met_has_a_step", condition=Q(was_met=True) | Q(step=None)),
        ]

    def __str__(self) -> str:
        return "met"


class VisitProgress(CaseRecord):
    """How far a goal of the plan had come at a visit."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="progress note", technical=f"{CASE_FIELDS} visit goal"
    )
    policy: ClassVar[Policy] = CASE_POLICY

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="progress")
    goal = models.ForeignKey(PlanGoal, on_delete=models.PROTECT, related_name="progress")
    # Empty where it was taken back.
    progress = models.CharField(
        _("how far"), max_length=7, blank=True, db_collation="C",
        choices=[(key.value, PROGRESS_NAMES[key]) for key in Progress],
    )  # fmt: skip
    note = models.CharField(_("more about it"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "goal"], name="goal_is_judged_once_at_a_visit")]

    def __str__(self) -> str:
        return self.progress


class FormerVersion(CaseRecord):
    """What stood in a record before it was corrected: its values, why it was changed, and by whom. Never rewritten."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="values reason", technical=f"{CASE_FIELDS} kind about n"
    )
    policy: ClassVar[Policy] = HISTORY_POLICY

    kind = models.CharField(max_length=12, choices=[(key.value, key.value) for key in FormerOf], db_collation="C")
    about = models.UUIDField()
    # The version that the record had when it read so.
    n = models.PositiveIntegerField()
    values = models.JSONField()
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "n"], name="former_version_is_kept_once"),
            models.CheckConstraint(name="former_version_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"


_AUTHOR = (Mine("written_by_id") | Mine("begun_by_id")) & HoldsSomewhere(Verb.CASE_VIEW)


class Note(CaseRecord):
    """Words about a case, for everyone who sees it, for supervisors and the author, or for the author alone."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind text struck_why",
        technical=f"{CASE_FIELDS} written_at edited_at amends begun_by struck_at struck_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=_AUTHOR
        | (Is("kind", NoteKind.CASE.value) & InScope(Verb.CASE_VIEW))
        | (Is("kind", NoteKind.SUPERVISOR.value) & InScope(Verb.CASE_APPROVE)),
        add=Mine("written_by_id") & InScope(Verb.CASE_WORK),
        change=(Mine("written_by_id") & InScope(Verb.CASE_WORK))
        | (IsNot("kind", NoteKind.PRIVATE.value) & (InScope(Verb.CASE_APPROVE) | InScope(Verb.CASE_ASSIGN))),
        data_class=DataClass.CASE,
    )

    kind = models.CharField(
        _("who reads it"), max_length=10, choices=[(key.value, NOTE_NAMES[key]) for key in NoteKind], db_collation="C"
    )
    text = models.TextField(_("note"), blank=True)
    written_at = models.DateTimeField()
    # When the author last changed the words; only on the first day.
    edited_at = models.DateTimeField(null=True, editable=False)
    # The note that this one adds to.
    amends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="amendments")
    # Who wrote that one: she reads what others add to her words.
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField(null=True, editable=False)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    struck_why = models.CharField(
        max_length=10, blank=True, editable=False, db_collation="C",
        choices=[(key.value, STRUCK_NAMES[key]) for key in StruckWhy],
    )  # fmt: skip

    class Meta:
        verbose_name = _("note")
        indexes = [models.Index(fields=["case", "-written_at"], name="notes_of_case")]
        constraints = [
            models.CheckConstraint(
                name="note_has_words_until_they_are_taken_away",
                condition=Q(struck_at=None, struck_by=None, struck_why="") & ~Q(text="")
                | Q(struck_at__isnull=False, struck_by__isnull=False, text="") & ~Q(struck_why=""),
            ),
            models.CheckConstraint(
                name="note_that_adds_names_who_began",
                condition=Q(amends=None, begun_by=None) | Q(amends__isnull=False, begun_by__isnull=False),
            ),
            models.CheckConstraint(
                name="note_kind_is_of_the_list", condition=Q(kind__in=[kind.value for kind in NoteKind])
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Conference(CaseRecord):
    """A meeting of those who help: what was spoken about, and what was decided."""

    privacy: ClassVar[Privacy] = Privacy.of(DataClass.CASE, personal="held_on venue points", technical=f"{CASE_FIELDS}")
    policy: ClassVar[Policy] = CASE_POLICY

    held_on = models.DateField(_("day"))
    venue = models.CharField(_("where"), max_length=120, blank=True)
    points = models.TextField(_("what was spoken about"))

    class Meta:
        verbose_name = _("case conference")
        constraints = [models.CheckConstraint(name="conference_has_points", condition=~Q(points=""))]

    def __str__(self) -> str:
        return "conference"


class ConferencePresence(CaseRecord):
    """That somebody took part: a worker of the programme, or somebody from outside by what he or she is."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="function was_there", technical=f"{CASE_FIELDS} conference user"
    )
    policy: ClassVar[Policy] = CASE_POLICY

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    function = models.CharField(max_length=120, blank=True)
    # False where it was corrected.
    was_there = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="presence_is_of_a_worker_or_a_function",
                condition=Q(user__isnull=False, function="") | Q(user=None) & ~Q(function=""),
            ),
            models.UniqueConstraint(
                fields=["conference", "user", "function"], nulls_distinct=False, name="presence_is_noted_once"
            ),
        ]

    def __str__(self) -> str:
        return self.function or "worker"


class ConferenceDecision(CaseRecord):
    """What a conference decided: what, who does it, until when, and what came of it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="what who due_on done_on done_note",
        technical=f"{CASE_FIELDS} conference position doer",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(_("what"), max_length=300)
    # Who does it: a worker of the programme, or somebody else by what he or she is.
    doer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    who = models.CharField(_("who"), max_length=120, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conference", "position"], name="decision_has_its_place"),
            models.CheckConstraint(name="decision_says_what", condition=~Q(what="")),
            models.CheckConstraint(name="decision_done_has_its_day", condition=Q(done_note="") | ~Q(done_on=None)),
        ]

    def __str__(self) -> str:
        return "decision"


class CaseDocument(CaseRecord):
    """A file that belongs to a case. The file lies sealed beside the database; this row says what it is.

    It is found under the key of the row: see ``paivand.cases.actions.documents``. Once it is taken away the file is
    gone, and the row says when, by whom and why.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind title dated_on removed_why",
        technical=f"{CASE_FIELDS} person matter media_type n_bytes sha256 removed_at removed_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=CASE_POLICY.view,
        add=CASE_POLICY.add,
        change=CASE_POLICY.change,
        data_class=DataClass.CASE,
        only=(*_MOVES, "removed_at", "removed_by_id", "removed_why"),
    )

    kind = models.CharField(_("kind"), max_length=30, db_collation="C")
    title = models.CharField(_("what it says"), max_length=160, blank=True)
    # Whose paper it is; none where it is of the family as a whole.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    matter = models.ForeignKey("cases.LegalMatter", on_delete=models.PROTECT, null=True, related_name="documents")
    dated_on = models.DateField(_("date on the paper"), null=True, blank=True)
    media_type = models.CharField(max_length=80, db_collation="C")
    n_bytes = models.PositiveIntegerField()
    # Of the file as it is given out; what lies on the disk is sealed.
    sha256 = models.CharField(max_length=64, db_collation="C")
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    removed_why = models.CharField(max_length=20, blank=True, editable=False, db_collation="C")

    class Meta:
        verbose_name = _("document")
        constraints = [
            models.CheckConstraint(name="document_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="document_is_not_empty", condition=Q(n_bytes__gt=0)),
            models.CheckConstraint(
                name="document_taken_away_says_why",
                condition=Q(removed_at=None, removed_by=None, removed_why="")
                | Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_why=""),
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def kind_name(self) -> str:
        """What it is, in the reader's language."""
        return titled(document_kinds(), self.kind, get_language() or "en")

    @property
    def format_name(self) -> str:
        """What kind of file it is, such as PDF."""
        kind = file_kinds().get(self.media_type)
        return kind.name if kind else self.media_type

    @property
    def removed_name(self) -> str:
        """Why it was taken away, in the reader's language."""
        return titled(removal_reasons(), self.removed_why, get_language() or "en")

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it in a page of its own."""
        kind = file_kinds().get(self.media_type)
        return bool(kind and kind.inline)
