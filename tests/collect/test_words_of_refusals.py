"""A registration that a rule refuses is told in every language, and searched for duplicates once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paivand.access.models.identity import acting_as
from paivand.collect.actions.inbox import run_many_again
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Submission
from paivand.collect.queries import inbox as queries
from paivand.collect.rules.remembering import once, remembering
from paivand.collect.rules.submissions import SubmissionState
from tests.cast import fresh
from tests.collect.on_phone import arrived, filled_xml
from tests.collect.test_takers import REGISTRATION

S = SubmissionState
REFUSED = REGISTRATION | {"head/birth_year": "2015"}
"""Her head is a child who gives the consent herself."""


def searches(taken: CaptureQueriesContext) -> int:
    return sum("registry_matchkey" in one["sql"] and one["sql"].startswith("SELECT") for one in taken.captured_queries)


@pytest.mark.django_db
def test_a_refused_registration_is_searched_for_once_however_many_languages_there_are(zarina: Any):
    sent = arrived(fresh(zarina), filled_xml("family_registration", REFUSED))
    with CaptureQueriesContext(connection) as taken:
        assert take_waiting(zarina.pk) == {S.MEND: 1}
    assert searches(taken) == 1
    with acting_as(zarina):
        row = Submission.objects.get(pk=sent.pk)
    assert row.problem == "consent"
    told = (row.problem_words or {})["told"]
    assert set(told) == {"tg", "ru", "en", "fa"}
    assert len(set(told.values())) == 4, "each in its own words"


@pytest.mark.django_db
def test_running_all_again_searches_once_for_each_registration(zarina: Any):
    for _n in range(2):
        arrived(fresh(zarina), filled_xml("family_registration", REFUSED))
    assert take_waiting(zarina.pk) == {S.MEND: 2}
    worker = fresh(zarina)
    with acting_as(worker):
        assert run_many_again(queries.to_run_again(worker, queries.Filters()), worker) == 2
    with CaptureQueriesContext(connection) as taken:
        assert take_waiting(zarina.pk) == {S.MEND: 2}
    assert searches(taken) == 2


def test_what_was_found_is_forgotten_with_the_form():
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    with remembering():
        assert (once("likely", ask), once("likely", ask), once("other", ask)) == (1, 1, 2)
    with remembering():
        assert once("likely", ask) == 3
    assert (once("likely", ask), once("likely", ask)) == (4, 5)
