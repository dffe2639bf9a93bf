"""Who left, came back, is banned from returning, and what became of the tie to those at home."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.dates import Precision
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh, keep_changed, locked_family, standing
from paivand.registry.actions.people import note_change
from paivand.registry.actions.registration import lying_in
from paivand.registry.models import Absence, Family, FamilyMember, MigrationEpisode, Person, ReentryBan
from paivand.registry.rules.countries import is_country
from paivand.registry.rules.drafts import AbsenceDraft, BanDraft, MigrationDraft, ReturnDraft
from paivand.registry.rules.migration import (
    ENDS,
    AbsenceStatus,
    ReturnKind,
    Stay,
    first_day,
    most_serious,
    overlap,
    returned_before_leaving,
)
from paivand.registry.rules.occupations import is_occupation

# --- stays abroad ---------------------------------------------------------------------------------------------------


@action(Verb.FAMILY_EDIT, on="member")
def record_departure(
    *, member: FamilyMember, draft: MigrationDraft, by: User, came_back: ReturnDraft | None = None
) -> MigrationEpisode:
    """Write down that a member left; with ``came_back``, a stay that is over.

    Raises:
        Refused: ``twice`` when this very departure is written down already; ``abroad`` when the person was abroad then;
            ``deceased``, ``date``, ``country`` or ``occupation`` when it cannot be.
    """
    family = _locked_file(member.person, member)
    demand_possible_stay(member.person, draft, came_back)
    others = _stays(member.person)
    episode = lying_in(family.scope, MigrationEpisode(person_id=member.person_id))
    fill_episode(episode, draft, came_back)
    for other in others:
        if (other.departed_on, other.country, other.returned_on) == (
            episode.departed_on, episode.country, episode.returned_on,
        ):  # fmt: skip
            raise Refused(_("This departure is written down already."), "twice")
    _demand_one_place(episode, others)
    if came_back is None:
        _demand_alive(member.person)
    episode.save()
    if came_back is None:
        note_change(member.person, "lives")
    remark(family=family.code, over=came_back is not None)
    return episode


@action(Verb.FAMILY_EDIT, on="episode")
def record_return(
    *, episode: MigrationEpisode, draft: ReturnDraft, by: User, version: int | None = None
) -> MigrationEpisode:
    """Write down that somebody came back, or that the stay abroad ended in another way."""
    family = _locked_file(episode.person)
    locked = MigrationEpisode.objects.select_for_update().select_related("person").get(pk=episode.pk)
    if version is not None:
        demand_fresh(locked, version)
    if locked.returned_on:
        raise Refused(_("The return is written down already. Change the stay instead."), "already")
    if draft.kind is not ReturnKind.DIED_ABROAD:
        _demand_alive(locked.person)
    _return(locked, draft)
    _demand_return_after_leaving(locked)
    _demand_one_place(locked, _stays(locked.person))
    locked.version += 1
    locked.save()
    note_change(locked.person, "lives")
    remark(family=family.code)
    return locked


@action(Verb.FAMILY_EDIT, on="episode")
def edit_episode(
    *, episode: MigrationEpisode, version: int, draft: MigrationDraft, by: User, came_back: ReturnDraft | None = None
) -> MigrationEpisode:
    """Correct a stay as a whole; without ``came_back`` it is not over."""
    family = _locked_file(episode.person)
    locked = MigrationEpisode.objects.select_for_update().select_related("person").get(pk=episode.pk)
    demand_fresh(locked, version)
    demand_possible_stay(locked.person, draft, came_back)
    was_over = locked.returned_on is not None
    stood = standing(locked)
    changed = fill_episode(locked, draft, came_back)
    _demand_one_place(locked, _stays(locked.person))
    keep_changed(locked, stood)
    if was_over != (locked.returned_on is not None):
        note_change(locked.person, "lives")
    remark(family=family.code, changed=changed)
    return locked


@action(Verb.FAMILY_EDIT, on="episode")
def remove_episode(*, episode: MigrationEpisode, reason: str, by: User) -> Family:
    """Take away a stay that never was; the audit keeps that and why."""
    if not reason.strip():
        raise Refused(_("Say why this stay is taken away."), "reason", field="reason")
    family = _locked_file(episode.person)
    was_over = episode.returned_on is not None
    episode.delete()
    if not was_over:
        note_change(episode.person, "lives")
    return family


def demand_possible_stay(person: Person, draft: MigrationDraft, came_back: ReturnDraft | None = None) -> None:
    """Raise a Refused that names the first thing about a stay abroad that cannot be."""
    today = timezone.localdate()
    if not is_country(draft.country):
        raise Refused(_("Choose the country from the list."), "country", field="country")
    if draft.occupation and not is_occupation(draft.occupation):
        raise Refused(_("Choose the occupation from the list."), "occupation", field="occupation")
    if draft.departed_on > today:
        raise Refused(_("The departure lies in the future. Check it."), "date", field="departed_on")
    if person.birth_on and draft.departed_on < person.birth_on:
        raise Refused(_("The departure lies before the person's birth. Check it."), "date", field="departed_on")
    if came_back and came_back.returned_on > today:
        raise Refused(_("The return lies in the future. Check it."), "date", field="returned_on")


def fill_episode(episode: MigrationEpisode, draft: MigrationDraft, came_back: ReturnDraft | None) -> list[str]:
    """Copy what was told onto the stay; returns the names of the fields that changed."""
    new = {
        "country": draft.country,
        "city": draft.city,
        "occupation": draft.occupation,
        "work": draft.work,
        "departed_on": first_day(draft.departed_on, draft.departed_precision),
        "departed_precision": str(draft.departed_precision),
        "legal_status": str(draft.legal_status),
        "note": draft.note,
    }
    before = {name: getattr(episode, name) for name in (*new, "returned_on", "returned_precision", "return_kind")}
    for name, value in new.items():
        setattr(episode, name, value)
    if came_back:
        _return(episode, came_back)
        _demand_return_after_leaving(episode)
    else:
        episode.returned_on, episode.returned_precision, episode.return_kind = None, "", ""
    return [name for name, value in before.items() if getattr(episode, name) != value]


def _return(episode: MigrationEpisode, draft: ReturnDraft) -> None:
    returned = first_day(draft.returned_on, draft.precision)
    if draft.precision != Precision.DAY and first_day(episode.departed_on, draft.precision) == returned:
        returned = episode.departed_on  # "the same month": the first day of it may lie before the departure
    episode.returned_on = returned
    episode.returned_precision = draft.precision
    episode.return_kind = draft.kind


def _demand_return_after_leaving(episode: MigrationEpisode) -> None:
    today = timezone.localdate()
    if episode.returned_on and episode.returned_on > today:
        raise Refused(_("The return lies in the future. Check it."), "date", field="returned_on")
    if returned_before_leaving(_stay(episode)) or (episode.returned_on and episode.returned_on < episode.departed_on):
        raise Refused(_("The return lies before the departure. Check both."), "date", field="returned_on")


def _demand_one_place(episode: MigrationEpisode, others: list[MigrationEpisode]) -> None:
    """Raise a Refused when the person was in another country at the same time."""
    for other in others:
        if other.pk != episode.pk and overlap(_stay(episode), _stay(other)):
            if other.returned_on is None:
                raise Refused(
                    _("This person is abroad already. Write down the return first, or change that stay."), "abroad"
                )
            raise Refused(
                _("This person was abroad at that time, by another entry. Check the days of both."), "abroad",
                field="departed_on",
            )  # fmt: skip


def _stay(episode: MigrationEpisode) -> Stay:
    returned = Precision(episode.returned_precision) if episode.returned_precision else Precision.DAY
    return Stay(episode.departed_on, Precision(episode.departed_precision), episode.returned_on, returned)


def _stays(person: Person) -> list[MigrationEpisode]:
    return list(MigrationEpisode.objects.filter(_one_person("person", person)))


# --- bans -----------------------------------------------------------------------------------------------------------


@action(Verb.FAMILY_EDIT, on="member")
def record_ban(*, member: FamilyMember, draft: BanDraft, by: User) -> ReentryBan:
    """Write down that a member may not enter a country again."""
    _locked_file(member.person, member)
    _demand_possible_ban(draft)
    ban = lying_in(member.scope, ReentryBan(person_id=member.person_id))
    fill_ban(ban, draft)
    ban.save()
    return ban


@action(Verb.FAMILY_EDIT, on="ban")
def edit_ban(*, ban: ReentryBan, version: int, draft: BanDraft, by: User) -> ReentryBan:
    """Correct what is known of a ban."""
    _locked_file(ban.person)
    locked = ReentryBan.objects.select_for_update().get(pk=ban.pk)
    demand_fresh(locked, version)
    _demand_possible_ban(draft)
    stood = standing(locked)
    remark(changed=fill_ban(locked, draft))
    keep_changed(locked, stood)
    return locked


@action(Verb.FAMILY_EDIT, on="ban")
def lift_ban(*, ban: ReentryBan, lifted_on: date, by: User) -> ReentryBan:
    """Write down that a ban was lifted: it ends on that day, and stays in the history."""
    _locked_file(ban.person)
    locked = ReentryBan.objects.select_for_update().get(pk=ban.pk)
    if lifted_on > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="lifted_on")
    if locked.until_on and locked.until_on <= lifted_on:
        raise Refused(_("This ban has ended before that day."), "already")
    locked.until_on, locked.for_life = lifted_on, False
    locked.version += 1
    locked.save()
    return locked


def _demand_possible_ban(draft: BanDraft) -> None:
    if not is_country(draft.country):
        raise Refused(_("Choose the country from the list."), "country", field="country")
    if draft.learnt_on > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="learnt_on")
    if draft.for_life and draft.until_on:
        raise Refused(_("A ban for life has no last day. Leave one of the two empty."), "date", field="until_on")


def fill_ban(ban: ReentryBan, draft: BanDraft) -> list[str]:
    """Copy the draft onto the ban; returns the names of the fields that changed."""
    new = {name: getattr(draft, name) for name in ("country", "learnt_on", "ground", "until_on", "for_life", "note")}
    changed = [name for name, value in new.items() if getattr(ban, name) != value]
    for name, value in new.items():
        setattr(ban, name, value)
    return changed


# --- the tie to the family ------------------------------------------------------------------------------------------


@action(Verb.FAMILY_EDIT, on="family")
def record_absence(*, family: Family, draft: AbsenceDraft, by: User) -> Absence:
    """Write down what a migrant's tie to the family is from a day on.

    The status that held before stays in the history. One that began before the present one goes into the history at
    once. The family's row then carries the gravest of the statuses that lists may show.

    Raises:
        Refused: ``twice`` when exactly this is written down already; ``member``, ``date``, ``detail`` or ``deceased``
            when it cannot be.
    """
    locked = locked_family(family)
    files = _files(locked)
    _demand_possible_absence(draft, files)
    person = Person.objects.get(pk=draft.person_id) if draft.person_id else None
    same = _one_person("person", person) if person else Q(person=None)
    told = list(Absence.objects.filter(same, family__in=files).select_for_update())
    present = max((row for row in told if row.is_current), key=lambda row: row.since_on, default=None)
    absence = lying_in(locked.scope, Absence(family=locked, recorded_by=by))
    fill_absence(absence, draft)
    for row in told:
        if (row.status, row.since_on, row.told_by, row.note) == (
            absence.status, absence.since_on, absence.told_by, absence.note,
        ):  # fmt: skip
            raise Refused(_("This is written down already."), "twice")
    if present and present.since_on > draft.since_on:
        absence.is_current = False
    else:
        _demand_not_ended(present)
        for row in told:
            if row.is_current:
                row.is_current = False
                row.version += 1
                row.save()
    absence.save()
    _carry(locked, files)
    if person is not None and absence.is_current and (present is None or present.status != absence.status):
        note_change(person, "absence")
    remark(current=absence.is_current)
    return absence


@action(Verb.FAMILY_EDIT, on="absence")
def edit_absence(*, absence: Absence, version: int, draft: AbsenceDraft, by: User) -> Absence:
    """Correct a slip in what was written down; a change of the tie itself is a new entry."""
    file = Family.objects.select_related("merged_into").get(pk=absence.family_id)
    family = locked_family(file.merged_into or file)
    files = _files(family)
    locked = Absence.objects.select_for_update().select_related("family").get(pk=absence.pk)
    demand_fresh(locked, version)
    _demand_possible_absence(draft, files)
    if draft.person_id != locked.person_id:
        raise Refused(_("The entry belongs to another person. Write down a new one."), "member", field="person")
    before, stood = locked.status, standing(locked)
    changed = fill_absence(locked, draft)
    keep_changed(locked, stood)
    same = _one_person("person", locked.person) if locked.person else Q(person=None)
    told = list(Absence.objects.filter(same, family__in=files).order_by("since_on", "created_at"))
    was = next((row.status if row.pk != locked.pk else before for row in told if row.is_current), "")
    for current in (False, True):  # the index allows one current row at every moment
        for row in told:
            if row.is_current != current and (row == told[-1]) is current:
                row.is_current = current
                row.save()
    _carry(family, files)
    if locked.person is not None and told[-1].status != was:
        note_change(locked.person, "absence")
    locked.refresh_from_db()
    remark(changed=changed)
    return locked


def carried_absence(family: Family) -> str:
    """The status that the row of ``family`` carries for lists, from all current ones in it and in joined files."""
    found = Absence.objects.filter(family__in=_files(family), is_current=True)
    return most_serious(found.values_list("status", flat=True))


def _carry(family: Family, files: list[Family]) -> None:
    carried = carried_absence(family)
    if family.absence_status != carried:
        family.absence_status = carried
        family.save(update_fields=["absence_status", "changed_at"])


def _demand_possible_absence(draft: AbsenceDraft, files: list[Family]) -> None:
    if draft.since_on > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="since_on")
    if draft.person_id:
        member = FamilyMember.objects.filter(family__in=files, person_id=draft.person_id)
        if not member.exists():
            raise Refused(_("This person does not belong to the family. Choose again."), "member", field="person")
    belongs = {
        "channel": (draft.channel, AbsenceStatus.DIVORCED_RELIGIOUS),
        "search_asked": (draft.search_asked, AbsenceStatus.MISSING),
        "body_returned": (draft.body_returned, AbsenceStatus.DECEASED),
        "compensation": (draft.compensation, AbsenceStatus.DECEASED),
    }
    for name, (value, status) in belongs.items():
        if value is not None and draft.status is not status:
            raise Refused(_("This answer does not belong to the chosen status. Leave it empty."), "detail", field=name)


def fill_absence(absence: Absence, draft: AbsenceDraft) -> list[str]:
    """Copy the draft onto the absence; returns the names of the fields that changed."""
    new = {
        "person_id": draft.person_id,
        "status": str(draft.status),
        "since_on": draft.since_on,
        "told_by": draft.told_by,
        "channel": str(draft.channel or ""),
        "search_asked": draft.search_asked,
        "body_returned": draft.body_returned,
        "compensation": draft.compensation,
        "note": draft.note,
    }
    changed = [name for name, value in new.items() if getattr(absence, name) != value]
    for name, value in new.items():
        setattr(absence, name, value)
    return changed


def _demand_not_ended(present: Absence | None) -> None:
    if present and present.status in ENDS:
        raise Refused(
            _("This person is written down as deceased. If that was a mistake, correct that entry."), "deceased",
            field="status",
        )  # fmt: skip


def _demand_alive(person: Person) -> None:
    """Raise a Refused when the person is written down as deceased."""
    _demand_not_ended(Absence.objects.filter(_one_person("person", person), is_current=True, status__in=ENDS).first())


# --- files and records that were joined -----------------------------------------------------------------------------


def _locked_file(person: Person, member: FamilyMember | None = None) -> Family:
    """The file in which a person's story goes on, locked; refused where it is closed."""
    if member is None:
        found = FamilyMember.objects.filter(_one_person("person", person))
        rows = sorted(
            found, key=lambda row: (row.until_on is not None, not row.family.is_active, -row.from_on.toordinal())
        )
        if not rows:
            raise Refused(_("This person belongs to no family here."), "member")
        member = rows[0]
    file = Family.objects.select_related("merged_into").get(pk=member.family_id)
    return locked_family(file.merged_into or file)


def _files(family: Family) -> list[Family]:
    """The file and those that were joined with it."""
    return [family, *Family.objects.filter(merged_into=family)]


def _one_person(path: str, person: Person) -> Q:
    """Rows about any record of a person, as merges joined them."""
    kept = person.merged_into_id or person.pk
    return Q(**{f"{path}_id": kept}) | Q(**{f"{path}__merged_into_id": kept})
