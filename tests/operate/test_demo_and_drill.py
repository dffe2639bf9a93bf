"""The demo from its first start to its end, and the drill: lose everything, restore it, and find the wall standing."""

from __future__ import annotations

import json
import signal
import socket
import stat
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from paivand.operate.archive import Manifest, TableContent, read_archive, write_archive
from paivand.operate.postgres import OperatingError
from tests.operate.conftest import FEW, LEAST, Installation

pytestmark = pytest.mark.xdist_group("drill")
Installations = Callable[[], Installation]


@pytest.fixture(scope="module")
def backup(demo: Installation) -> Path:
    """Its backup."""
    path = demo.home / "drill.tar"
    done = demo.run("backup", str(path))
    assert done.returncode == 0, done.stderr
    assert "read back and found complete" in done.stdout
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(port: int, seconds: float) -> dict[str, str]:
    """What ``/healthz`` answers, once it does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                told: dict[str, str] = json.load(answer)
                return told
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


# --- the demo --------------------------------------------------------------------------------------------------------


def test_the_demo_has_its_families_and_accounts(demo: Installation) -> None:
    assert demo.ask("select count(*) from registry_family") == 60
    assert demo.ask("select count(*) from access_user") == 23
    assert demo.ask("select count(distinct district_id) from registry_family") == 2
    assert demo.ask("select count(distinct jamoat_id) from registry_family") == 10
    assert demo.ask("select count(distinct password) from access_user") == 2  # hashing is slow on purpose


def test_a_second_start_keeps_what_was_done(demo: Installation) -> None:
    before = demo.ask("select max(id::text) from access_auditevent")
    done = demo.run("demo", "--no-server", FEW)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "The demo is ready.\n"
    assert demo.ask("select max(id::text) from access_auditevent") == before


def test_a_broken_first_start_goes_on(installations: Installations) -> None:
    site = installations()
    assert site.run("migrate", "--verbosity=0").returncode == 0
    assert (
        site.run(
            "createadmin", "--username=admin", "--full-name=Шоира Мирзоева", said="a good long pass word\n"
        ).returncode
        == 0
    )
    with psycopg.connect(site.url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"comment on database {name} is 'paivand: demo'")
    done = site.run("demo", "--no-server", LEAST)
    assert done.returncode == 0, done.stderr
    assert site.ask("select count(*) from registry_family") == 12


def test_reset_begins_anew(installations: Installations) -> None:
    site = installations()
    assert site.run("demo", "--no-server", LEAST).returncode == 0
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("create table remainder (id int)")
    done = site.run("demo", "--no-server", LEAST, "--reset")
    assert done.returncode == 0, done.stderr
    assert site.ask("select to_regclass('remainder')") is None
    assert site.ask("select count(*) from registry_family") == 12


def test_the_demo_refuses_a_database_with_other_data(installations: Installations) -> None:
    site = installations()
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("create table somebody_elses (id int)")
    done = site.run("demo", "--no-server", LEAST, "--reset")
    assert done.returncode == 2
    assert "tables that are not Paivand's" in done.stderr
    assert site.ask("select to_regclass('somebody_elses')") == "somebody_elses"


def test_the_demo_refuses_real_people(installations: Installations) -> None:
    site = installations()
    assert site.run("migrate", "--verbosity=0").returncode == 0
    made = site.run("createadmin", "--username=chief", "--full-name=Шоира Мирзоева", said="a good long pass word\n")
    assert "may now sign in as chief" in made.stdout
    done = site.run("demo", "--no-server", LEAST, "--reset")
    assert done.returncode == 2
    assert "does not mix" in done.stderr
    assert site.ask("select username from access_user") == "chief"
    again = site.run("createadmin", "--username=other", "--full-name=Other", said="a good long pass word\n")
    assert again.returncode == 1
    assert "users already" in again.stderr


def test_it_serves_and_ends_cleanly(folders: Callable[[str], Path]) -> None:
    site = Installation(folders("home"), key="")
    port = free_port()
    for _start in ("first", "second"):
        server = site.start("demo", LEAST, PAIVAND_PORT=str(port), PAIVAND_WORKERS="1")
        try:
            assert health(port, 400)["status"] == "ok"  # with a database to be made, on a busy machine
            taken = site.run("demo", LEAST, PAIVAND_PORT=str(port))
            assert taken.returncode == 2
            assert f"127.0.0.1:{port}" in taken.stderr
        finally:
            server.send_signal(signal.SIGTERM)
            said, _ = server.communicate(timeout=60)
        assert server.returncode == 0, said
        assert f"http://127.0.0.1:{port}/" in said
        assert "social.kulob" in said
        assert not (site.home / "postgres" / "postmaster.pid").exists()


# --- real use --------------------------------------------------------------------------------------------------------


def test_serve_refuses_the_demo_and_says_so(demo: Installation) -> None:
    done = demo.run("serve", PAIVAND_HOSTS="paivand.example")
    assert done.returncode == 2
    assert "data: the database holds the demo" in done.stderr


def test_serve_refuses_an_owner_in_disguise(demo: Installation) -> None:
    done = demo.run("serve", PAIVAND_HOSTS="paivand.example", DATABASE_URL="", PAIVAND_APP_DATABASE_URL=demo.url)
    assert done.returncode == 2
    assert "roles: The application's database role" in done.stderr


def test_check_names_what_is_not_ready(installations: Installations) -> None:
    site = installations()
    assert site.run("migrate", "--verbosity=0").returncode == 0
    ready = site.run("check", PAIVAND_HOSTS="paivand.example")
    assert ready.returncode == 0, ready.stdout
    assert "warn  backup: none" in ready.stdout
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("alter table registry_person disable row level security")
        connection.execute("update core_place set name_tg = '' where level = 'jamoat' and code like 'TJ-KT-20%'")
    done = site.run("check", PAIVAND_HOSTS="paivand.example")
    assert done.returncode == 1
    assert "FAIL  row security: Table registry_person" in done.stdout
    assert "FAIL  places: 6 missing or out of date" in done.stdout
    assert site.run("migrate", "--verbosity=0").returncode == 0
    assert site.run("check", PAIVAND_HOSTS="paivand.example").returncode == 0


def test_serve_gives_its_workers_no_owner(installations: Installations) -> None:
    site = installations()
    assert site.run("migrate", "--verbosity=0").returncode == 0
    port = free_port()
    server = site.start("serve", PAIVAND_HOSTS="127.0.0.1", PAIVAND_PORT=str(port), PAIVAND_WORKERS="1")
    try:
        assert health(port, 180)["database"] == "ok"
        environ = Path(f"/proc/{server.pid}/environ")
        if environ.exists():
            assert b"DATABASE_URL=" not in environ.read_bytes().replace(b"PAIVAND_APP_DATABASE_URL=", b"")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0


# --- the drill -------------------------------------------------------------------------------------------------------


def test_a_backup_is_private_dated_and_complete(demo: Installation, backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    dated = demo.run("backup")
    assert dated.returncode == 0, dated.stderr
    assert [path.name[:10] for path in (demo.home / "backups").iterdir()] == ["paivand-20"]
    with tarfile.open(backup) as archive:
        manifest = Manifest.from_json(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert manifest.demo
    assert manifest.tables["public.registry_family"].rows == 60
    assert "public.django_session" not in manifest.tables


def test_a_restore_asks_before_it_removes_anything(demo: Installation, backup: Path) -> None:
    refused = demo.run("restore", str(backup))
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    doubted = demo.run("restore", str(backup), "--replace", said="yes\n")
    assert doubted.returncode == 2
    assert "Nothing was changed" in doubted.stderr


def test_what_was_lost_comes_back_and_the_wall_with_it(demo: Installation, backup: Path) -> None:
    people = demo.ask("select count(*) from registry_person")
    with psycopg.connect(demo.url, autocommit=True) as connection:
        connection.execute("truncate registry_person cascade")
        connection.execute("update access_user set full_name = 'Somebody' where username = 'gbv'")
        connection.execute("create table remainder (id int)")
    # What the database held before must not be counted beside what comes back.
    files = demo.home / "evidence"
    files.mkdir(exist_ok=True)
    (files / "steps-0.parquet").write_bytes(b"former")
    (files / "snapshot.json").write_text("{}")
    done = demo.run("restore", str(backup), "--replace", "--yes")
    assert done.returncode == 0, done.stderr
    assert "agree with it in number and content" in done.stdout
    assert demo.ask("select count(*) from registry_person") == people
    assert demo.ask("select full_name from access_user where username = 'gbv'") != "Somebody"
    assert demo.ask("select to_regclass('remainder')") is None
    assert not files.exists(), "files for figures, of what the database held before"
    assert demo.ask("select nextval('registry_family_number')") > 60
    with psycopg.connect(demo.app_url) as connection:
        assert connection.execute("select count(*) from registry_person").fetchone() == (0,)
    assert "FAIL  row" not in demo.run("check").stdout


def test_another_installation_can_take_it_over(installations: Installations, demo: Installation, backup: Path) -> None:
    other = installations()
    done = other.run("restore", str(backup), PAIVAND_SECRET_KEY="another installation, another key " * 2)
    assert done.returncode == 0, done.stderr
    assert other.ask("select count(*) from registry_family") == 60
    assert "demo" in other.ask(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
    )


def test_a_damaged_backup_is_refused_before_anything_changes(demo: Installation, backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    for path, reason in ((damaged, "damaged"), (tmp_path / "none.tar", "no file"), (Path(__file__), "no backup")):
        done = demo.run("restore", str(path), "--replace", "--yes")
        assert done.returncode == 2
        assert reason in done.stderr
    assert demo.ask("select count(*) from registry_family") == 60


def unpacked(manifest: Manifest, folder: Path) -> dict[str, Path]:
    """Where the documents of a backup that was read lie."""
    return {place: folder / "documents" / place for place in manifest.documents}


def test_content_that_differs_from_the_manifest_undoes_the_restore(
    demo: Installation, backup: Path, tmp_path: Path
) -> None:
    manifest, dump = read_archive(backup, tmp_path)
    rows = manifest.tables["public.access_agency"].rows
    manifest.tables["public.access_agency"] = TableContent(rows, "1-2")
    forged = tmp_path / "forged.tar"
    write_archive(forged, manifest, dump, unpacked(manifest, tmp_path))
    with psycopg.connect(demo.url, autocommit=True) as connection:
        connection.execute("create table since_then as select 1 as one")
    done = demo.run("restore", str(forged), "--replace", "--yes")
    assert done.returncode == 2
    assert "public.access_agency" in done.stderr
    assert "as it was" in done.stderr
    assert demo.ask("select one from since_then") == 1


def test_a_backup_of_a_newer_program_is_refused(demo: Installation, backup: Path, tmp_path: Path) -> None:
    manifest, dump = read_archive(backup, tmp_path)
    newer = Manifest(**{**vars(manifest), "migrations": (*manifest.migrations, "registry.9999_later")})
    path = tmp_path / "newer.tar"
    write_archive(path, newer, dump, unpacked(manifest, tmp_path))
    done = demo.run("restore", str(path), "--replace", "--yes")
    assert done.returncode == 2
    assert "registry.9999_later" in done.stderr


def test_a_file_of_an_unknown_format_is_refused(backup: Path, tmp_path: Path) -> None:
    manifest, dump = read_archive(backup, tmp_path)
    path = tmp_path / "future.tar"
    write_archive(path, Manifest(**{**vars(manifest), "format": 99}), dump, unpacked(manifest, tmp_path))
    (folder := tmp_path / "out").mkdir()
    with pytest.raises(OperatingError, match="format 99"):
        read_archive(path, folder)
    assert list(folder.iterdir()) == []
