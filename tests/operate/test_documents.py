"""The files of documents: in the backup, back with a restore, sealed anew, and missed where they are lost."""

from __future__ import annotations

import io
import json
import tarfile
import uuid
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from paivand.operate.archive import Manifest, TableContent, read_archive, sha256_of, write_archive
from paivand.operate.documents import (
    FOLDER,
    census_of_files,
    files_of,
    present_files,
    replace_folder,
    reseal_files,
    stray_files,
)
from paivand.operate.postgres import OperatingError
from paivand.operate.resealing import Census

KEYS = [uuid.UUID(int=(7 << 76) | (2 << 62) | n) for n in (0xA7, 0xB8, 0xC9)]


@pytest.fixture
def home(tmp_path):
    """An installation with three documents."""
    vault = Fernet(Fernet.generate_key())
    for n, path in enumerate(files_of(tmp_path, KEYS).values()):
        path.parent.mkdir(parents=True)
        path.write_bytes(vault.encrypt(f"paper {n}".encode()))
    return tmp_path


def manifest_of(dump: Path, documents: dict[str, str], **changes: object) -> Manifest:
    values = {
        "paivand": "1", "created_at": "2026-11-29T00:00:00+00:00", "server_version": "18", "demo": False,
        "migrations": ("cases.0001_initial",), "tables": {"public.a": TableContent(1, "1-1")}, "sequences": {},
        "dump_sha256": sha256_of(dump), "documents": documents, **changes,
    }  # fmt: skip
    return Manifest(**values)  # type: ignore[arg-type]


@pytest.fixture
def archive(home, tmp_path):
    """A backup of it."""
    dump = tmp_path / "dump"
    dump.write_bytes(b"PGDMP")
    documents = files_of(home, KEYS)
    path = tmp_path / "backup.tar"
    write_archive(
        path, manifest_of(dump, {place: sha256_of(file) for place, file in documents.items()}), dump, documents
    )
    return path


def test_the_files_come_back_as_they_were(home, archive, tmp_path):
    before = {place: file.read_bytes() for place, file in files_of(home, KEYS).items()}
    (home / FOLDER / "a7" / "stranger").write_bytes(b"of an upload that was undone")
    folder = tmp_path / "unpacked"
    folder.mkdir()
    manifest, _dump = read_archive(archive, folder)
    assert set(manifest.documents) == set(before)
    replace_folder(home, folder / FOLDER, folder / "former")
    assert {place: file.read_bytes() for place, file in files_of(home, KEYS).items()} == before
    assert list(stray_files(home, KEYS)) == []
    assert oct(files_of(home, KEYS).popitem()[1].stat().st_mode)[-3:] == "600"


def test_a_damaged_document_is_noticed_before_anything_changes(archive, tmp_path):
    content = archive.read_bytes()
    with tarfile.open(archive) as packed:
        member = next(one for one in packed.getmembers() if one.name.startswith(FOLDER))
    damaged = tmp_path / "damaged.tar"
    at = member.offset_data + 10
    damaged.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
    folder = tmp_path / "unpacked"
    folder.mkdir()
    with pytest.raises(OperatingError, match="damaged"):
        read_archive(damaged, folder)


def test_a_document_that_the_manifest_names_must_be_in_the_file(home, tmp_path):
    dump = tmp_path / "dump"
    dump.write_bytes(b"PGDMP")
    path = tmp_path / "backup.tar"
    write_archive(path, manifest_of(dump, {"a7/none": "0" * 64}), dump)
    with pytest.raises(OperatingError, match="damaged"):
        read_archive(path, tmp_path / "unpacked")


def test_a_place_that_leads_out_of_the_folder_is_damage(tmp_path):
    dump, out = tmp_path / "dump", tmp_path / "out"
    dump.write_bytes(b"PGDMP")
    out.write_bytes(b"x")
    path = tmp_path / "backup.tar"
    write_archive(path, manifest_of(dump, {"../../escaped": sha256_of(out)}), dump, {"../../escaped": out})
    folder = tmp_path / "deep" / "unpacked"
    folder.mkdir(parents=True)
    with pytest.raises(OperatingError, match="damaged"):
        read_archive(path, folder)
    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "deep" / "escaped").exists()


def test_a_backup_of_the_first_format_is_one_without_documents(tmp_path):
    dump = tmp_path / "dump"
    dump.write_bytes(b"PGDMP")
    told = json.loads(manifest_of(dump, {}, format=1).to_json())
    del told["documents"]
    path = tmp_path / "old.tar"
    with tarfile.open(path, "w") as packed:
        for name, content in (("manifest.json", json.dumps(told).encode()), ("database.dump", b"PGDMP")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    folder = tmp_path / "unpacked"
    folder.mkdir()
    manifest, _dump = read_archive(path, folder)
    assert manifest.documents == {}
    replace_folder(tmp_path, folder / FOLDER, folder / "former")
    assert (tmp_path / FOLDER).is_dir()


def test_files_are_sealed_anew_with_the_first_key(home):
    old, new, foreign = (Fernet.generate_key().decode() for _key in range(3))
    for n, path in enumerate(files_of(home, KEYS).values()):
        path.write_bytes(Fernet(old).encrypt(f"paper {n}".encode()))
    assert census_of_files(home, KEYS, [new, old]) == Census(newest=0, older=3, lost=0)
    assert census_of_files(home, KEYS, [new]) == Census(newest=0, older=0, lost=3)
    assert reseal_files(home, KEYS, [new, old]) == 3
    assert census_of_files(home, KEYS, [new, old]) == Census(newest=3, older=0, lost=0)
    assert reseal_files(home, KEYS, [new, old]) == 0
    for n, path in enumerate(files_of(home, KEYS).values()):
        assert Fernet(new).decrypt(path.read_bytes()) == f"paper {n}".encode()
    with pytest.raises(ValueError, match="none of the keys"):
        reseal_files(home, KEYS, [foreign])


def test_a_lost_file_stops_the_backup_and_one_taken_away_meanwhile_does_not(home, monkeypatch):
    files_of(home, KEYS).popitem()[1].unlink()
    from paivand.operate import documents

    class Nothing:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(documents.psycopg, "connect", lambda _url: Nothing())
    monkeypatch.setattr(documents, "live_documents", lambda _connection: KEYS)
    with pytest.raises(OperatingError, match="1 files of documents"):
        present_files("", home, KEYS)
    monkeypatch.setattr(documents, "live_documents", lambda _connection: KEYS[:2])
    assert len(present_files("", home, KEYS)) == 2


def test_a_stray_file_is_found(home):
    stray = home / FOLDER / "a7" / "stray"
    stray.write_bytes(b"x")
    assert list(stray_files(home, KEYS)) == [stray]
    assert list(stray_files(home, KEYS[1:])) == [files_of(home, KEYS[:1]).popitem()[1], stray]
