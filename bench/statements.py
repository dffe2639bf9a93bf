"""``python -m paivand shell -c "from bench.statements import show; show()"``: time in the database, without the page.

Each question is asked as the application asks it: as its role, with row security, with somebody's identity.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from django.db import connection

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.core.rules.dates import Birth
from paivand.registry.models import Person
from paivand.registry.models.elsewhere import likely_elsewhere
from paivand.registry.queries.lists import families
from paivand.registry.queries.matches import facts_of_draft, likely_matches
from paivand.registry.queries.search import search
from paivand.registry.rules import Sex
from paivand.registry.rules.drafts import PersonDraft
from paivand.registry.rules.lists import Filters

ROUNDS = 200
SAMPLE = 400
AIMS = {"search before create": 10.0, "search before create, beyond the reach": 10.0}


class Clock:
    """Adds up the seconds that statements take."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.n_statements = 0

    def __call__(self, execute: Any, statement: Any, parameters: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(statement, parameters, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.n_statements += 1


def show(username: str = "social.kulob", rounds: int = ROUNDS) -> None:
    """Print p50 and p95 of the time in the database, and the statements, of each question."""
    with for_purpose("sign-in"):
        user = User.objects.get(username=username)
    print(f"\n{'in the database, as ' + username:40} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'queries':>8}")
    with acting_as(user):
        sample = list(Person.objects.seen_by(user).order_by("id")[:SAMPLE])
        # Spread over the whole table: the first rows are the demonstration's own.
        sample += list(Person.objects.seen_by(user).order_by("-id")[:SAMPLE])
    for name, question in questions(user, sample).items():
        times, n_statements = [], 0
        for turn in range(rounds + 10):
            clock = Clock()
            with acting_as(user), connection.execute_wrapper(clock):
                question(turn)
            n_statements = max(n_statements, clock.n_statements)
            if turn >= 10:
                times.append(clock.seconds * 1000)
        cuts, aim = statistics.quantiles(times, n=100), AIMS.get(name)
        print(f"{name:40} {cuts[49]:8.1f} {cuts[94]:8.1f} {max(times):8.1f} {n_statements:8}"
              + (f"   {cuts[94] / aim:5.2f} of the aim of {aim:g} ms" if aim else ""))  # fmt: skip


def questions(user: User, sample: list[Person]) -> dict[str, Callable[[int], object]]:
    """What is asked, by its name; the number of the turn chooses whom it is about."""
    chance = Random(5)
    typed = [facts_of_draft(draft, jamoat="TJ-KT-02-02") for draft in _typed(sample, chance)]
    names = [(person.family_name or person.given_name)[:6] for person in sample]
    return {
        "search before create": lambda turn: likely_matches(user, typed[turn % len(typed)]),
        "search before create, beyond the reach": lambda turn: likely_elsewhere(typed[turn % len(typed)]),
        "search by name": lambda turn: search(user, names[turn % len(names)]),
        "list by name": lambda _turn: families(user).rows,
        "list, newest": lambda _turn: families(user, Filters(order="new")).rows,
    }


def _typed(sample: list[Person], chance: Random) -> Iterator[PersonDraft]:
    """People as somebody types them who stand at the door: half are registered already, half are not."""
    for person in sample:
        year = person.birth_on.year if person.birth_on else 1980
        known = chance.random() < 0.5
        yield PersonDraft(
            given_name=person.given_name, family_name=person.family_name,
            father_name=person.father_name if known else chance.choice(sample).father_name,
            sex=Sex(person.sex), birth=Birth.in_year(year if known else chance.randrange(1960, 2008)),
        )  # fmt: skip
