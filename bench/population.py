"""Fills a database with many invented families, past the actions, as the owner: only for measuring.

The rows are what registration writes; they are copied in bulk so that a million people take minutes.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import uuid_utils
import yaml
from tqdm import tqdm

from paivand.core.rules.codes import family_code
from paivand.methods.names import name_keys, sort_key

NAMES = Path(__file__).resolve().parent.parent / "paivand/parameters/demo_names.yaml"
MEMBERS = 5
SHARES = (("TJ-KT-02", ("01", "02", "03", "04")), ("TJ-KT-20", ("01", "02", "03", "04", "05", "06")))
START = date(2022, 1, 1)
COMMON = "version created_at changed_at district_id agency_id team_id owner_id"
TABLES = {
    "registry_person": "id given_name family_name father_name sex birth_on birth_precision is_head sort_key",
    "registry_namekey": "id person_id part kind key",
    "registry_family": "id number head_id jamoat_id village registered_on",
    "registry_familymember": "id family_id person_id relation from_on until_on",
    "registry_consent": "id person_id purpose given_by method language given_on recorded_by_id",
    "registry_journeystep": "id person_id service outcome quantity happened_on place_id recorded_by_id",
}


def _id() -> uuid.UUID:
    return uuid.UUID(int=uuid_utils.uuid7().int)


class Filler:
    """Makes the rows of one family after another, always the same ones for the same seed."""

    def __init__(self, connection: psycopg.Connection[Any], first_number: int) -> None:
        self.chance = random.Random(7)
        self.names = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
        self.number = first_number
        self.keys: dict[tuple[str, str], Any] = {}
        self.sorts: dict[tuple[str, ...], str] = {}
        self.workers = {
            code: connection.execute(
                "select u.id, u.agency_id, u.team_id from access_user u where u.username = %s", [name]
            ).fetchone()
            for code, name in (("TJ-KT-02", "social.kulob"), ("TJ-KT-20", "social.dusti"))
        }

    def _name(self, kind: str) -> str:
        return str(self.chance.choice(self.names[kind])["tg"])

    def family(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The rows of one family, table by table."""
        district, jamoats = self.chance.choice(SHARES)
        jamoat = f"{district}-{self.chance.choice(jamoats)}"
        owner, agency, team = self.workers[district]
        lies = (1, START, START, district, agency, team, owner)
        day = START + timedelta(days=self.chance.randrange(1700))
        family_id, surname = _id(), self._name("surnames")
        people = [_id() for _ in range(MEMBERS)]
        for index, person in enumerate(people):
            female = index == 0 or self.chance.random() < 0.5
            given = self._name("women" if female else "men")
            family_name = f"{surname}а" if female and surname.endswith(("ов", "ев")) else surname
            father = self._name("men")
            words = (family_name, given, father)
            if words not in self.sorts:
                self.sorts[words] = sort_key(*words)
            born = date(self.chance.randrange(1945, 2020), 1, 1)
            row = (given, family_name, father, "female" if female else "male", born, "year", index == 0)
            yield "registry_person", (person, *row, self.sorts[words], *lies)
            for part, text in (("given", given), ("family", family_name), ("father", father)):
                if (part, text) not in self.keys:
                    self.keys[part, text] = name_keys(text, part)  # type: ignore[arg-type]
                found = self.keys[part, text]
                for kind, key in (("k1", found.k1), ("k2", found.k2), ("k3", found.k3)):
                    yield "registry_namekey", (_id(), person, part, kind, key, *lies)
            relation = "head" if index == 0 else "child"
            yield "registry_familymember", (_id(), family_id, person, relation, day, None, *lies)
            step = (_id(), person, "registry.registered", "completed", 1, day, jamoat, owner)
            yield "registry_journeystep", (*step, *lies)
        yield "registry_family", (family_id, self.number, people[0], jamoat, "", day, *lies)
        consent = (_id(), people[0], "registration", "self", "signature", "tg", day, owner)
        yield "registry_consent", (*consent, *lies)
        self.number += 1


def fill(owner_url: str, n_people: int) -> None:
    """Bring the database to about ``n_people`` people, and let the planner know."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        row = connection.execute("select count(*) from registry_person").fetchone()
        there = int(row[0]) if row else 0
        wanted = max(0, (n_people - there) // MEMBERS)
        if wanted:
            first = connection.execute(
                "select setval('registry_family_number', nextval('registry_family_number') + %s) - %s", [wanted, wanted]
            ).fetchone()
            filler = Filler(connection, int(first[0]) + 1 if first else 1)
            for batch in tqdm(range(0, wanted, 2000), desc="Filling", unit=" batches"):
                _copy(connection, filler, min(2000, wanted - batch))
        connection.execute("vacuum analyze")


def _copy(connection: psycopg.Connection[Any], filler: Filler, n_families: int) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    for _ in range(n_families):
        for table, values in filler.family():
            rows[table].append(values)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for table, columns in TABLES.items():
            names = ", ".join(f"{columns} {COMMON}".split())
            with cursor.copy(f"copy {table} ({names}) from stdin") as copy:
                for values in rows[table]:
                    copy.write_row(values)


def codes(owner_url: str, district: str, n: int) -> list[str]:
    """Some family codes of a district, spread evenly."""
    with psycopg.connect(owner_url) as connection:
        found = connection.execute(
            "select number from registry_family where district_id = %s order by md5(number::text) limit %s",
            [district, n],
        ).fetchall()
    return [family_code(number) for (number,) in found]
