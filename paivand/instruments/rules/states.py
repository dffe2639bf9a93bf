"""Where an answered questionnaire stands, when in the help it was asked, and how urgent what it revealed is."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from paivand.core.rules.texts import text


class State(StrEnum):
    """A questionnaire is answered section by section, completed, and set aside when it was a mistake."""

    DRAFT = "draft"
    COMPLETED = "completed"
    SET_ASIDE = "set_aside"


class Stage(StrEnum):
    """When in the help the questions were asked."""

    SINGLE = "single"
    BASELINE = "baseline"
    FOLLOW_UP = "follow_up"
    BEFORE = "before"
    AFTER = "after"


class Mode(StrEnum):
    """How the questions were asked: answers differ with who hears them."""

    ALONE = "alone"
    OTHERS_NEAR = "others_near"
    INTERPRETER = "interpreter"
    TELEPHONE = "telephone"
    SELF = "self"


class Urgency(StrEnum):
    """How soon a supervisor must have looked at a red flag."""

    AT_ONCE = "at_once"
    TODAY = "today"
    SOON = "soon"


STATE_NAMES = {
    State.DRAFT: text("being answered"),
    State.COMPLETED: text("completed"),
    State.SET_ASIDE: text("set aside"),
}
STAGE_NAMES = {
    Stage.SINGLE: text("asked once"),
    Stage.BASELINE: text("at the beginning"),
    Stage.FOLLOW_UP: text("follow-up"),
    Stage.BEFORE: text("before the help"),
    Stage.AFTER: text("after the help"),
}
MODE_NAMES = {
    Mode.ALONE: text("face to face, alone"),
    Mode.OTHERS_NEAR: text("face to face, others near"),
    Mode.INTERPRETER: text("with an interpreter"),
    Mode.TELEPHONE: text("by telephone"),
    Mode.SELF: text("filled in by her or himself"),
}
URGENCY_NAMES = {
    Urgency.AT_ONCE: text("at once"),
    Urgency.TODAY: text("today"),
    Urgency.SOON: text("within three days"),
}
ANSWER_WITHIN = {
    Urgency.AT_ONCE: timedelta(hours=2),
    Urgency.TODAY: timedelta(hours=12),
    Urgency.SOON: timedelta(days=3),
}
"""How long a supervisor has, by urgency; after that the flag is shown as late."""
