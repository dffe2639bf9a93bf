"""Work in the background: leases, failures, duplicates, and what is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from paivand.access.actions.users import suspend_user
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect import tasks
from paivand.collect.actions import lists as actions
from paivand.collect.actions import work
from paivand.collect.models import ImportBatch, ImportFile, ImportRow
from paivand.collect.queries.upkeep import stuck_lists
from paivand.collect.rules import lists as rules
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.models import Family
from tests.cast import DUSTI, register
from tests.collect.desk import DECLARED_FOR_ALL
from tests.collect.sheets import HEADINGS, family_rows, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(desk, jamoats):
    """A list of ten families that is ready to be taken in."""
    return desk.check(desk.upload(workbook(family_rows(10, jamoats))))


def change(desk, batch, **values):
    with acting_as(desk.by), writing("a test"):
        ImportBatch.objects.filter(pk=batch.pk).update(**values)


def past():
    return timezone.now() - timedelta(seconds=1)


def test_a_step_that_breaks_leaves_nothing_and_is_repeated(desk, checked, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 4)
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
        batch = work.begin_job(batch=checked, by=desk.by)
        assert work.take_in_some(batch=batch, by=desk.by)
    whole = work._register

    def breaks(batch, drafts, by):
        whole(batch, drafts, by)
        raise ConnectionError("the worker is killed")

    monkeypatch.setattr(work, "_register", breaks)
    with pytest.raises(ConnectionError), acting_as(desk.by):
        work.take_in_some(batch=batch, by=desk.by)
    with acting_as(desk.by):
        assert Family.objects.count() == desk.seen(batch).n_taken_in == 4
    monkeypatch.setattr(work, "_register", whole)
    change(desk, batch, lease_until=past())
    assert work.wake_silent_lists() == 1
    desk.work(batch)
    batch = desk.seen(batch)
    assert (batch.state, batch.n_taken_in) == ("merged", 10)
    with acting_as(desk.by):
        assert Family.objects.count() == 10


def test_a_worker_that_was_thought_dead_leaves_when_it_wakes_up(desk, checked):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
        slow = work.begin_job(batch=checked, by=desk.by)
    change(desk, checked, lease_until=past())
    assert work.wake_silent_lists() == 1
    desk.work(checked)
    assert desk.seen(checked).n_taken_in == 10
    with pytest.raises(work.LeaseLostError), acting_as(desk.by):
        work.take_in_some(batch=slow, by=desk.by)


def test_two_workers_do_not_take_the_same_job(desk, checked):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
        work.begin_job(batch=checked, by=desk.by)
        with pytest.raises(work.LeaseLostError):
            work.begin_job(batch=checked, by=desk.by)


def test_a_job_that_never_ends_fails_after_three_times_and_can_be_tried_again(desk, checked):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
        for _attempt in range(rules.MOST_ATTEMPTS):
            work.begin_job(batch=checked, by=desk.by)
            change(desk, checked, lease_until=past())
    desk.work(checked)
    batch = desk.seen(checked)
    assert (batch.state, batch.job_state, batch.error["code"]) == ("failed", "failed", "stopped")
    with acting_as(desk.by):
        actions.try_again(batch=batch, by=desk.by)
    desk.work(batch)
    assert desk.seen(batch).n_taken_in == 10


def test_a_worker_that_ends_gives_its_job_back(desk, checked, monkeypatch):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
    tasks.end_soon()
    try:
        desk.work(checked)
    finally:
        tasks._ending.clear()
    batch = desk.seen(checked)
    assert (batch.job_state, batch.attempts, batch.n_taken_in) == ("queued", 0, 0)
    desk.work(batch)
    assert desk.seen(batch).n_taken_in == 10


def test_an_error_of_the_program_is_told_without_quoting_a_row(desk, checked, monkeypatch, caplog):
    def breaks(*_arguments):
        raise ValueError("Каримова Ҷамила")

    monkeypatch.setattr(work, "_register", breaks)
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
    desk.work(checked)
    assert desk.seen(checked).error["code"] == "crashed"
    assert "Каримова" not in caplog.text
    assert "ValueError" in caplog.text


def test_the_job_ends_when_who_asked_for_it_loses_the_right(desk, checked, admin):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
    with acting_as(admin):
        suspend_user(user=desk.by, reason="рафт", by=admin)
    desk.work(checked)
    with for_purpose("upkeep"):
        batch = ImportBatch.objects.get(pk=checked.pk)
    assert (batch.state, batch.error["code"]) == ("failed", "left")


def test_a_job_is_queued_once_and_knows_keys_only(desk, checked):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
    jobs = ProcrastinateJob.objects.filter(task_name="collect.work", attempts=0)
    assert {key for job in jobs for key in job.args} == {"batch", "by"}
    change(desk, checked, lease_until=past())
    before = jobs.count()
    work.wake_silent_lists()
    assert jobs.count() == before


def test_a_queue_without_a_worker_is_noticed(desk, checked):
    with acting_as(desk.by):
        actions.take_in(batch=checked, by=desk.by)
    assert stuck_lists() == 0
    change(desk, checked, lease_until=timezone.now() - timedelta(minutes=11))
    assert stuck_lists() == 1


# --- duplicates ------------------------------------------------------------------------------------------------------


@pytest.fixture
def compared(desk, jamoats):
    """A list in which one of three families was registered by hand before, in another spelling."""
    rows = family_rows(3, jamoats)
    rows[0][2:7] = ["Karimzoda", "Jamila", "Rahimovna", "зан", "1988"]
    register(desk.by, jamoat="TJ-KT-02-01")
    return desk.check(desk.upload(workbook(rows)))


def test_a_family_that_is_registered_in_another_spelling_waits_for_an_answer(desk, compared):
    assert (compared.state, compared.n_duplicates, compared.n_families) == ("in_review", 2, 2)
    head = desk.rows(compared)[0]
    assert head.likely[0]["code"].startswith("F-")
    with pytest.raises(Refused) as refused, acting_as(desk.by):
        actions.take_in(batch=compared, by=desk.by)
    assert refused.value.code == "in_review"


def test_the_same_family_is_left_out_and_another_is_taken_in(desk, compared):
    head = desk.rows(compared)[0]
    with acting_as(desk.by):
        batch = actions.answer_row(batch=compared, row=head, same=True, by=desk.by)
        assert (batch.state, batch.n_duplicates, batch.n_families) == ("checked", 0, 2)
        batch = actions.answer_row(batch=compared, row=head, same=False, by=desk.by)
        assert batch.n_families == 3
    assert desk.take_in(batch).n_taken_in == 3


def test_all_can_be_answered_at_once(desk, compared):
    with acting_as(desk.by):
        batch = actions.answer_all(batch=compared, same=True, by=desk.by)
    assert (batch.state, batch.n_skipped) == ("checked", 2)
    assert desk.take_in(batch).n_taken_in == 2


def test_twins_in_one_list_are_two_children(desk, jamoats):
    rows = family_rows(1, jamoats, children=2)
    rows[1][3], rows[2][3] = "Ҳасан", "Ҳусайн"
    rows[2][4:7] = rows[1][4:7]
    batch = desk.check(desk.upload(workbook(rows)))
    assert (batch.n_errors, batch.n_families) == (0, 1)


# --- setting aside, uploading again ----------------------------------------------------------------------------------


def test_a_list_is_withdrawn_before_it_is_taken_in_and_not_after(desk, checked, jamoats):
    with acting_as(desk.by):
        actions.refuse_list(batch=checked, reason="рӯйхати кӯҳна", by=desk.by)
    assert desk.seen(checked).state == "refused"
    other = desk.take_in(desk.check(desk.upload(workbook(family_rows(2, jamoats)))))
    with pytest.raises(Refused), acting_as(desk.by):
        actions.refuse_list(batch=other, reason="дер шуд", by=desk.by)


def test_uploading_a_file_twice_leads_to_the_list_that_is_open(desk, jamoats):
    content = workbook(family_rows(2, jamoats))
    first = desk.upload(content)
    with pytest.raises(Refused) as refused:
        desk.upload(content)
    assert refused.value.detail == {"list": str(first.pk)}


def test_the_meaning_of_columns_is_remembered_for_the_same_headings(desk, jamoats):
    headings = ["Н", "Н2", "Ҷинс", "Ҷамоат", "Деҳа", "Розигӣ"]
    rows = [["Каримова", "Ҷамила", "зан", jamoats[0], "Деҳаи 1", "ҳа"]]
    batch = desk.upload(workbook(rows, headings))
    mapping = ["family_name", "given_name", "sex", "jamoat", "village", "consent"]
    assert batch.mapping != mapping
    assert desk.check(batch, mapping).n_families == 1
    rows[0][1] = "Зарина"
    assert desk.upload(workbook(rows, headings)).mapping == mapping


def test_a_list_without_a_column_for_consent_needs_a_declaration(desk, jamoats):
    rows = [row[:12] for row in family_rows(2, jamoats)]
    batch = desk.check(desk.upload(workbook(rows, HEADINGS[:12])))
    assert {code for _row, code in desk.told(batch)} == {"consent_missing"}
    rows[0][9] = "Деҳаи дигар"
    batch = desk.check(desk.upload(workbook(rows, HEADINGS[:12]), declared=DECLARED_FOR_ALL))
    assert batch.n_families == 2


def test_columns_without_a_name_or_sex_are_refused(desk, checked):
    with pytest.raises(Refused, match="sex"):
        desk.check(checked, ["given_name", "jamoat"])


# --- who may ---------------------------------------------------------------------------------------------------------


def test_a_list_lies_in_its_district(desk, checked, desk_of, farrukh):
    other = desk_of(farrukh)
    with acting_as(other.by):
        assert not ImportBatch.objects.seen_by(other.by).exists()
        assert not ImportBatch.objects.exists()
        assert not ImportFile.objects.exists()
        assert not ImportRow.objects.exists()
        with pytest.raises(OutsideScopeError):
            actions.take_in(batch=checked, by=other.by)


def test_nobody_uploads_a_list_for_a_district_of_others(desk, jamoats):
    with pytest.raises(WithoutRightError):
        desk.upload(workbook(family_rows(1, jamoats)), district=DUSTI)


def test_who_does_not_work_with_families_sees_no_list(checked, desk_of, manija, rustam, admin):
    for user in (manija, rustam, admin):
        other = desk_of(user)
        with acting_as(other.by):
            assert not ImportBatch.objects.exists()
            assert not ImportRow.objects.exists()
            with pytest.raises((WithoutRightError, OutsideScopeError)):
                actions.take_in(batch=checked, by=other.by)


def test_without_an_identity_no_row_is_read(checked):
    with connection.cursor() as cursor:
        for table in ("collect_importbatch", "collect_importfile", "collect_importrow"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,)


def test_each_family_that_is_taken_in_stands_in_the_audit(desk, checked):
    desk.take_in(checked)
    with acting_as(desk.by):
        events = AuditEvent.objects.filter(event="family.register").exclude(subject_label="")
        assert events.count() == 10
        assert AuditEvent.objects.filter(event="family.import").exclude(subject_label="").count() == 0


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_files_and_rows_are_erased_after_thirty_days(desk, jamoats):
    rows = family_rows(3, jamoats)
    rows[0][3] = ""
    batch = desk.take_in(desk.check(desk.upload(workbook(rows))))
    assert work.erase_old_lists() == 0
    change(desk, batch, state_at=timezone.now() - timedelta(days=rules.KEPT_DAYS, hours=1))
    assert work.erase_old_lists() == 1
    batch = desk.seen(batch)
    assert batch.erased_at
    assert batch.n_taken_in == 2
    with acting_as(desk.by):
        assert not ImportFile.objects.exists()
        kept = ImportRow.objects.all()
        assert {(row.state, str(row.values), str(row.understood)) for row in kept} == {("taken_in", "{}", "{}")}
        assert kept.filter(family__isnull=False).count() == 4
    assert work.erase_old_lists() == 0
