"""Servers die, disks fill up, phones repeat themselves: nothing is lost, nothing is doubled, nothing is half there.

``PAIVAND_FAULTS=1`` makes the heavy ones as heavy as the promise: a thousand submissions, a hundred megabytes.
"""

from __future__ import annotations

import errno
import http.client
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import DatabaseError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.collect.actions import arrival
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Submission, SubmissionFile, SurveyAnswer
from paivand.collect.rules.multipart import CutOffError, Parts, TooLargeError
from paivand.collect.rules.openrosa import TURNED_AWAY
from paivand.collect.rules.tokens import DoorLimits
from paivand.collect.views.door import submission as views
from paivand.core.models import new_id
from paivand.core.models.files import documents_folder
from tests.collect.field import Phone, body, device_of, filled, kept, message, new_instance, publish, state_of

HEAVY = bool(os.environ.get("PAIVAND_FAULTS"))
MEGABYTE = 1_000_000


@pytest.fixture
def phone(zarina, manija):
    publish(manija)
    return Phone(device_of(zarina)[1])


def _files_on_disk() -> int:
    return sum(1 for one in documents_folder().rglob("*") if one.is_file())


# --- a real server ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def live(django_db_setup, django_db_blocker, tmp_path_factory):
    """A server on a copy of the database with a form and sixteen devices in it, and what was committed there."""
    import psycopg

    from tests.collect.live import Server, copied_database

    with django_db_blocker.unblock(), copied_database() as addresses:
        tokens = _furnish(addresses)
        server = Server(tmp_path_factory.mktemp("home"), addresses)
        server.start()

        def rows(query):
            with psycopg.connect(addresses["DATABASE_URL"]) as owner:
                return owner.execute(query).fetchall()

        yield server, tokens, rows
        server.kill()


def _furnish(addresses):
    """Publish the form and give the devices, in the copy."""
    from urllib.parse import urlsplit

    from django.db import connections

    from paivand.access.models import User
    from paivand.access.models.identity import for_purpose

    own = connections["default"]
    before = own.settings_dict["NAME"]
    own.settings_dict["NAME"] = urlsplit(addresses["DATABASE_URL"]).path[1:]
    try:
        with for_purpose("sign-in"):
            manija, zarina = (User.objects.get(username=name) for name in ("manija", "zarina"))
        publish(manija)
        return [device_of(zarina, label=f"phone {at}")[1] for at in range(16)]
    finally:
        own.close()
        own.settings_dict["NAME"] = before


def test_the_same_form_from_all_sides_at_once_is_one(live):
    server, tokens, rows = live
    one = new_instance()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda token: server.post(token, filled(one)), tokens))
    assert set(answers) <= {201, 202}
    assert answers.count(201) == 1
    assert rows(f"select count(*) from collect_submission where instance_id = '{one}'") == [(1,)]


def test_a_body_in_chunks_is_taken(live):
    server, tokens, rows = live
    one = new_instance()
    xml = filled(one, photo="a.jpg")
    assert server.post(tokens[0], xml, [("a.jpg", os.urandom(5_000))], chunked=True) == 201
    assert rows(f"select is_complete from collect_submission where instance_id = '{one}'") == [(True,)]


