"""How the table of answers is written: one row for each address, one word for each member of the cast."""

from __future__ import annotations

from dataclasses import dataclass, field

ALL = "*"
OPEN = "anonymous *"
READERS = "zarina nasiba gulnoz rustam behruz manija"
NAMERS = "zarina nasiba gulnoz rustam behruz"
WORKERS = "zarina nasiba gulnoz"
ELSEWHERE = "farrukh"
ADMINS = "admin second.admin"
SEE_USERS = "admin second.admin manager dpo"
REVIEWERS = "nasiba dpo"

Answers = dict[int, str]


@dataclass(frozen=True)
class Row:
    """The answers of one address."""

    get: Answers = field(default_factory=dict)
    post: Answers = field(default_factory=dict)

    def expected(self, method: str, who: str) -> int:
        """The status with which ``who`` is answered."""
        answers: Answers = getattr(self, method) or {405: ALL}
        named = {name: status for status, names in answers.items() for name in names.split()}
        if who == "anonymous":
            return named.get(who, 302)
        return named.get(who, named.get(ALL, 0))
