"""Taking in what arrived: how many forms a second one worker brings from its heap into the tables."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Form, FormVersion, Submission, SubmissionContent
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.registry.models import Family

CODE, DISTRICT = "measured_taking", "TJ-KT-20"
N_QUESTIONS = 18
AIM = 50
"""Forms a second that one worker must bring in."""


def show_taking(n: int = 500, username: str = "social.dusti") -> None:
    """Store ``n`` forms of one sender, take them in, and print how many a second that was: answers of a survey of 18
    questions, visits to her families, and families to be registered, each of which is sought among the known ones.
    """
    with for_purpose("sign-in"):
        user = User.objects.get(username=username)
    _show(user, "answers of 18 questions", _version(user), [_survey() for _ in range(n)], aim=AIM)
    _show(user, "visits", _shipped("home_visit"), _visits(user, n // 2))
    _show(user, "registrations, 3 people each", _shipped("family_registration"), [_family(at) for at in range(n // 5)])


def _show(user: User, name: str, version: FormVersion, filled: Sequence[str], *, aim: int | None = None) -> None:
    store_forms(user, version, filled)
    n, began = len(filled), time.perf_counter()
    done = take_waiting(user.pk)
    seconds = time.perf_counter() - began
    taken = done[SubmissionState.TAKEN]
    told = "" if taken == n else f"; ONLY {taken:,} TAKEN IN"
    if aim is not None:
        told += f"; aim {aim} /s {'kept' if taken == n and taken / seconds >= aim else 'MISSED'}"
    print(f"{f'taking in {n:,} {name}':44} {n / seconds:8.0f} /s, by one worker{told}", flush=True)


def store_forms(user: User, version: FormVersion, filled: Sequence[str]) -> None:
    """These forms of ``user``, as if a telephone had just sent them. ``filled`` is what stands before ``meta``."""
    form, now = version.form, timezone.now()
    with acting_as(user), writing("bench"):
        place = placement(user, DISTRICT)
        lying = {
            "district_id": place.district_id, "agency_id": place.agency_id, "team_id": place.team_id,
            "owner_id": user.pk, "is_survey": form.kind == FormKind.SURVEY,
        }  # fmt: skip
        rows, contents = [], []
        for answers in filled:
            instance = f"uuid:{new_id()}"
            xml = (
                f'<data id="{form.code}" version="{version.name}">{answers}'
                f"<meta><instanceID>{instance}</instanceID></meta></data>"
            )
            sent = Submission(
                form=form, form_version=version, instance_id=instance, root_id=instance,
                xml_sha256=hashlib.sha256(xml.encode()).hexdigest(), received_at=now, state_at=now, **lying,
            )  # fmt: skip
            rows.append(sent)
            contents.append(SubmissionContent(submission=sent, xml=xml.encode(), **lying))
        Submission.objects.bulk_create(rows)
        SubmissionContent.objects.bulk_create(contents)


def _survey() -> str:
    return "".join(f"<q{at}>Ҷавоби {at}</q{at}>" for at in range(N_QUESTIONS))


def _visits(user: User, n: int) -> list[str]:
    with acting_as(user):
        families = list(Family.objects.filter(owner=user).values_list("pk", "head_id")[:n])
    today = timezone.localdate()
    return [
        f"<family>{family}</family><visit><happened_on>{today}</happened_on><way>home</way><outcome>completed</outcome>"
        f"<people>{head}</people></visit><changed><changes/></changed>"
        for family, head in (families[at % len(families)] for at in range(n))
    ]


def _family(at: int) -> str:
    """A family whose names nobody else has: looking for it costs what it costs, and nobody has to decide."""
    today = timezone.localdate()
    name = "".join(_SYLLABLES[(at // 7**place) % 7] for place in range(4)).capitalize()
    people = "".join(
        f"<members><relation>child</relation><given_name>{given}</given_name><family_name>{name}</family_name>"
        f"<sex>{sex}</sex><birth_known>year</birth_known><birth_year>{2010 + at % 9}</birth_year>"
        "<abroad>no</abroad></members>"
        for given, sex in ((f"{name}бек", "male"), (f"{name}моҳ", "female"))
    )
    return (
        "<start_here><agreed>OK</agreed></start_here>"
        f"<place><jamoat>TJ-KT-20-01</jamoat><village>Сарчашма</village><registered_on>{today}</registered_on></place>"
        f"<head><given_name>{name}гул</given_name><family_name>{name}зода</family_name><sex>female</sex>"
        f"<birth_known>year</birth_known><birth_year>{1960 + at % 35}</birth_year></head>"
        f"<contact><phone>90 {1_000_000 + at}</phone><may_call>yes</may_call></contact><n_others>2</n_others>{people}"
        "<consent><given_by>self</given_by><method>spoken</method><language>tg</language>"
        f"<given_on>{today}</given_on><purposes>services</purposes></consent>"
    )


_SYLLABLES = ("кар", "лон", "тиш", "вуз", "пай", "дем", "гор")


def _shipped(code: str) -> FormVersion:
    with for_purpose("upkeep"):
        return FormVersion.objects.select_related("form").get(form__code=code, is_current=True)


def _version(author: User) -> FormVersion:
    with for_purpose("upkeep"), writing("bench"):
        found = FormVersion.objects.filter(form__code=CODE).select_related("form").first()
        if found:
            return found
        form = Form.objects.create(code=CODE, kind=FormKind.SURVEY, titles={"en": "Measured"}, author=author)
        questions = [
            {
                "path": f"q{number}", "name": f"q{number}", "type": "text", "label": {"": f"Question {number}"},
                "choices": None, "list": None, "repeat": None, "required": False, "relevant": False, "saveto": None,
            }
            for number in range(N_QUESTIONS)
        ]  # fmt: skip
        return FormVersion.objects.create(
            form=form, name="1", xml="<h/>", md5="0" * 32, questions=questions, published_at=timezone.now()
        )