@pytest.mark.parametrize("sent", [b"zzzz\r\n0\r\n\r\n", b"5\r\nabcdeXX0\r\n\r\n"])
def test_a_chunk_that_is_none_is_told_as_such_and_not_as_a_fault_of_the_server(live, sent):
    server, tokens, _rows = live
    head = (
        f"POST /key/{tokens[0]}/submission HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nX-OpenRosa-Version: 1.0\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(head.encode() + sent)
        assert line.recv(64).split()[1] == b"400"


def test_a_server_that_is_killed_loses_and_doubles_nothing(live):
    server, tokens, rows = live
    n = 1_000 if HEAVY else 64
    instances = [new_instance() for _ in range(n)]
    confirmed: set[str] = set()
    guard, over = threading.Lock(), threading.Event()

    def client(at):
        for instance in instances[at::16]:
            while True:
                try:
                    status = server.post(tokens[at], filled(instance, name=f"оилаи {instance}"))
                except (OSError, EOFError, http.client.HTTPException):
                    time.sleep(0.05)
                    continue
                if status in {201, 202}:
                    break
                assert status >= 500, status
            with guard:
                confirmed.add(instance)

    def trouble():
        for part in (0.2, 0.5, 0.8) if HEAVY else (0.4,):
            while len(confirmed) < n * part and not over.is_set():
                time.sleep(0.005)
            server.kill()
            # Whatever was confirmed when it died is there.
            there = {one for (one,) in rows("select instance_id from collect_submission")}
            assert confirmed <= there
            server.start()

    with ThreadPoolExecutor(17) as pool:
        troubles = pool.submit(trouble)
        try:
            list(pool.map(client, range(16)))
        finally:
            over.set()
        troubles.result()
    wanted = ", ".join(f"'{one}'" for one in instances)
    assert rows(
        "select count(*), count(distinct s.instance_id), count(c.id) from collect_submission s "
        f"left join collect_submissioncontent c on c.submission_id = s.id where s.instance_id in ({wanted})"
    ) == [(n, n, n)]


# --- splits, orders, repetitions -------------------------------------------------------------------------------------


@st.composite
def _days(draw):
    """What a phone sends on a day: for each form its files, and requests that together bring everything."""
    forms = []
    for at in range(draw(st.integers(1, 3))):
        files = [f"{at}-{n}.jpg" for n in range(draw(st.integers(0, 4)))]
        parts = [draw(st.lists(st.sampled_from(files), unique=True)) if files else [] for _ in range(3)]
        missing = [one for one in files if all(one not in part for part in parts)]
        forms.append((files, [*parts, missing]))
    requests = [(at, part) for at, (_files, parts) in enumerate(forms) for part in parts]
    again = draw(st.lists(st.sampled_from(requests), max_size=4))
    return [files for files, _parts in forms], draw(st.permutations([*requests, *again])), draw(st.randoms())


@pytest.mark.django_db
@given(day=_days())
@settings(max_examples=12)
def test_however_it_is_split_ordered_and_repeated_the_same_is_kept(phone, zarina, day):
    forms, requests, chance = day
    instances = [new_instance() for _ in forms]
    xml = [
        filled(instance, photo=files[0] if files else "", pictures=files[1:])
        for instance, files in zip(instances, forms, strict=True)
    ]
    for at, part in requests:
        sent = [(name, f"content of {name}".encode()) for name in part]
        assert phone.send(xml[at], sent, incomplete=chance.random() < 0.5).status_code in {201, 202}
    stands = {row[0]: row for row in state_of(zarina)}
    for instance, files, said in zip(instances, forms, xml, strict=True):
        row = stands[instance]
        assert row[4:7] == (True, "waiting", said)
        assert [(name, content) for name, _sha, _size, content in row[8]] == [
            (name, f"content of {name}".encode()) for name in sorted(files)
        ]


@st.composite
def _edited(draw):
    """Forms that are edited on the phone, each an edit of the one before, and how they are sent."""
    lengths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    forms = [(row, n) for row, length in enumerate(lengths) for n in range(length)]
    again = draw(st.lists(st.sampled_from(forms), max_size=4))
    requests = draw(st.permutations([*forms, *again]))
    return lengths, requests, draw(st.sets(st.integers(0, len(requests))))


@pytest.mark.django_db
@given(day=_edited())
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
def test_in_whatever_order_edits_come_the_last_one_stands(phone, zarina, day):
    lengths, requests, taken_at = day
    instances = {(row, n): new_instance() for row, length in enumerate(lengths) for n in range(length)}
    arrived, at = set(), 0
    while requests:
        refused = []
        for row, n in requests:
            before = instances.get((row, n - 1), "")
            xml = filled(instances[row, n], name=f"{row} {n}", photo="a.jpg", corrects=before)
            status = phone.send(xml, [("a.jpg", b"photo")] if n % 2 else [], incomplete=True).status_code
            if n and (row, n - 1) not in arrived:
                assert status == 404
                refused.append((row, n))  # the phone keeps it and tries again
            else:
                assert status == (202 if (row, n) in arrived else 201)
                arrived.add((row, n))
            if at in taken_at:
                take_waiting(zarina.pk)
            at += 1
        requests = refused
    for (row, n), instance in instances.items():
        if n % 2 == 0:  # its photograph comes at last
            before = instances.get((row, n - 1), "")
            xml = filled(instance, name=f"{row} {n}", photo="a.jpg", corrects=before)
            assert phone.send(xml, [("a.jpg", b"photo")]).status_code in {201, 202}
    take_waiting(zarina.pk)
    with acting_as(zarina):
        rows = {one.instance_id: one for one in Submission.objects.filter(instance_id__in=instances.values())}
        answers = SurveyAnswer.objects.filter(submission__in=rows.values())
        stands = {one.root_id: one.submission.instance_id for one in answers.select_related("submission")}
        assert stands == {instances[row, 0]: instances[row, length - 1] for row, length in enumerate(lengths)}
    assert len(rows) == len(instances)
    for (row, n), instance in instances.items():
        one, later = rows[instance], rows.get(instances.get((row, n + 1), ""))
        assert (one.root_id, one.is_complete) == (instances[row, 0], True)
        assert one.replaced_by_id == (later.pk if later else None)
        assert one.state in ({"taken", "aside"} if later else {"taken"})


@given(
    contents=st.lists(st.binary(max_size=300), min_size=1, max_size=5), step=st.integers(1, 200),
    extra=st.sampled_from([b"", b"\r\n--b0undar", b"\r\n--", b"\r", b"--b0undary"]),
)  # fmt: skip
@settings(max_examples=60)
def test_a_body_is_read_alike_in_whatever_pieces_it_comes(contents, step, extra):
    sent = [(f"{at}.bin", content + extra) for at, content in enumerate(contents)]
    stream = BytesIO(body(b"<a/>", sent))
    parts = Parts(lambda most: stream.read(min(most, step)), b"b0undary", 10**7)
    found = [(head.name, b"".join(content)) for head, content in parts]
    assert found == [("xml_submission_file", b"<a/>"), *sent]


@given(cut=st.integers(0, 300))
@settings(max_examples=30)
def test_a_body_that_ends_too_early_never_looks_whole(cut):
    whole = body(b"<a/>", [("a.bin", b"x" * 50)])
    stream = BytesIO(whole[: min(cut, len(whole) - 4)])
    with pytest.raises(CutOffError):
        _read(stream)


def _read(stream):
    return [b"".join(content) for _head, content in Parts(stream.read, b"b0undary", 10**7)]


# --- full disks ------------------------------------------------------------------------------------------------------


def _nothing_half_there(zarina, instance, before):
    assert kept(zarina, instance) == []
    with acting_as(zarina):
        assert not SubmissionFile.objects.exists()
    assert _files_on_disk() == before


@pytest.mark.django_db
def test_a_disk_that_fills_up_while_files_are_kept_keeps_nothing(phone, zarina, monkeypatch):
    store, calls = arrival.store, []

    def full(key, content):
        calls.append(key)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        store(key, content)

    one, before = new_instance(), _files_on_disk()
    xml, files = filled(one, photo="a.jpg", pictures=["b.jpg"]), [("a.jpg", b"A"), ("b.jpg", b"B")]
    with monkeypatch.context() as patched:
        patched.setattr(arrival, "store", full)
        answer = phone.send(xml, files)
    assert (answer.status_code, message(answer)) == (503, TURNED_AWAY["no_room"][1])
    assert answer["Retry-After"]
    _nothing_half_there(zarina, one, before)
    assert phone.send(xml, files).status_code == 201  # and once there is room, it comes


@pytest.mark.django_db
def test_a_disk_that_is_full_while_a_body_is_read_is_told(phone, zarina, monkeypatch):
    class Full(BytesIO):
        def write(self, _block):
            raise OSError(errno.ENOSPC, "No space left on device")

    one, before = new_instance(), _files_on_disk()
    with monkeypatch.context() as patched:
        patched.setattr(views.tempfile, "SpooledTemporaryFile", lambda **_: Full())
        answer = phone.send(filled(one, photo="a.jpg"), [("a.jpg", b"A")])
    assert answer.status_code == 503
    _nothing_half_there(zarina, one, before)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "status"), [("53100", 503), ("53300", 503), ("XX000", 500)])
