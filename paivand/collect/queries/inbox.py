"""Forms from the field, as whoever asks may see them: her own, those of her district, those of surveys."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.models import (
    Form,
    Submission,
    SubmissionContent,
    SubmissionFile,
    SubmissionKey,
    SubmissionStep,
)
from paivand.collect.queries.carried import Carried
from paivand.collect.queries.field_lists import NAMES, field_list
from paivand.collect.queries.field_rows import SOURCES
from paivand.collect.queries.field_rows.source import Asked, Source
from paivand.collect.queries.members import PEOPLE, household
from paivand.collect.rules.answered import Kind, Line, Reading, answer_of, around, chosen, lines_with_mended
from paivand.collect.rules.concerned import KeyKind
from paivand.collect.rules.filled import Filled, read_filled
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import TO_DO, Problem
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Family, FamilyMember, Person

PAGE = 25
AGAIN_AT_ONCE = 100
"""Forms that are run again with one press; the next press takes the next ones."""
MOST_OFFERED = 300
"""Entries of a list that a mended answer may be chosen from."""
_OPEN = (SubmissionState.WAITING, *sorted(TO_DO))
UNOFFERED = str(Problem.UNOFFERED)


@dataclass(frozen=True)
class Filters:
    """What of the inbox is shown; ``state`` empty: what waits for a person."""

    state: str = ""
    form: str = ""
    sender: uuid.UUID | None = None
    on: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.state or self.form or self.sender or self.on)


def _found(by: User, filters: Filters) -> QuerySet[Submission]:
    found = Submission.objects.seen_by(by)
    found = found.filter(state=filters.state) if filters.state else found.filter(state__in=sorted(TO_DO))
    if filters.form:
        found = found.filter(form__code=filters.form)
    if filters.sender:
        found = found.filter(owner_id=filters.sender)
    if filters.on:
        begin = timezone.make_aware(datetime.combine(filters.on, time()))
        found = found.filter(received_at__gte=begin, received_at__lt=begin + timedelta(days=1))
    return found


def submissions(by: User, filters: Filters, *, after: str = "") -> Page[Submission]:
    """A page of the inbox, the newest first."""
    found = _found(by, filters).select_related("form", "owner", "district").order_by("-id")
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def families_told(by: User, rows: Sequence[Submission]) -> dict[uuid.UUID, list[str]]:
    """The codes of the families that forms are about, as far as ``by`` sees them: many forms have the same title."""
    named = SubmissionKey.objects.seen_by(by).filter(submission_id__in=[row.pk for row in rows], kind=KeyKind.FAMILY)
    pairs = list(named.order_by("id").values_list("submission_id", "key"))
    keys = {family for _sent, family in pairs}
    codes = {row.pk: row.code for row in Family.objects.seen_by(by).filter(pk__in=keys).only("id", "number")}
    found: dict[uuid.UUID, list[str]] = {}
    for sent, family in pairs:
        if family in codes:
            found.setdefault(sent, []).append(codes[family])
    return found


def open_counts(by: User) -> dict[str, int]:
    """How many forms are on their way, to decide and to mend. Those that came to an end are not counted.

    Under ``UNOFFERED`` stands how many of those to decide are answers to surveys from people outside of them.
    """
    found = Submission.objects.seen_by(by).filter(state__in=_OPEN).values("state")
    outside = Count("pk", filter=Q(problem=Problem.UNOFFERED))
    counted = {row["state"]: row for row in found.annotate(n=Count("pk"), outside=outside)}
    told = {str(state): counted[state]["n"] if state in counted else 0 for state in _OPEN}
    return {**told, UNOFFERED: sum(row["outside"] for row in counted.values())}


@dataclass(frozen=True)
class FieldDesk:
    """How many forms wait for a person: one's own, and those of others that one may mend."""

    own: int
    others: int


def field_desk(by: User) -> FieldDesk | None:
    """What of the field lies on the desk of ``by``; None when nothing waits."""
    found = Submission.objects.seen_by(by).filter(state__in=sorted(TO_DO))
    if not by.reach(Verb.FORM_MEND, DataClass.FIELD):
        found = found.filter(owner_id=by.pk)
    counted = found.aggregate(own=Count("pk", filter=Q(owner_id=by.pk)), all=Count("pk"))
    return FieldDesk(counted["own"], counted["all"] - counted["own"]) if counted["all"] else None


def senders(by: User) -> list[User]:
    """Whose forms wait for a person, for the filter; at most a hundred."""
    keys = Submission.objects.seen_by(by).filter(state__in=_OPEN).values_list("owner_id", flat=True).distinct()
    return list(User.objects.filter(pk__in=list(keys[:100])).order_by("sort_key", "id"))


