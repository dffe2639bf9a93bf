"""Taking in what arrived: how many forms a second one worker brings from its heap into the tables."""

from __future__ import annotations

import hashlib
import time

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Form, FormVersion, Submission, SubmissionContent
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.core.models import new_id
from paivand.core.rules.writing import writing

CODE, DISTRICT = "measured_taking", "TJ-KT-20"
N_QUESTIONS = 18
AIM = 50
"""Forms a second that one worker must bring in."""


def show_taking(n: int = 500, username: str = "social.dusti") -> None:
    """Store ``n`` forms of 18 questions of one sender, take them in, and print how many a second that was."""
    with for_purpose("sign-in"):
        user = User.objects.get(username=username)
    store_forms(user, n)
    began = time.perf_counter()
    done = take_waiting(user.pk)
    seconds = time.perf_counter() - began
    taken = done[SubmissionState.TAKEN]
    verdict = "kept" if taken == n and taken / seconds >= AIM else "MISSED"
    print(f"{f'taking in {n:,} forms':40} {taken / seconds:8.0f} /s: {taken:,} taken in in {seconds:.1f} s, by one "
          f"worker; aim {AIM} /s {verdict}", flush=True)  # fmt: skip


def store_forms(user: User, n: int) -> None:
    """``n`` filled forms of ``user``, as if a telephone had just sent them."""
    version = _version(user)
    names = [f"q{number}" for number in range(N_QUESTIONS)]
    body = "".join(f"<{name}>Ҷавоби {place}</{name}>" for place, name in enumerate(names))
    now = timezone.now()
    with acting_as(user), writing("bench"):
        place = placement(user, DISTRICT)
        lying = {
            "district_id": place.district_id, "agency_id": place.agency_id, "team_id": place.team_id,
            "owner_id": user.pk, "is_survey": True,
        }  # fmt: skip
        rows, contents = [], []
        for _number in range(n):
            instance = f"uuid:{new_id()}"
            xml = f'<data id="{CODE}" version="1">{body}<meta><instanceID>{instance}</instanceID></meta></data>'
            sent = Submission(
                form=version.form, form_version=version, instance_id=instance, root_id=instance,
                xml_sha256=hashlib.sha256(xml.encode()).hexdigest(), received_at=now, state_at=now, **lying,
            )  # fmt: skip
            rows.append(sent)
            contents.append(SubmissionContent(submission=sent, xml=xml.encode(), **lying))
        Submission.objects.bulk_create(rows)
        SubmissionContent.objects.bulk_create(contents)


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
