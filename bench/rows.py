"""The rows of invented families, as registration and the pages of a file write them, ready for COPY.

Names are as unequal as names are: a few are borne by very many, most by few, drawn by rank (Zipf), and there are some
thousand surnames and given names, put together from their usual parts.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import uuid_utils
import yaml

from paivand.methods.linkage import match_keys
from paivand.methods.names import name_keys, sort_key

NAMES = Path(__file__).resolve().parent.parent / "paivand/parameters/demo_names.yaml"
SHARES = (("TJ-KT-02", ("01", "02", "03", "04")), ("TJ-KT-20", ("01", "02", "03", "04", "05", "06")))
SIZES = (2, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10)
START = date(2022, 1, 1)
DAYS = 1700
LIES = "version created_at changed_at district_id agency_id team_id owner_id"
"""The last columns of every row about people, in the order in which ``Filler`` writes them."""
TABLES: Mapping[str, str] = {
    "registry_person": "id given_name family_name father_name known_as sex birth_on birth_precision is_head sort_key",
    "registry_namekey": "id person_id part kind key",
    "registry_matchkey": "id person_id key",
    "registry_family": "id number head_id jamoat_id village registered_on origin state state_reason housing land "
    "n_members absence_status remittance_signal state_on",
    "registry_familymember": "id family_id person_id relation from_on",
    "registry_particulars": "id person_id education school out_of_school_reason marital marriage languages",
    "registry_document": "id person_id kind number number_key status note",
    "registry_phone": "id person_id number belongs_to may_call hours who_may_answer say_what agreed_on",
    "registry_migrationepisode": "id person_id country city occupation work departed_on departed_precision "
    "legal_status returned_on returned_precision return_kind note",
    "registry_absence": "id family_id person_id status since_on is_current told_by channel note recorded_by_id",
    "registry_remittance": "id family_id sender_id month amount currency channel rate amount_tjs recorded_by_id",
    "registry_consent": "id person_id purpose given_by guardian_name extent method language given_on "
    "withdrawal_reason recorded_by_id",
    "registry_journeystep": "id person_id pseudonym coded_sex coded_age service outcome quantity "
    "happened_on place_id recorded_by_id",
}
STATES = (("active", 96), ("moved", 2), ("left", 1), ("withdrawn", 1))
STATUSES = (
    ("in_regular_contact_and_remitting", 43), ("remitting_irregularly", 16), ("contact_no_remittance", 8),
    ("no_contact_lt6m", 6), ("no_contact_6_12m", 5), ("no_contact_gt12m", 6), ("second_family_abroad", 4),
    ("divorced_religious", 4), ("missing", 1), ("deceased", 2), ("returned_well", 5),
)  # fmt: skip
SIGNALS = (("", 78), ("none_3_months", 15), ("fell_40_percent", 7))
_MEN, _WOMEN = ("", "ҷон", "алӣ", "мурод", "шо", "назар", "бек"), ("", "гул", "моҳ", "нисо", "бону")


class Ranked:
    """Draws from a list so that the n-th is drawn 1/n-th as often as the first."""

    def __init__(self, things: list[Any], chance: random.Random) -> None:
        self.things = things
        chance.shuffle(self.things)
        self.sums = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(things))))

    def draw(self, chance: random.Random) -> Any:
        """One of them."""
        return self.things[bisect(self.sums, chance.random() * self.sums[-1])]


@cache
def _sorted_by(family: str, given: str, father: str) -> str:
    return sort_key(family, given, father)


class Filler:
    """Makes the rows of one family after another, the same ones for the same seed.

    Args:
        workers: for each district the keys of who is responsible: agency, team and user.
        first_number: of the first family.
    """

    def __init__(self, workers: Mapping[str, tuple[str, str, str]], first_number: int, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.number = first_number
        names = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
        order = random.Random(1)
        men = [row["tg"] for row in names["men"]]
        self.men = Ranked([f"{name}{end}" for name in men for end in _MEN if not name.endswith(("ӣ", "о"))], order)
        self.women = Ranked([f"{row['tg']}{end}" for row in names["women"] for end in _WOMEN], order)
        stems = [row["tg"] for row in names["surnames"]]
        made = [f"{name}{end}{'ев' if end == 'шо' else 'ов'}" for name in men for end in _MEN
                if not name.endswith(("ӣ", "о"))]  # fmt: skip
        self.surnames = Ranked(list(dict.fromkeys([*stems, *made])), order)
        self.lies = {
            district: f"1\t{START}\t{START}\t{district}\t" + "\t".join(part or r"\N" for part in workers[district])
            for district, _jamoats in SHARES
        }
        self.owner = {district: workers[district][2] for district, _jamoats in SHARES}

    def families(self, n_families: int) -> dict[str, list[str]]:
        """The lines of ``n_families`` families, table by table."""
        lines: dict[str, list[str]] = {table: [] for table in TABLES}
        for _ in range(n_families):
            for table, line in self._family():
                lines[table].append(line)
        return lines

    def _family(self) -> Iterator[tuple[str, str]]:
        chance = self.chance
        district, jamoats = chance.choice(SHARES)
        jamoat, lies, owner = f"{district}-{chance.choice(jamoats)}", self.lies[district], self.owner[district]
        day = START + timedelta(days=chance.randrange(DAYS))
        family, size = new_key(), chance.choice(SIZES)
        people = [new_key() for _ in range(size)]
        surname, father = self.surnames.draw(chance), self.men.draw(chance)
        state, status, signal = weighted(chance, STATES), weighted(chance, STATUSES), weighted(chance, SIGNALS)
        ended = state != "active"
        state_on = str(day + timedelta(days=100)) if ended else r"\N"
        for place, person in enumerate(people):
            yield from self._person(person, place, surname, father, is_head=place == 0 and not ended, lies=lies)
            relation = "head" if place == 0 else "spouse" if place == 1 else "child"
            yield "registry_familymember", f"{new_key()}\t{family}\t{person}\t{relation}\t{day}\t{lies}"
            yield (
                "registry_journeystep",
                (f"{new_key()}\t{person}\t\t\t\tregistry.registered\tcompleted\t1\t{day}\t{jamoat}\t{owner}\t{lies}"),
            )
        yield (
            "registry_family",
            (
                f"{family}\t{self.number}\t{people[0]}\t{jamoat}\tНавобод\t{day}\tscreen\t{state}\t\town\tnone\t{size}\t"
                f"{status}\t{signal}\t{state_on}\t{lies}"
            ),
        )
        self.number += 1
        yield from self._agreed(people[0], day, district)
        yield from self._away(family, people[1], status, day, district)
        if chance.random() < 0.3:
            yield from self._sent(family, people[1], district)

    def _person(
        self, person: str, place: int, surname: str, father: str, *, is_head: bool, lies: str
    ) -> Iterator[tuple[str, str]]:
        chance = self.chance
        female = place == 0 or (place > 1 and chance.random() < 0.5)
        given = self.women.draw(chance) if female else father if place == 1 else self.men.draw(chance)
        own = self.surnames.draw(chance) if place == 0 and chance.random() < 0.45 else surname
        family_name = f"{own}а" if female and own.endswith(("ов", "ев")) else own
        fathers = father if place > 1 else self.men.draw(chance)
        year = chance.randrange(1965, 2005) if place < 2 else chance.randrange(2005, 2026)
        exact = chance.random() < 0.7
        born = date(year, chance.randrange(1, 13), chance.randrange(1, 29)) if exact else date(year, 1, 1)
        yield (
            "registry_person",
            (
                f"{person}\t{given}\t{family_name}\t{fathers}\t\t{'female' if female else 'male'}\t{born}\t"
                f"{'day' if exact else 'year'}\t{'t' if is_head else 'f'}\t"
                f"{_sorted_by(family_name, given, fathers)}\t{lies}"
            ),
        )
        for part, text in (("given", given), ("family", family_name), ("father", fathers)):
            keys = name_keys(text, part)  # type: ignore[arg-type]
            for kind, key in (("k1", keys.k1), ("k2", keys.k2), ("k3", keys.k3)):
                yield "registry_namekey", f"{new_key()}\t{person}\t{part}\t{kind}\t{key}\t{lies}"
        for key in match_keys(given, family_name, fathers, year):
            yield "registry_matchkey", f"{new_key()}\t{person}\t{key}\t{lies}"
        if place < 2:
            number = f"А{chance.randrange(10_000_000):07d}"
            yield "registry_document", (f"{new_key()}\t{person}\tpassport\t{number}\tA{number[1:]}\tvalid\t\t{lies}")
        if place == 0 and chance.random() < 0.86:
            number = f"+99210{chance.randrange(10_000_000):07d}"
            yield "registry_phone", f"{new_key()}\t{person}\t{number}\t\tnot_asked\t\t\t\t\\N\t{lies}"
        married, school = ("married", "") if place < 2 else ("", "attending")
        yield "registry_particulars", f"{new_key()}\t{person}\t\t{school}\t\t{married}\t\t{{tg}}\t{lies}"

    def _agreed(self, head: str, day: date, district: str) -> Iterator[tuple[str, str]]:
        owner, lies = self.owner[district], self.lies[district]
        for purpose in ("registration", "services", "reporting")[: self.chance.randrange(1, 4)]:
            yield (
                "registry_consent",
                (f"{new_key()}\t{head}\t{purpose}\tself\t\t\tsignature\ttg\t{day}\t\t{owner}\t{lies}"),
            )

    def _away(self, family: str, person: str, status: str, day: date, district: str) -> Iterator[tuple[str, str]]:
        owner, lies = self.owner[district], self.lies[district]
        left = day - timedelta(days=self.chance.randrange(60, 900))
        back = (str(day), "month", "season_end") if status == "returned_well" else (r"\N", "", "")
        yield (
            "registry_migrationepisode",
            (
                f"{new_key()}\t{person}\tRU\tМосква\t9313\t\t{left}\tday\tpatent\t{back[0]}\t{back[1]}\t{back[2]}\t\t{lies}"
            ),
        )
        yield "registry_absence", f"{new_key()}\t{family}\t{person}\t{status}\t{day}\tt\t\t\t\t{owner}\t{lies}"

    def _sent(self, family: str, person: str, district: str) -> Iterator[tuple[str, str]]:
        owner, lies = self.owner[district], self.lies[district]
        for back in range(12):
            month = date(2026 - (back > 9), (9 - back) % 12 + 1, 1)
            amount = self.chance.choice((0, 0, 8000, 12000, 15000, 20000))
            yield (
                "registry_remittance",
                (
                    f"{new_key()}\t{family}\t{person}\t{month}\t{amount}\tRUB\ttransfer\t0.12\t"
                    f"{amount * 0.12:.2f}\t{owner}\t{lies}"
                ),
            )


def new_key() -> str:
    """A key as the program makes them."""
    return str(uuid_utils.uuid7())


def weighted(chance: random.Random, table: tuple[tuple[str, int], ...]) -> str:
    """One key of a table of weights."""
    return chance.choices([key for key, _weight in table], [weight for _key, weight in table])[0]