def forms_sent() -> list[Form]:
    """All forms that there are, for the filter."""
    return list(Form.objects.order_by("code").defer("districts"))


def to_run_again(by: User, filters: Filters) -> list[Submission]:
    """Forms to mend that fit the choice and that ``by`` may run again, the oldest first.

    With them the answers of people to whom a survey was not offered: it may be by now.
    """
    found = _found(by, Filters("", filters.form, filters.sender, filters.on))
    found = found.filter(Q(state=SubmissionState.MEND) | Q(problem=Problem.UNOFFERED))
    reach = by.reach(Verb.FORM_MEND, DataClass.FIELD)
    rows = list(found.order_by("id")[:AGAIN_AT_ONCE])
    return [row for row in rows if row.owner_id == by.pk or reach.covers(row)]


def may_mend(by: User, sent: Submission) -> bool:
    """Whether ``by`` may do something with this form: it is her own, or lies where she mends."""
    if Verb.FORM_FILL not in by.verbs:
        return False
    return sent.owner_id == by.pk or by.reach(Verb.FORM_MEND, DataClass.FIELD).covers(sent)


def may_decide(by: User, sent: Submission) -> bool:
    """Whether ``by`` decides what is held. Nobody lets her own answer count where the survey was not offered to her."""
    if sent.problem == Problem.UNOFFERED and sent.owner_id == by.pk:
        return False
    return may_mend(by, sent)


def submission_seen_by(by: User, pk: uuid.UUID) -> Submission | None:
    """One form from the field."""
    related = ("form", "form_version", "owner", "district", "replaced_by", "device")
    found: Submission | None = Submission.objects.seen_by(by).filter(pk=pk).select_related(*related).first()
    return found


def content_seen_by(by: User, sent: Submission) -> SubmissionContent | None:
    """What the form says, or None once it is erased.

    Whoever reads a survey has its answers in a table, where places are coarse; the form as it came is for its sender
    and for those who mend.
    """
    if sent.owner_id != by.pk and not by.reach(Verb.FORM_MEND, DataClass.FIELD).covers(sent.scope):
        return None
    found: SubmissionContent | None = SubmissionContent.objects.seen_by(by).filter(submission=sent).first()
    return found


def files_of(by: User, sent: Submission) -> list[SubmissionFile]:
    """The files that came with it."""
    return list(SubmissionFile.objects.seen_by(by).filter(submission=sent).order_by("name"))


def file_seen_by(by: User, sent: Submission, file_id: uuid.UUID) -> SubmissionFile | None:
    """One of them."""
    found: SubmissionFile | None = SubmissionFile.objects.seen_by(by).filter(submission=sent, pk=file_id).first()
    return found


def steps_of(by: User, sent: Submission) -> list[SubmissionStep]:
    """The way of the form, from its arrival on."""
    return list(SubmissionStep.objects.seen_by(by).filter(submission=sent).select_related("by").order_by("id"))


def older_of(by: User, sent: Submission) -> Submission | None:
    """The form that this one is an edit of: of those before it the one that was taken in, else the latest."""
    first = older = _edited(by, sent)
    while older is not None and older.state != SubmissionState.TAKEN:
        older = _edited(by, older)
    return older or first


def _edited(by: User, sent: Submission) -> Submission | None:
    if not sent.deprecated_id:
        return None
    found = Submission.objects.seen_by(by).filter(form_id=sent.form_id, instance_id=sent.deprecated_id)
    older: Submission | None = found.select_related("form", "form_version").first()
    return older


# --- what it says ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A filled form with all that is needed to show it."""

    filled: Filled
    mended: Mapping[str, str]
    questions: Sequence[Mapping[str, Any]]
    named: Mapping[tuple[str, str], str]
    wanted: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """What it names of each list, as it came and as it was mended."""

    def lines(self, language: str, *, unanswered: bool = False) -> list[Line]:
        """The form line by line, with what was mended."""
        reading = Reading(language, self.named, unanswered)
        return lines_with_mended(self.filled, self.mended, self.questions, reading)


def said_by(by: User, sent: Submission) -> Said | None:
    """What a form says, in words for ``by``; None once it is erased."""
    content = content_seen_by(by, sent)
    if content is None:
        return None
    filled, mended = read_filled(bytes(content.xml)), dict(content.mended or {})
    questions = sent.form_version.questions
    now = filled.mended(mended) if mended else filled
    wanted = chosen(filled, questions)
    for name, values in chosen(now, questions).items():
        wanted.setdefault(name, set()).update(values)
    return Said(filled, mended, questions, names_in_lists(by, wanted), wanted)


