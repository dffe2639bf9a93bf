"""Which facts of a family's file can stand beside a question, so that nobody asks what is known already."""

from __future__ import annotations

from enum import StrEnum


class Hint(StrEnum):
    """A fact that ``queries.hints`` reads from the file or from the latest questionnaires."""

    CHILDREN = "children"
    INFANTS = "infants"
    HEAD = "head"
    OUT_OF_SCHOOL = "out_of_school"
    ABSENCE = "absence"
    HOUSING = "housing"
    LAND = "land"
    MARRIAGE = "marriage"
    PAPERS = "papers"
    SCHOOLING = "schooling"
    DISABILITY = "disability"
    FOOD = "food"
    COPING = "coping"
    DISTRESS = "distress"