def test_a_database_without_room_keeps_nothing(phone, zarina, monkeypatch, state, status):
    def full(*_, **__):
        with connection.cursor() as cursor:
            cursor.execute(f"do $$ begin raise exception 'no room' using errcode = '{state}'; end $$")

    one, before = new_instance(), _files_on_disk()
    with monkeypatch.context() as patched:
        patched.setattr(arrival, "_keep_file", full)
        answer = phone.send(filled(one, photo="a.jpg"), [("a.jpg", b"A")])
    assert answer.status_code == status
    assert "Nothing was kept" in message(answer)
    _nothing_half_there(zarina, one, before)


@pytest.mark.django_db
def test_a_failure_at_the_very_end_takes_the_files_away_again(zarina):
    before = _files_on_disk()
    with pytest.raises(DatabaseError, match="the commit failed"):
        _fail_at_the_end()
    assert _files_on_disk() == before


def _fail_at_the_end():
    with arrival.whole() as stored:
        key = new_id()
        arrival.store(key, b"content")
        stored.append(key)
        raise DatabaseError("the commit failed")


# --- large bodies ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_many_large_files_are_taken_within_the_limit(phone, zarina):
    size, n = (9 * MEGABYTE, 11) if HEAVY else (2 * MEGABYTE, 3)
    files = [(f"{at}.jpg", os.urandom(size)) for at in range(n)]
    one = new_instance()
    assert phone.send(filled(one, pictures=[name for name, _ in files]), files).status_code == 201
    with acting_as(zarina):
        row = Submission.objects.get(instance_id=one)
        assert row.is_complete
        assert [(file.name, file.content) for file in row.files.order_by("name")] == sorted(files)