def names_in_lists(by: User, wanted: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], str]:
    """What chosen entries of lists are called, as far as ``by`` may know; also of those that left the lists since."""
    named: dict[tuple[str, str], str] = {}
    for name, chosen_ones in wanted.items():
        values = set(chosen_ones)
        if name in _NAMED:
            told = _NAMED[name](by, values)
        elif name in _DECLARED:
            told = _declared(by, name, wanted)
        else:
            told = _known(by, name, values)
        named.update({(name, value): words for value, words in told.items() if value in values})
    return named


def _known(by: User, name: str, values: set[str]) -> dict[str, str]:
    """The labels that entries have on the list of whoever has them there, for a reader who sees them."""
    source = SOURCES.get(name)
    keys = _keys(values)
    if source is None or source.known is None or not keys:
        return {}
    return _labelled(by, source, source.known(by).filter(pk__in=keys).values_list(*source.fields))


def _declared(by: User, name: str, wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Topics and practices have their words from the course: that of the group, session or person in the same form."""
    found: dict[str, None] = {}
    for other, path in _COURSES:
        source, keys = SOURCES[other], _keys(wanted.get(other, ()))
        if keys and source.known is not None:
            found.update(dict.fromkeys(source.known(by).filter(pk__in=keys).values_list(path, flat=True)))
    return _labelled(by, SOURCES[name], [(code,) for code in found])


def _labelled(by: User, source: Source, rows: Iterable[Any]) -> dict[str, str]:
    at = source.columns.index("label")
    told: dict[str, str] = {}
    for row in source.shape(Asked(by, Carried(by), timezone.localdate()), rows):
        told.setdefault(str(row[0]), str(row[at]))
    return told


def offered_in_list(by: User, name: str, wanted: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """The entries of a list among which an answer is chosen anew, with their labels.

    What belongs to a group or a course is that of the group which the form names, as on the phone that filled it in,
    whoever leads it; people are those of the family that it names. Otherwise they are those of the reader's own list,
    or what she sees where she has none.

    Args:
        wanted: what the form names of each list.
    """
    if name not in NAMES:
        return []
    if name in _DECLARED and (declared := _declared(by, name, wanted)):
        return list(declared.items())
    if name == PEOPLE and (members := _members(by, _keys(wanted.get("families", ())))):
        return members
    source, groups = SOURCES[name], _keys(wanted.get("groups", ()))
    known = source.known(by).order_by("pk") if source.known is not None else None
    if known is not None and groups and "group" in source.columns:
        return _entries(by, source, known.filter(group_id__in=groups))
    found = field_list(by, name)
    if known is not None and not found.rows:
        return _entries(by, source, known)
    at_name, at_label = found.columns.index("name"), found.columns.index("label")
    return [(row[at_name], row[at_label]) for row in found.rows[:MOST_OFFERED]]


def _members(by: User, families: list[uuid.UUID]) -> list[tuple[str, str]]:
    if not families or not by.sees(DataClass.IDENTITY):
        return []
    return [(str(person.pk), person.full_name) for person in household(by, families)]


def _entries(by: User, source: Source, rows: Any) -> list[tuple[str, str]]:
    return list(_labelled(by, source, rows.values_list(*source.fields)[:MOST_OFFERED]).items())


def _families(by: User, values: set[str]) -> dict[str, str]:
    found = Family.objects.seen_by(by).filter(pk__in=_keys(values)).only("id", "number")
    return {str(row.pk): row.code for row in found}


def _people(by: User, values: set[str]) -> dict[str, str]:
    if not by.sees(DataClass.IDENTITY):
        return {}
    return {str(row.pk): row.full_name for row in Person.objects.seen_by(by).filter(pk__in=_keys(values))}


def _places(by: User, values: set[str]) -> dict[str, str]:
    return {row.pk: row.name for row in Place.objects.filter(pk__in=values)}


_NAMED = {"families": _families, "people": _people, "places": _places}
_DECLARED = frozenset({"topics", "practices"})
_COURSES = (("groups", "course"), ("sessions", "group__course"), ("follow_ups", "group__course"))
"""Lists whose entries tell of a course, and where."""


def _keys(values: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


@dataclass(frozen=True)
class Difference:
    """A question with two answers: the one that stands, and the one that was sent.

    Args:
        within: the repetition in which it is asked, if any.
        standing, sent: None where there is no answer.
        month: instead of a question, the month that it is about.
        standing_more, sent_more: what belongs to the answer: a currency, a remark.
    """

    label: str
    standing: Line | None
    sent: Line | None
    within: Line | None = None
    month: date | None = None
    standing_more: str = ""
    sent_more: str = ""


def what_differs(by: User, sent: Submission, language: str) -> list[Difference]:
    """For a form that meets something else in the file: each question with both answers, in the reader's words."""
    if sent.problem != Problem.CONFLICT:
        return []
    found = [one for one in (sent.problem_words or {}).get("found") or [] if "kept" in one]
    questions = sent.form_version.questions
    lists = {one["path"]: str(one.get("list") or "") for one in questions}
    wanted = chosen(said.filled, questions) if (said := said_by(by, sent)) else {}
    for one in found:
        if lists.get(one["path"]):
            wanted.setdefault(lists[one["path"]], set()).update(f"{one['kept']} {one['sent']}".split())
    reading = Reading(language, names_in_lists(by, wanted), unanswered=True)
    return [_difference(one, questions, reading) for one in found]


def _difference(one: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], reading: Reading) -> Difference:
    path = str(one["path"])
    standing, sent = (
        answer_of(questions, path, str(one[side]), reading)
        or Line(Kind.ANSWER, path, "", told=(gettext(str(one[side])),) if one[side] else ())
        for side in ("kept", "sent")
    )
    month = one.get("month")
    return Difference(
        str(one.get("label") or standing.label), standing, sent, month=date.fromisoformat(month) if month else None,
        standing_more=str(one.get("kept_more") or ""), sent_more=str(one.get("sent_more") or ""),
    )  # fmt: skip


