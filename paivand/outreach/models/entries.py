"""What was done on a day and how many contacts it made; and the files that show it."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, Is, IsNot, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.outreach.models.campaigns import CURRENCIES, FIGURES, RECORDS, Campaign, ReachRecord
from paivand.outreach.rules.catalogue import channels, topics
from paivand.outreach.rules.contacts import OF_UNKNOWN, PART_NAMES, STATE_NAMES, EntryState
from paivand.outreach.rules.estimates import COUNTINGS, Way

_NUMBERS = ("n_contacts", *PART_NAMES, *OF_UNKNOWN, "n_repeat")
_NOT_BELOW = reduce(lambda found, name: found & Q(**{f"{name}__gte": 0}), _NUMBERS, Q())
_NOT_ABOVE = reduce(lambda found, name: found & Q(**{f"{name}__lte": 0}), _NUMBERS, Q())


class ReachEntry(ReachRecord):
    """One session, broadcast or distribution, with its contacts. A confirmed entry is never edited.

    It is taken back by a second row with ``reverses`` set and every number below nought, so that sums are right by
    addition: over ``state = 'confirmed'`` for what is known now, over ``confirmed_at <= then`` for what was reported
    then. The parts always add up to ``n_contacts``.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} campaign channel topic title event_on until_on n_times jamoat village venue partner_agency "
        f"partner programme output cost_amount currency languages {' '.join(_NUMBERS)} repeat_known is_estimate way "
        "told told_source reference link note n_files n_listed from_register doubts state confirmed_at confirmed_by "
        "reversed_at reverses corrects reason recorded_by"
    )
    policy: ClassVar[Policy] = Policy(
        view=(IsNot("state", EntryState.DRAFT) & FIGURES) | RECORDS,
        add=RECORDS,
        change=RECORDS,
        remove=Is("state", EntryState.DRAFT) & RECORDS,
    )
    facts: ClassVar[str] = (
        "id channel topic campaign event_on jamoat district agency partner_agency n_contacts n_women n_men n_girls "
        "n_boys n_repeat state confirmed_at reversed_at reverses changed_at"
    )
    facts_only: ClassVar[str] = "confirmed_at is not null"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="entries")
    channel = models.CharField(_("channel"), max_length=40, db_collation="C")
    topic = models.CharField(_("topic"), max_length=40, db_collation="C")
    title = models.CharField(_("title"), max_length=160, blank=True)
    event_on = models.DateField(_("day"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    # How often it was held or broadcast; a row that takes another back has the same number.
    n_times = models.PositiveSmallIntegerField(_("how often"), default=1)
    jamoat = models.ForeignKey("core.Place", on_delete=models.PROTECT, null=True, related_name="+")
    village = models.CharField(_("village"), max_length=80, blank=True)
    venue = models.CharField(_("house, school or square"), max_length=120, blank=True)
    partner_agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    partner = models.CharField(_("partner in words"), max_length=160, blank=True)
    programme = models.CharField(_("programme"), max_length=40, blank=True, db_collation="C")
    output = models.CharField(_("output or activity of the plan"), max_length=40, blank=True, db_collation="C")
    # Below nought in a row that takes another back, as all its numbers.
    cost_amount = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, choices=CURRENCIES, db_collation="C")
    languages = ArrayField(models.CharField(max_length=6), verbose_name=_("languages"), default=list, blank=True)
    n_contacts = models.IntegerField(_("contacts"))
    n_women = models.IntegerField(_("women"), default=0)
    n_men = models.IntegerField(_("men"), default=0)
    n_girls = models.IntegerField(_("girls"), default=0)
    n_boys = models.IntegerField(_("boys"), default=0)
    n_unknown = models.IntegerField(_("sex not known"), default=0)
    # Of those whose sex is not known.
    n_adults = models.IntegerField(_("adults, sex not known"), default=0)
    n_children = models.IntegerField(_("children, sex not known"), default=0)
    # Reached before; only where ``repeat_known``, otherwise 0.
    n_repeat = models.IntegerField(_("reached before"), default=0)
    repeat_known = models.BooleanField(default=False)
    is_estimate = models.BooleanField(_("estimated"), default=False)
    way = models.CharField(
        _("way of counting"), max_length=24, choices=[(key.value, COUNTINGS[key].name) for key in Way],
        db_collation="C",
    )  # fmt: skip
    # The numbers from which an estimate was computed, by their codes, as they were typed.
    told = models.JSONField(default=dict, blank=True)
    told_source = models.CharField(_("where the shares come from"), max_length=200, blank=True)
    reference = models.CharField(_("number of a paper"), max_length=120, blank=True)
    link = models.URLField(_("link"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    n_files = models.PositiveSmallIntegerField(default=0, editable=False)
    n_listed = models.PositiveSmallIntegerField(default=0, editable=False)
    from_register = models.BooleanField(default=False, editable=False)
    # What was unlikely and is meant so.
    doubts = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    state = models.CharField(
        _("state"), max_length=9, default=EntryState.DRAFT, db_collation="C",
        choices=[(key.value, STATE_NAMES[key]) for key in EntryState],
    )  # fmt: skip
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True, editable=False)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    # The entry instead of which this one was written.
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    # Why an entry was taken back; in the row that takes it back.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("entry")
        indexes = [
            models.Index(fields=["-event_on", "-id"], name="reach_entries_by_day"),
            models.Index(fields=["district", "-event_on", "-id"], name="reach_entries_of_district"),
            models.Index(fields=["campaign", "-event_on", "-id"], name="reach_entries_of_campaign"),
            models.Index(fields=["channel", "-event_on", "-id"], name="reach_entries_of_channel"),
            models.Index(fields=["owner", "-id"], name="reach_drafts_of_user", condition=Q(state="draft")),
        ]
        constraints = [
            models.CheckConstraint(
                name="reach_parts_are_all_contacts",
                condition=Q(n_contacts=F("n_women") + F("n_men") + F("n_girls") + F("n_boys") + F("n_unknown")),
            ),
            models.CheckConstraint(
                name="reach_ages_are_of_those_of_unknown_sex",
                condition=Q(reverses=None, n_unknown__gte=F("n_adults") + F("n_children"))
                | Q(reverses__isnull=False, n_unknown__lte=F("n_adults") + F("n_children")),
            ),
            models.CheckConstraint(
                name="reach_numbers_are_on_one_side_of_nought",
                condition=Q(reverses=None, n_repeat__lte=F("n_contacts")) & _NOT_BELOW
                | Q(reverses__isnull=False, n_repeat__gte=F("n_contacts")) & _NOT_ABOVE,
            ),
            models.CheckConstraint(
                name="reach_repeat_only_where_known", condition=Q(repeat_known=True) | Q(n_repeat=0)
            ),
            models.CheckConstraint(
                name="reach_ends_after_it_begins", condition=Q(until_on=None) | Q(until_on__gte=F("event_on"))
            ),
            models.CheckConstraint(name="reach_happened_at_least_once", condition=Q(n_times__gte=1)),
            models.CheckConstraint(
                name="reach_cost_has_its_currency",
                condition=Q(cost_amount=None, currency="") | Q(cost_amount__isnull=False) & ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="reach_jamoat_lies_in_a_district", condition=Q(jamoat=None) | Q(district__isnull=False)
            ),
            models.CheckConstraint(
                name="reach_state_has_its_moment",
                condition=Q(state="draft", confirmed_at=None, confirmed_by=None, reversed_at=None, reverses=None)
                | Q(state="confirmed", confirmed_at__isnull=False, confirmed_by__isnull=False, reversed_at=None,
                    reverses=None)
                | Q(state="reversed", confirmed_at__isnull=False, confirmed_by__isnull=False,
                    reversed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reach_is_taken_back_with_a_reason", condition=Q(reverses=None) | ~Q(reason="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or self.channel_name

    @property
    def audit_label(self) -> str:
        """The channel and the day."""
        return f"{self.channel} {self.event_on}"

    @property
    def channel_name(self) -> str:
        """The channel in the reader's language."""
        found = channels().get(self.channel)
        return found.title_in(get_language() or "en") if found else self.channel

    @property
    def topic_name(self) -> str:
        """The topic in the reader's language."""
        found = topics().get(self.topic)
        return found.title_in(get_language() or "en") if found else self.topic

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.state == EntryState.DRAFT

    @property
    def is_reversal(self) -> bool:
        """Whether it takes another entry back."""
        return self.reverses_id is not None

    @property
    def n_first(self) -> int | None:
        """First contacts, where it is known how many had been reached before."""
        return self.n_contacts - self.n_repeat if self.repeat_known else None

    @property
    def has_evidence(self) -> bool:
        """Whether anything shows it: a file, a link, the number of a paper, or the list of those who came."""
        return bool(self.n_files or self.link or self.reference or self.n_listed)


class EntryRecord(ScopedRecord):
    """A row about people of an entry: it lies where the entry lies. Make rows by ``actions.entries.within``."""

    district: Any = models.ForeignKey("core.Place", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(ReachEntry, on_delete=models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def audit_label(self) -> str:
        """The channel and the day; never a person."""
        return self.entry.audit_label


OPEN_FILES = Is("has_names", False) & (HoldsSomewhere(Verb.RESULTS_OPEN) | HoldsSomewhere(Verb.OUTREACH_RECORD))
"""Files on which no name stands: whoever checks figures, or records them, may look at them."""


class ReachFile(EntryRecord):
    """A file that shows an entry: a photograph, a sheet, a certificate. It lies sealed beside the database.

    A sheet with names (``has_names``) is for those who record in its district and may see who learns.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="caption",
        technical=f"{SCOPE_FIELDS} entry has_names media_type n_bytes sha256 recorded_by removed_at removed_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=OPEN_FILES | RECORDS,
        add=Is("has_names", False) & HoldsSomewhere(Verb.OUTREACH_RECORD) | RECORDS,
        change=Is("has_names", False) & HoldsSomewhere(Verb.OUTREACH_RECORD) | RECORDS,
        data_class=DataClass.LEARNING,
    )

    has_names = models.BooleanField(_("names stand on it, or faces are seen"), default=True)
    caption = models.CharField(_("what it shows"), max_length=160, blank=True)
    media_type = models.CharField(max_length=80, db_collation="C")
    n_bytes = models.PositiveIntegerField()
    # Of the file as it is given out; what lies on the disk is sealed.
    sha256 = models.CharField(max_length=64, db_collation="C")
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("evidence")
        constraints = [
            models.CheckConstraint(name="reach_file_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="reach_file_is_not_empty", condition=Q(n_bytes__gt=0)),
            models.CheckConstraint(
                name="reach_file_taken_away_by_somebody",
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "file"
