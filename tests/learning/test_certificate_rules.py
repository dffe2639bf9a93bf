"""Numbers and codes of certificates, and what anyone who has a code is told."""

from __future__ import annotations

import doctest
import itertools
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.learning.rules import certificates
from paivand.learning.rules.certificates import (
    CODE_LENGTH,
    CertificateState,
    Revoking,
    certificate_number,
    certificate_state,
    code_digest,
    grouped,
    new_code,
    number_in,
    shown,
    typed_code,
)

SERIES = st.from_regex(r"[A-Z][A-Z0-9]{0,5}", fullmatch=True)
NUMBERS = st.integers(1, 50_000_000)
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = st.text(SIGNS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


@dataclass(frozen=True)
class Paper:
    """A certificate, as far as the rules look at it."""

    series: str = "VTS"
    number: int = 137
    name: str = "Нигора"
    name_shown_since: date | None = None
    issued_on: date = date(2026, 5, 30)
    revoked_on: date | None = None
    revoked_for: str = ""
    superseded_on: date | None = None


def test_the_examples_run():
    assert doctest.testmod(certificates).failed == 0


@given(SERIES, NUMBERS)
def test_a_printed_number_is_read_back(series, number):
    printed = certificate_number(series, number)
    assert number_in(printed) == (series, number)
    assert number_in(f"  {printed.lower()} ") == (series, number)


@given(SERIES, NUMBERS, st.data())
def test_one_wrong_digit_or_a_swap_of_neighbours_is_noticed(series, number, data):
    printed = certificate_number(series, number)
    head, _, tail = printed.rpartition(f"{series}-")
    digits = [at for at, sign in enumerate(tail) if sign.isdigit()]
    place = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from("0123456789"))
    if other != tail[place]:
        assert number_in(f"{head}{series}-{tail[:place]}{other}{tail[place + 1 :]}") is None
    one, two = sorted(data.draw(st.sampled_from(list(itertools.pairwise(digits)))))
    if tail[one] != tail[two]:
        swapped = tail[:one] + tail[two] + tail[one + 1 : two] + tail[one] + tail[two + 1 :]
        assert number_in(f"{series}-{swapped}") is None


def test_codes_are_random_and_of_a_hundred_bits():
    made = {new_code() for _n in range(2_000)}
    assert len(made) == 2_000
    assert {len(one) for one in made} == {CODE_LENGTH}
    assert len(set().union(*made)) ** CODE_LENGTH == 2**100


@given(CODES)
def test_a_code_is_understood_however_it_is_typed(code):
    printed = grouped(code)
    for typed in (
        printed, code, printed.lower(), printed.replace("-", " "), f" {printed.replace('-', ' – ')} ",
        printed.replace("0", "O").replace("1", "l"), printed.replace("0", "о"), "\u200e".join(printed),
        printed.translate(str.maketrans("ABEKMHPCTXY", "АВЕКМНРСТХУ")),
        printed.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    ):  # fmt: skip
        assert typed_code(typed) == code
        assert code_digest(typed) == code_digest(code)


@given(st.text(max_size=400))
def test_whatever_is_typed_has_a_digest_and_nonsense_has_that_of_nothing(typed):
    digest = code_digest(typed)
    assert len(digest) == 64
    assert (digest == code_digest("")) == (typed_code(typed) == "")


@given(CODES, CODES)
def test_two_codes_share_no_digest(one, other):
    assert (code_digest(one) == code_digest(other)) == (one == other)


@pytest.mark.parametrize(("paper", "state"), [
    (Paper(), CertificateState.VALID),
    (Paper(revoked_on=date(2026, 6, 1), revoked_for="mistake"), CertificateState.REVOKED),
    (Paper(superseded_on=date(2026, 6, 1)), CertificateState.SUPERSEDED),
    (Paper(revoked_on=date(2026, 6, 2), revoked_for="misused", superseded_on=date(2026, 6, 1)),
     CertificateState.REVOKED),
])  # fmt: skip
def test_a_revocation_counts_before_a_replacement(paper, state):
    assert certificate_state(paper) is state
    assert shown(paper).is_valid is (state is CertificateState.VALID)


def test_the_name_is_shown_only_where_she_agreed_and_the_certificate_is_valid():
    agreed = date(2026, 5, 31)
    assert shown(Paper()).name == ""
    assert shown(Paper(name_shown_since=agreed)).name == "Нигора"
    assert shown(Paper(name_shown_since=agreed, revoked_on=agreed, revoked_for="wish")).name == ""
    assert shown(Paper(name_shown_since=agreed, superseded_on=agreed)).name == ""


def test_a_revoked_certificate_tells_its_day_and_the_public_kind_of_the_reason():
    seen = shown(Paper(revoked_on=date(2026, 7, 1), revoked_for="not_earned"))
    assert (seen.ended_on, seen.reason) == (date(2026, 7, 1), Revoking.NOT_EARNED)
    assert (shown(Paper()).ended_on, shown(Paper()).reason) == (None, None)


def test_no_running_number_is_below_one():
    with pytest.raises(ValueError, match="starts at 1"):
        certificate_number("VTS", 0)
