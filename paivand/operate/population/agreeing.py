"""Consents that are asked for in the course of a case, where the family had not been asked before."""

from __future__ import annotations

from paivand.access.queries.users import placement
from paivand.operate.population.stories import Story
from paivand.registry.actions.stories import record_consents_of_many
from paivand.registry.models import Person
from paivand.registry.queries.consents import covers
from paivand.registry.rules import ADULT, ConsentMethod, ConsentPurpose, GivenBy
from paivand.registry.rules.consents import ASSENT_FROM
from paivand.registry.rules.drafts import ConsentDraft


def let_agree(story: Story, person: Person, purpose: ConsentPurpose) -> None:
    """Write down that she agreed when the case was opened, or her mother for a child; nothing where she had before."""
    if covers(story.worker, person.pk, purpose, story.opened_on):
        return
    years = person.age.years if person.age else ADULT
    given = ConsentDraft(
        GivenBy.SELF if years >= ADULT else GivenBy.GUARDIAN, ConsentMethod.SIGNATURE, "tg", story.opened_on,
        (purpose,), guardian_name="" if years >= ADULT else story.woman.full_name,
        assent=True if ASSENT_FROM <= years < ADULT else None,
    )  # fmt: skip
    record_consents_of_many(
        scope=placement(story.worker, story.district), given=[(person, given)], by=story.worker
    )  # fmt: skip
