"""What lies in the demonstration, read from inside of it: much of it is sealed, and only the program can open it.

Run in the surroundings of the demonstration, it writes JSON by user: ``carried`` the lists that a phone gets whose page
is in Tajik, ``stood`` what became of each form that a browser sent. As the worker, with her rights and no others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]

Told = dict[str, Any]


def inside(environ: Mapping[str, str], *asked: str) -> Told:
    """The answer of this module, run beside the demonstration."""
    run = subprocess.run(
        [sys.executable, "-c", "from tests.browser.standing import answer; answer()", *asked],
        cwd=ROOT, env=dict(environ), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return cast(Told, json.loads(run.stdout.splitlines()[-1]))


def answer() -> None:
    """Answer on standard output, in one line."""
    from paivand.__main__ import surroundings

    what, *usernames = sys.argv[1:]
    found = {}
    with surroundings("demo"):
        import django

        django.setup()
        from paivand.access.models import User
        from paivand.access.models.identity import acting_as, for_purpose

        with for_purpose("sign-in"):
            users = list(User.objects.filter(username__in=usernames))
        for by in users:
            by.language = "tg"
            with acting_as(by):
                found[by.username] = {"carried": _carried, "stood": _stood}[what](by)
        print(json.dumps(found, default=str))


def _carried(by: Any) -> Told:
    """The rows of every list of hers."""
    import csv
    import io

    from paivand.collect.queries.field_lists import field_lists
    from paivand.collect.queries.forms import forms_for

    names = sorted({name for version in forms_for(by) for name in version.lists})
    lists = field_lists(by, names)
    return {name: list(csv.DictReader(io.StringIO(one.content().decode()))) for name, one in lists.items()}


def _stood(by: Any) -> Told:
    """By form: its state, every answer as it arrived, and the rows that it became."""
    from paivand.collect.models import Submission
    from paivand.collect.rules.filled import read_filled

    found: Told = {}
    rows = Submission.objects.filter(owner=by, device__kind="browser").select_related("form", "content")
    for row in rows.order_by("received_at"):
        made = {one["kind"]: one["id"] for one in row.taken_as or ()}
        answers = dict(read_filled(bytes(row.content.xml)).paths())
        code = row.form.code
        found[code] = {
            "state": row.state, "why": row.problem_words, "answers": answers, "files": row.files.count(),
            "stands": STANDS[code](made, answers) if row.state == "taken" else None,
        }  # fmt: skip
    return found


def _fields(row: Any, names: str) -> Told:
    """These fields of a record, as text where JSON knows no such thing."""
    return {name: _plain(getattr(row, name)) for name in names.split()}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def _registration(made: Told, _answers: Told) -> Told:
    from paivand.registry.models import Consent, Family, FamilyMember, MigrationEpisode, Phone

    family = Family.objects.get(pk=made["family"])
    members = {one.relation: one for one in FamilyMember.objects.filter(family=family).select_related("person")}
    person = "given_name family_name sex birth_on birth_precision"
    head, away = members["head"].person_id, members["spouse"].person_id
    return {
        "family": _fields(family, "jamoat_id village housing land n_members registered_on origin"),
        **{relation: _fields(one.person, person) for relation, one in members.items()},
        "phone": _fields(Phone.objects.get(person_id=head), "number may_call hours"),
        "stay": _fields(MigrationEpisode.objects.get(person_id=away), "country departed_on"),
        "agreed": sorted(Consent.objects.filter(person_id=head).values_list("purpose", flat=True)),
    }


def _visit(_made: Told, answers: Told) -> Told:
    from paivand.registry.models import Family, JourneyStep

    family = Family.objects.get(pk=answers["family"])
    step = JourneyStep.objects.filter(person_id=family.head_id, service="visit.made").order_by("pk").last()
    return {"family": _fields(family, "village housing"), "step": _fields(step, "happened_on outcome")}


def _remittances(_made: Told, answers: Told) -> Told:
    from paivand.registry.models import Remittance

    months = {value for path, value in answers.items() if path.endswith("/month")}
    rows = Remittance.objects.filter(family=answers["family"], month__in=months).order_by("month")
    return {"months": [_fields(one, "month amount currency channel cost_amount sender_id") for one in rows]}


def _assessment(made: Told, _answers: Told) -> Told:
    from paivand.instruments.models import Assessment, RedFlag, Score

    row = Assessment.objects.get(pk=made["assessment"])
    return {
        "assessment": _fields(row, "family_id person_id mode stage answered_on answers"),
        "scores": dict(Score.objects.filter(assessment=row).values_list("scale", "value")),
        "flags": sorted(RedFlag.objects.filter(assessment=row).values_list("code", flat=True)),
    }


def _feedback(_made: Told, answers: Told) -> Told:
    from paivand.referrals.models import Referral, ReferralFeedback

    row = ReferralFeedback.objects.filter(referral=answers["referral"]).order_by("pk").last()
    names = "asked_on received helped helped_on troubles more_needed words"
    return {"said": _fields(row, names), "state": Referral.objects.get(pk=answers["referral"]).state}


def _follow_up(_made: Told, answers: Told) -> Told:
    from paivand.learning.models import FollowUp

    row = FollowUp.objects.get(pk=answers["follow_up"])
    return _fields(row, "state done_on note practices working own_business income_before income_after")


def _attendance(_made: Told, answers: Told) -> Told:
    from paivand.learning.models import Attendance, FieldPhoto, Session

    row = Session.objects.get(pk=answers["session"])
    marks = {str(one.enrolment_id): [one.mark, one.note] for one in Attendance.objects.filter(session=row)}
    photo = FieldPhoto.objects.get(session=row)
    return {"session": _fields(row, "state on_day note topics"), "marks": marks, "caption": photo.caption}


def _aesa(made: Told, _answers: Told) -> Told:
    from paivand.learning.models import FieldPhoto, Observation

    row = Observation.objects.get(pk=made["observation"])
    names = "plot_id observed_on watchers stage health height_cm soil water weather seen told decided"
    return {"seen": _fields(row, names), "caption": FieldPhoto.objects.get(observation=row).caption}


def _informed(made: Told, _answers: Told) -> Told:
    from paivand.outreach.models import ReachEntry, ReachFile

    row = ReachEntry.objects.get(pk=made["reach_entry"])
    names = (
        "channel topic event_on jamoat_id village venue title way n_women n_men n_girls n_boys n_contacts n_repeat "
        "partner campaign_id state"
    )
    return {**_fields(row, names), "has_names": ReachFile.objects.get(entry=row).has_names}


STANDS = {
    "family_registration": _registration, "home_visit": _visit, "remittances": _remittances,
    "vulnerability_profile": _assessment, "phq4": _assessment, "referral_feedback": _feedback,
    "follow_up": _follow_up, "attendance": _attendance, "aesa": _aesa, "information_session": _informed,
}  # fmt: skip
