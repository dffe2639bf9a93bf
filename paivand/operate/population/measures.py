"""What the families of the demonstration answer: profiles and questionnaires, before and after, and their red flags."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from random import Random

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.rules.cases import Risk
from paivand.instruments.actions.flags import answer_flag
from paivand.instruments.actions.sheets import Sheet, record_sheets
from paivand.instruments.models import RedFlag
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instruments
from paivand.instruments.rules.instruments import Better, Instrument, Item
from paivand.instruments.rules.states import Stage
from paivand.operate.population.stories import Scene, Story
from paivand.operate.population.telling import parts, told
from paivand.registry.models import Family
from paivand.registry.rules.keys import row_key

PROFILE = "vulnerability"
HARD = {Risk.HIGH: 0.66, Risk.MEDIUM: 0.48, Risk.LOW: 0.25}
"""How hard the life of a family is, by the risk of its case: the chance of each criterion."""
BETTER_BY = 0.55
"""What is left of the hardness when help is given."""
SHEETS_AT_ONCE = 60


def write_sheets(stories: Iterable[Story]) -> None:
    """Write down everything that was answered in these cases, many sheets at a time."""
    waiting: dict[tuple[User, str], list[Sheet]] = {}
    for story in stories:
        waiting.setdefault((story.worker, story.district), []).extend(_sheets(story))
    for (worker, district), sheets in waiting.items():
        write_down(worker, district, sheets)


def write_down(by: User, district: str, sheets: Sequence[Sheet]) -> None:
    """Write these sheets down as somebody who works in the district."""
    for some in parts(sheets, SHEETS_AT_ONCE):
        with acting_as(by):
            record_sheets(scope=placement(by, district), sheets=some, by=by)


def assessment_of(story: Story) -> uuid.UUID:
    """The key of the profile on which the work in a case rests."""
    return story.id_of("profile")


def flagged(story: Story) -> uuid.UUID:
    """The key of the profile, asked the day before, that revealed what cannot wait."""
    return story.id_of("profile", "flagged")


def _sheets(story: Story) -> Iterator[Sheet]:
    if not story.reaches("assessed"):
        return
    family, hard = story.home.family, HARD[story.risk]
    yield profile(assessment_of(story), family, Stage.BASELINE, story.at(3), _criteria(hard, story.seeds))
    if story.example.get("flags"):
        answers = _criteria(hard, story.seeds, story.example["flags"])
        yield profile(flagged(story), family, Stage.FOLLOW_UP, story.at(story.age - 1), answers)
    if not story.reaches("in_progress"):
        return
    stages = (Stage.BEFORE, Stage.AFTER) if story.kind == "psychosocial" else (Stage.BASELINE, Stage.FOLLOW_UP)
    for code, whom in told()["measured"].get(story.kind, {}).items():
        person = story.woman if whom == "woman" else None
        for stage, days, left in zip(stages, (4, min(90, story.age - 2)), (1.0, BETTER_BY), strict=True):
            answers = answers_to(instruments()[code], hard * left, story.seeds)
            at, key = story.at(days), story.id_of("measured", code, stage)
            yield Sheet(key, family, person, code, stage, at.date(), answers, written_at=at)
    if story.stage == "closed":
        key = story.id_of("profile", "after")
        yield profile(key, family, Stage.FOLLOW_UP, story.at(135), _criteria(hard * BETTER_BY, story.seeds))


def profile(key: uuid.UUID, family: Family, stage: Stage, at: datetime, answers: dict[str, Answer]) -> Sheet:
    """A family's profile."""
    return Sheet(key, family, None, PROFILE, stage, at.date(), answers, written_at=at)


def _criteria(hard: float, chance: Random, flags: Sequence[str] = ()) -> dict[str, Answer]:
    """What is hard, as hard as it comes; of what cannot wait only what is named."""
    answers = {}
    for section in instruments()[PROFILE].sections:
        for item in section.items:
            urgent = section.code == "urgent"
            answers[item.code] = (
                Answer("yes" if item.code in flags else "no") if urgent else _criterion(item, hard, chance)
            )
    return answers


def _criterion(item: Item, hard: float, chance: Random) -> Answer:
    yes = chance.random() < hard
    evidence = chance.choice(["seen", "told", "paper"]) if yes and item.evidence else ""
    return Answer("yes" if yes else "no", evidence=evidence)


def answers_to(instrument: Instrument, hard: float, chance: Random) -> dict[str, Answer]:
    """Answers of somebody whose life is so hard, from 0 to 1: worse ones the harder it is."""
    low_is_good = next((scale.better for scale in instrument.scales if scale.better), None) is not Better.HIGH
    return {item.code: _answer(item, hard if low_is_good else 1 - hard, chance) for item in instrument.items()}


def _answer(item: Item, towards: float, chance: Random) -> Answer:
    place = min(1.0, max(0.0, chance.gauss(towards, 0.14)))
    if item.is_number:
        return Answer(str(item.least + round(place * (item.most - item.least))))
    options = sorted(item.options, key=lambda one: one.score or 0)
    chosen = options[round(place * (len(options) - 1))].code
    return Answer(chosen, evidence="told" if chosen in item.evidence else "")


# --- red flags -------------------------------------------------------------------------------------------------------


def answer_flags(scene: Scene, stories: Iterable[Story]) -> None:
    """Let the supervisor answer the red flags of the examples that say so; the others wait on her desk."""
    words = [(story, story.example["flags_answered"]) for story in stories if "flags_answered" in story.example]
    with acting_as(scene.supervisor):
        for story, note in words:
            for flag in RedFlag.objects.filter(assessment=flagged(story), answered_at=None):
                answer_flag(flag=flag, note=note, version=flag.version, by=scene.supervisor, now=scene.at(0.8))


def profiles_of(
    scene: Scene, families: Iterable[Family], days_ago: int, key: uuid.UUID, flags: Sequence[str] = ()
) -> list[Sheet]:
    """Profiles of these families, as a round of visits before a selection gives them; the first has the red flags."""
    chance = Random(37)  # noqa: S311  # a demonstration, no secret
    return [
        profile(
            row_key(key, "profile", family.number), family, Stage.SINGLE, scene.at(days_ago - turn % 3),
            _criteria(chance.uniform(0.12, 0.8), chance, () if turn else flags),
        )
        for turn, family in enumerate(families)
    ]  # fmt: skip
