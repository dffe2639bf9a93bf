"""Who may join a course, and what to say to whoever may not.

A course declares one or more ways to be let in (``Entrance``); one is enough. Whoever fits none is told why by the way
that comes nearest, so that a social worker knows what to do: correct a date of birth, put her into another course
first, or choose another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from paivand.core.rules.dates import Age
from paivand.core.rules.texts import text
from paivand.learning.rules.course import WHO_NAMES, Course, Entrance, Who
from paivand.learning.rules.sentences import Sentence, Term
from paivand.registry.rules import Sex
from paivand.registry.rules.catalogue import service_title
from paivand.registry.rules.participants import posts

_SEXES = {
    Sex.FEMALE: text("This course is for women and girls."),
    Sex.MALE: text("This course is for men and boys."),
}
_WHO = text("This course takes: %(who)s.")
_NO_AGE = text("The age is not known, and this course asks for it. Write down the date of birth first.")
_TOO_YOUNG = text("This course takes people who are %(least)s or older, and this person is %(age)s.")
_TOO_OLD = text("This course takes people who are %(most)s or younger, and this person is %(age)s.")
_TOO_YOUNG_ABOUT = text(
    "This course takes people who are %(least)s or older, and this person is about %(age)s. If the date of birth is "
    "known better by now, correct it first."
)
_TOO_OLD_ABOUT = text(
    "This course takes people who are %(most)s or younger, and this person is about %(age)s. If the date of birth is "
    "known better by now, correct it first."
)
_POSTS = text("This course is for these posts: %(posts)s.")
_NEEDS = text("Before this course comes: %(services)s.")
_NEEDS_ANY = text("Before this course comes one of these: %(services)s.")
_WITHOUT = text("This person has completed this already, and needs the course no more: %(services)s.")
_NOT_NOW = text("This course is not held on that day. Choose another course, or another day.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may want to join.

    Args:
        completed: the services that she completed, as the journey knows them.
    """

    who: Who
    sex: str = ""
    age: Age | None = None
    post: str = ""
    completed: frozenset[str] = field(default_factory=frozenset)


def refusals(course: Course, candidate: Candidate, language: str = "en") -> tuple[Sentence, ...]:
    """Why she may not join, as whole sentences; nothing if she may.

    Of several ways to be let in, those for people like her are tried; the one with the fewest reasons speaks.

    Args:
        language: of the titles that come from data and stand inside the sentences.

    >>> from paivand.learning.rules.courses import courses
    >>> seamstress = courses()["seamstress"]
    >>> refusals(seamstress, Candidate(Who.FAMILY, "female", Age(34, exact=True)))
    ()
    >>> [one.said() for one in refusals(seamstress, Candidate(Who.FAMILY, "female", Age(16, exact=True)))]
    ['This course takes people who are 18 or older, and this person is 16.']
    """
    fitting = [one for one in course.audience if one.who is candidate.who]
    if not fitting:
        who = tuple(Term(WHO_NAMES[one]) for one in Who if one in course.who)
        return (Sentence(_WHO, {"who": who}),)
    told = {one: _against(one, candidate, language) for one in fitting}
    # Nobody changes her sex for a course: another way that asks for less is the nearer one.
    return told[min(told, key=lambda one: (len(told[one]), bool(one.sex) and one.sex != candidate.sex))]


def may_join(course: Course, candidate: Candidate) -> bool:
    """Whether she fulfils at least one of the ways to be let in."""
    return not refusals(course, candidate)


def refusal_on(course: Course, day: date) -> Sentence | None:
    """Why nobody joins on that day: the course is not offered yet, or not any more."""
    return None if course.is_open_on(day) else Sentence(_NOT_NOW)


def conditions(entrance: Entrance, language: str = "en") -> tuple[Sentence, ...]:
    """What one way to be let in asks for, to be read before anybody is chosen.

    >>> [one.said() for one in conditions(Entrance(Who.FAMILY, "female", 18))]
    ['member of a family', 'women and girls', '18 or older']
    """
    found = [Sentence(WHO_NAMES[entrance.who])]
    if entrance.sex:
        found.append(Sentence(_SEX_NAMES[Sex(entrance.sex)]))
    if entrance.from_age is not None and entrance.to_age is not None:
        found.append(Sentence(_AGE_BETWEEN, {"least": entrance.from_age, "most": entrance.to_age}))
    elif entrance.from_age is not None:
        found.append(Sentence(_AGE_FROM, {"least": entrance.from_age}))
    elif entrance.to_age is not None:
        found.append(Sentence(_AGE_TO, {"most": entrance.to_age}))
    if entrance.posts:
        found.append(Sentence(_POSTS_ONLY, {"posts": _post_titles(entrance, language)}))
    for source, services in (
        (_AFTER, entrance.needs), (_AFTER_ANY, entrance.needs_any), (_NOT_AFTER, entrance.without),
    ):  # fmt: skip
        if services:
            found.append(Sentence(source, {"services": _titles(services, language)}))
    return tuple(found)


_SEX_NAMES = {Sex.FEMALE: text("women and girls"), Sex.MALE: text("men and boys")}
_AGE_FROM = text("%(least)s or older")
_AGE_TO = text("%(most)s or younger")
_AGE_BETWEEN = text("%(least)s to %(most)s years")
_POSTS_ONLY = text("posts: %(posts)s")
_AFTER = text("after: %(services)s")
_AFTER_ANY = text("after one of these: %(services)s")
_NOT_AFTER = text("not after: %(services)s")


def _against(entrance: Entrance, candidate: Candidate, language: str) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    if entrance.sex and entrance.sex != candidate.sex:
        found.append(Sentence(_SEXES[Sex(entrance.sex)]))
    found += _against_age(entrance, candidate.age)
    if entrance.posts and candidate.post not in entrance.posts:
        found.append(Sentence(_POSTS, {"posts": _post_titles(entrance, language)}))
    missing = [one for one in entrance.needs if one not in candidate.completed]
    if missing:
        found.append(Sentence(_NEEDS, {"services": _titles(missing, language)}))
    if entrance.needs_any and not candidate.completed.intersection(entrance.needs_any):
        found.append(Sentence(_NEEDS_ANY, {"services": _titles(entrance.needs_any, language)}))
    done = [one for one in entrance.without if one in candidate.completed]
    if done:
        found.append(Sentence(_WITHOUT, {"services": _titles(done, language)}))
    return tuple(found)


def _against_age(entrance: Entrance, age: Age | None) -> list[Sentence]:
    least, most = entrance.from_age, entrance.to_age
    if least is None and most is None:
        return []
    if age is None:
        return [Sentence(_NO_AGE)]
    if least is not None and age.years < least:
        return [Sentence(_TOO_YOUNG if age.exact else _TOO_YOUNG_ABOUT, {"least": least, "age": age.years})]
    if most is not None and age.years > most:
        return [Sentence(_TOO_OLD if age.exact else _TOO_OLD_ABOUT, {"most": most, "age": age.years})]
    return []


def _titles(services: list[str] | tuple[str, ...], language: str) -> str:
    return ", ".join(service_title(one, language) for one in services)


def _post_titles(entrance: Entrance, language: str) -> str:
    return ", ".join(posts()[one].title_in(language) for one in entrance.posts)