def what_was_changed(before: Sequence[Line], now: Sequence[Line]) -> list[Difference]:
    """Two forms line by line, where they differ, in the order of the newer one."""
    was = {line.path: line for line in before if line.is_answer}
    there = {line.path: line for line in now if line.is_answer}
    found = []
    for path in [*there, *(path for path in was if path not in there)]:
        old, new = was.get(path), there.get(path)
        if (old.value if old else "") != (new.value if new else ""):
            label = (new or was[path]).label
            found.append(Difference(label, old, new, within=around(now if new else before, path)))
    return found


@dataclass(frozen=True)
class Registered:
    """A registered family that a form may be about, with its members, and what speaks for it."""

    family: Family
    members: list[FamilyMember]
    found: list[Mapping[str, Any]]

    @property
    def matched(self) -> frozenset[str]:
        """The people in it that somebody of the form may be."""
        return frozenset(str(one.get("person")) for one in self.found)


def registered_alike(by: User, sent: Submission) -> list[Registered]:
    """The registered families that a held registration may be the same as, the likeliest first."""
    found = [one for one in (sent.problem_words or {}).get("found") or [] if one.get("family")]
    keys = list(dict.fromkeys(one["family"] for one in found))
    families = {
        str(row.pk): row
        for row in Family.objects.seen_by(by).filter(pk__in=_keys(keys)).select_related("jamoat", "district", "head")
    }
    members: dict[str, list[FamilyMember]] = {}
    present = FamilyMember.objects.seen_by(by).filter(family_id__in=list(families), until_on=None)
    for member in present.select_related("person").order_by("created_at", "id"):
        members.setdefault(str(member.family_id), []).append(member)
    return [
        Registered(families[key], members.get(key, []), [one for one in found if one["family"] == key])
        for key in keys
        if key in families
    ]


@dataclass(frozen=True)
class SentPerson:
    """Somebody of a registration that was sent: the whole name, and the answer that tells the birth."""

    name: str
    born: Line | None


_NAME = ("family_name", "given_name", "father_name")
_BORN = ("birth_day", "birth_month", "birth_year", "age")


def sent_home(lines: Sequence[Line]) -> list[Line]:
    """Where the family of a registration lives."""
    return [line for line in lines if line.path in {"place/jamoat", "place/village"} and line.value]


def sent_people(lines: Sequence[Line]) -> list[SentPerson]:
    """The people of a registration, the head first, to be held against those of a registered family."""
    told: dict[str, dict[str, Line]] = {}
    for line in lines:
        of, _slash, name = line.path.rpartition("/")
        if line.is_answer and (of == "head" or of.startswith("members[")):
            told.setdefault(of, {})[name] = line
    return [
        SentPerson(
            " ".join(one[part].words for part in _NAME if part in one),
            next((one[part] for part in _BORN if part in one), None),
        )
        for one in told.values()
    ]