@pytest.mark.django_db
def test_more_than_the_limit_is_refused_before_it_is_read(phone):
    class Unread(BytesIO):
        def read(self, *_):
            raise AssertionError("Nothing of it may be read.")

    answer = phone.client.generic(
        "POST", f"{phone.base}/submission", b"", content_type="multipart/form-data; boundary=b0undary",
        CONTENT_LENGTH=str(100 * MEGABYTE + 1), **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert (answer.status_code, message(answer)) == (413, TURNED_AWAY["too_large"][1])


@pytest.mark.django_db
def test_a_body_in_chunks_is_counted_while_it_is_read(phone, zarina, monkeypatch):
    monkeypatch.setattr(views, "door_limits", lambda: DoorLimits(MEGABYTE, 40, 10))
    one = new_instance()

    def chunked(size):
        content = body(filled(one, photo="a.jpg"), [("a.jpg", b"x" * size)])
        return phone.client.generic(
            "POST", f"{phone.base}/submission", b"", CONTENT_TYPE="multipart/form-data; boundary=b0undary",
            CONTENT_LENGTH="", **{"wsgi.input": BytesIO(content), "wsgi.input_terminated": True},
        )  # fmt: skip

    assert chunked(2 * MEGABYTE).status_code == 413
    assert kept(zarina, one) == []
    assert chunked(MEGABYTE // 2).status_code == 201


def test_the_reader_stops_at_its_limit():
    read = []

    def endless(most):
        read.append(most)
        return b"x" * most

    with pytest.raises((TooLargeError, CutOffError)):
        list(Parts(endless, b"b", MEGABYTE))
    assert sum(read) < 2 * MEGABYTE
