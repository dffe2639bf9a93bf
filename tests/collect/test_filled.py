"""A filled form is read without trusting it."""

from __future__ import annotations

import time
import uuid
from datetime import date

import pytest

from paivand.collect.rules.filled import DEEPEST, LONGEST_XML, UNREADABLE, Unreadable, read_filled

KEY = "24b4d9f0-0000-4000-8000-000000000001"
MEMBER = "24b4d9f0-0000-4000-8000-000000000002"
WHOLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<data id="registration" version="3" xmlns:orx="http://openrosa.org/xforms"
      xmlns:jr="http://openrosa.org/javarosa">
  <village> Даҳана </village><visit><purpose>first</purpose><topics>school health</topics></visit>
  <visited>2026-11-29</visited><money>12.50</money><size>4</size>
  <members jr:template=""><name/></members>
  <members><name>Ойгул</name></members>
  <members><name>Шодӣ</name>
    <meta><entity dataset="people" id="{MEMBER}" create="1"><label>Шодӣ</label></entity></meta></members>
  <orx:meta><orx:instanceID>uuid:one</orx:instanceID><orx:deprecatedID>uuid:nought</orx:deprecatedID>
    <entity dataset="families" id="{KEY}" update="true" baseVersion="2" trunkVersion="" branchId="">
      <label>F-1</label></entity></orx:meta>
</data>""".encode()


def test_a_filled_form_says_what_it_is_and_what_was_answered():
    filled = read_filled(WHOLE)
    assert (filled.form, filled.version) == ("registration", "3")
    assert (filled.instance_id, filled.deprecated_id) == ("uuid:one", "uuid:nought")
    assert filled.value("village") == "Даҳана"
    assert filled.value("visit/nothing", "none") == "none"
    assert filled.values("visit/topics") == ("school", "health")
    assert [one.value("name") for one in filled.repeats("members")] == ["Ойгул", "Шодӣ"]
    assert filled.everywhere("members/name") == ("Ойгул", "Шодӣ")
    assert (filled.day("visited"), filled.whole("size"), str(filled.number("money"))) == (
        date(2026, 11, 29),
        4,
        "12.50",
    )
    assert filled.day("absent") is None
    assert filled.whole("absent") is None


def test_an_answer_of_the_wrong_kind_names_its_question():
    filled = read_filled(WHOLE)
    for ask in (filled.day, filled.moment, filled.whole, filled.number):
        with pytest.raises(Unreadable) as refused:
            ask("village")
        assert refused.value.path == "village"
    with pytest.raises(Unreadable):
        filled.whole("money")


def test_entries_of_lists_take_the_answers_of_their_own_part():
    questions = [{"path": "village", "saveto": "village"}, {"path": "members/name", "saveto": "given"}]
    person, family = read_filled(WHOLE).entities(questions)
    assert (person.dataset, person.entity_id, person.creates, person.updates) == (
        "people", uuid.UUID(MEMBER), True, False,
    )  # fmt: skip
    assert person.values == {"given": "Шодӣ"}
    assert (family.updates, family.base_version, family.trunk_version, family.branch_id) == (True, 2, None, None)
    assert (family.label, family.values) == ("F-1", {"village": "Даҳана"})


def test_mending_changes_an_answer_and_leaves_what_arrived():
    filled = read_filled(WHOLE)
    mended = filled.mended({"members[2]/name": "Шодигул", "visit/note": "нав"})
    assert dict(mended.paths())["members[2]/name"] == "Шодигул"
    assert mended.value("visit/note") == "нав"
    assert filled.everywhere("members/name") == ("Ойгул", "Шодӣ")
    for path in ("members[4]/name", "visit", "a//b", "members[0]/name"):
        with pytest.raises(Unreadable):
            filled.mended({path: "x"})


def test_utf_16_is_read_like_utf_8():
    said = WHOLE.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert read_filled(said).value("village") == "Даҳана"


_BOMB = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><data id="f">&b;</data>'
_OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><data id="f">&a;</data>'


@pytest.mark.parametrize(("said", "code"), [
    (_BOMB.encode(), "forbidden"),
    (_OUTSIDE.encode(), "forbidden"),
    (_BOMB.encode("utf-16"), "forbidden"),
    (b'<!DOCTYPE d SYSTEM "http://127.0.0.1/d.dtd"><data id="f"/>', "forbidden"),
    (b"", "not_xml"),
    (WHOLE[:-3], "not_xml"),
    (WHOLE + b"<more/>", "not_xml"),
    (b'<data id="f">\xff\xfe</data>', "not_xml"),
    (b'<data id="f">&undeclared;</data>', "not_xml"),
    (b'<?xml version="1.0" encoding="windows-1251"?><data id="f"/>', "encoding"),
    (b'<?xml version="1.0" encoding="UTF-7"?><data id="f"/>', "encoding"),
    (b'<?xml version="1.0" encoding="UTF-16"?><data id="f"/>', "encoding"),
    ('<data id="f"/>'.encode("utf-32"), "encoding"),
    (b"<a>" * (DEEPEST + 1), "too_deep"),
    (b'<data id="f">' + b"<a/>" * 100_001 + b"</data>", "too_deep"),
    (b" " * (LONGEST_XML + 1), "too_long"),
    (b"<data/>", "no_form"),
    (b'<data id="f"/>', "no_instance"),
    (b'<data id="f"><meta><instanceID>' + b"x" * 101 + b"</instanceID></meta></data>", "no_instance"),
])  # fmt: skip
def test_what_must_not_be_read_is_refused_with_its_reason(said, code):
    with pytest.raises(Unreadable) as refused:
        read_filled(said)
    assert refused.value.code == code
    assert refused.value.words == UNREADABLE[code]


def test_a_form_of_many_repetitions_is_read_in_one_go():
    n = 5_000
    members = "".join(
        f"<members><given>a{at}</given><home><village>v{at}</village></home><meta><entity dataset='people' "
        f"id='{uuid.UUID(int=at + 1)}' create='1'/></meta></members>"
        for at in range(n)
    )
    filled = read_filled(
        f"<data id='f'><village>Даҳана</village>{members}<meta><instanceID>uuid:1</instanceID><entity "
        f"dataset='families' id='{uuid.UUID(int=n + 1)}' create='1'/></meta></data>".encode()
    )
    saved = [
        {"path": path, "saveto": path.rpartition("/")[2]}
        for path in ("village", "members/given", "members/home/village")
    ]
    begin = time.perf_counter()
    found = filled.entities(saved)
    n_paths = len(list(filled.paths()))
    took = time.perf_counter() - begin
    assert took < 8, "once, the time grew with the square: here to half a minute"
    assert (len(found), n_paths) == (n + 1, 2 * n + 1)
    # In the order of the form; each answer is that of the nearest part above it that writes an entry.
    by_key = {one.entity_id.int: one.values for one in found}
    assert (by_key[1], by_key[n]) == (
        {"given": "a0", "village": "v0"}, {"given": f"a{n - 1}", "village": f"v{n - 1}"}
    )  # fmt: skip
    assert by_key[n + 1] == {"village": "Даҳана"}
