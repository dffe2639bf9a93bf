"""Changing the key of the vault: all sealed anew, a killed run gone on with, old keys forgotten when unneeded."""

from __future__ import annotations

import io
import os
import tarfile

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from paivand.core.models.sealed import seal, seal_keys, unseal
from paivand.core.rules.writing import writing
from paivand.operate import resealing, vault
from paivand.operate.backups import make_backup
from paivand.operate.postgres import OperatingError
from paivand.operate.readiness import State, _vault
from paivand.operate.resealing import census, reseal, sealed_columns, summed
from tests.cast import KULOB

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
SECRET = "шаби ҷумъа дар хона"


class Killed(BaseException):
    """The process was killed."""


@pytest.fixture
def home(tmp_path, settings, monkeypatch):
    """An installation whose keys lie in its folder; this process follows the file."""
    kept = vault.keys(tmp_path)
    settings.HOME, settings.VAULT_FILE = tmp_path, str(tmp_path / vault.FILE)
    settings.VAULT_KEYS, settings.PSEUDONYM_KEY = kept["seal"], kept["pseudonym"][0]
    monkeypatch.setattr(resealing, "BATCH", 3)
    return tmp_path


@pytest.fixture
def told(home):
    """Ten survivors' files, sealed with the first key, as the owner of the database sees them."""
    from paivand.access.models import User
    from paivand.protection.models import Survivor

    today = timezone.localdate()
    user = User.objects.using("owner").get(username="gulnoz")
    with writing("test"):
        for number in range(1, 11):
            Survivor(
                number=number, name={"given": SECRET}, contact={"phone": str(number)}, sex="female", age_group="26-40",
                told_on=today, opened_on=today, district_id=KULOB, recorded_by=user, declined=[],
            ).save(using="owner")  # fmt: skip
    return Survivor.objects.using("owner")


def run(*arguments):
    out = io.StringIO()
    call_command("vault", *arguments, stdout=out)
    return out.getvalue()


def counted():
    return summed(census(connections["owner"], seal_keys()))


def test_every_sealed_column_of_every_room_is_found():
    found = {str(column) for column in sealed_columns()}
    assert {
        "protection_survivor.name", "protection_survivor.contact", "protection_survivor.person_link",
        "protection_incident.account", "protection_safetyplan.content", "protection_followup.note",
        "referrals_disclosure.content", "referrals_preparation.needs",
    } <= found  # fmt: skip


def test_rotating_seals_everything_with_a_new_key_and_keeps_the_old_one(told, home):
    before = vault.keys(home)
    tokens = dict(told.extra(select={"raw": "name"}).values_list("number", "raw"))
    said = run("rotate")
    after = vault.keys(home)
    assert after["seal"][1:] == before["seal"]
    assert after["pseudonym"] == before["pseudonym"]
    assert (counted().older, counted().lost) == (0, 0)
    assert counted().newest >= 20
    assert "Sealed anew" in said
    assert SECRET not in said
    assert {row.name["given"] for row in told.all()} == {SECRET}
    assert not set(tokens.values()) & set(told.extra(select={"raw": "name"}).values_list("raw", flat=True))


def test_a_run_killed_in_the_middle_leaves_everything_readable_and_is_gone_on_with(told, home, monkeypatch):
    done = []

    def killed(column, n_changed):
        done.append(n_changed)
        if len(done) == 2:
            raise Killed

    monkeypatch.setattr(
        "paivand.operate.management.commands.vault.reseal",
        lambda owner, keys, after_batch: reseal(owner, keys, after_batch=killed),
    )
    with pytest.raises(Killed):
        run("rotate")
    half = counted()
    assert half.newest == 6
    assert half.older > 0
    assert half.lost == 0
    assert {row.name["given"] for row in told.all()} == {SECRET}  # people go on working
    keys = vault.keys(home)["seal"]
    monkeypatch.undo()
    said = run("rotate")
    assert "Going on" in said
    assert vault.keys(home)["seal"] == keys  # no third key
    assert counted().older == 0


def test_what_is_saved_meanwhile_is_not_overwritten(told, home):
    row = told.get(number=1)
    old = seal('{"given": "x"}')
    vault.write_keys(home, vault.with_new_seal(vault.keys(home)))
    column = next(one for one in sealed_columns() if str(one) == "protection_survivor.name")
    from cryptography.fernet import MultiFernet

    every = MultiFernet([Fernet(key) for key in seal_keys()])
    assert resealing._replace(connections["owner"], column, row.pk, old, every) == 0
    assert told.get(number=1).name == {"given": SECRET}


def test_old_keys_are_forgotten_only_when_nothing_needs_them(told, home):
    vault.write_keys(home, vault.with_new_seal(vault.keys(home)))
    with pytest.raises(OperatingError, match="Nothing was forgotten"):
        run("forget")
    assert len(vault.keys(home)["seal"]) == 2
    run("rotate")
    said = run("forget")
    assert "Forgotten: 1" in said
    assert len(vault.keys(home)["seal"]) == 1
    assert {row.name["given"] for row in told.all()} == {SECRET}
    assert "nothing to forget" in run("forget")


def test_a_running_process_seals_with_the_new_key_from_the_moment_it_is_written(home):
    token = seal("a")
    vault.write_keys(home, vault.with_new_seal(vault.keys(home)))
    newest = Fernet(vault.keys(home)["seal"][0])
    assert newest.decrypt(seal("b").encode()) == b"b"
    assert unseal(token) == "a"


def test_check_counts_and_says_what_is_lost(told, home, settings):
    assert "protection_survivor.name: 10 with the newest key, 0 with an older, 0 lost" in run("check")
    vault.write_keys(home, {**vault.keys(home), "seal": [Fernet.generate_key().decode()]})
    with pytest.raises(SystemExit):
        run("check")
    with pytest.raises(OperatingError, match="none of the keys"):
        run("rotate")


def test_readiness_tells_of_lost_and_of_old_keys(told, home):
    assert [finding.state for finding in _vault()] == [State.OK]
    vault.write_keys(home, vault.with_new_seal(vault.keys(home)))
    assert [finding.state for finding in _vault()] == [State.WARN]
    vault.write_keys(home, {**vault.keys(home), "seal": [Fernet.generate_key().decode()]})
    assert [finding.state for finding in _vault()] == [State.FAIL]


def test_keys_of_the_environment_are_changed_by_its_keeper(told, home, settings):
    settings.VAULT_FILE = ""
    said = run("rotate")
    assert "PAIVAND_VAULT_KEYS" in said
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
    assert "Sealed anew" in run("rotate")
    assert "Take them out of PAIVAND_VAULT_KEYS" in run("forget")


def test_a_backup_holds_no_key(home, told):
    path, _manifest = make_backup(os.environ["DATABASE_URL"], home, home / "backup.tar")
    raw = path.read_bytes()
    with tarfile.open(path) as archive:
        names = archive.getnames()
        raw += b"".join(archive.extractfile(name).read() for name in names)
    assert not [name for name in names if "vault" in name]
    for keys in vault.keys(home).values():
        for key in keys:
            assert key.encode() not in raw


def test_two_runs_at_once_are_refused(home):
    other = connections["owner"].copy()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(7284)")
    try:
        with pytest.raises(OperatingError, match="already"):
            run("check")
    finally:
        other.close()
