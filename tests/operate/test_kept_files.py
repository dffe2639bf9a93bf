"""No kind of file is forgotten by backups, by a restore and by new keys of the vault."""

from __future__ import annotations

from django.apps import apps

from paivand.operate.documents import _LIVE

NO_FILES = {
    "collect_importbatch": "its rows are read into the database, and the file is not kept",
    "collect_surveyfile": "it lies in pieces, each with a row and a file",
}
"""Tables with a hash and a size whose rows have no file of their own, each with its reason."""
PIECES = {"collect_surveyfilepiece"}
"""Tables whose rows have a file of a size that is always the same."""


def test_every_table_whose_rows_have_files_is_known_to_backups():
    fields = {one._meta.db_table: {field.name for field in one._meta.get_fields()} for one in apps.get_models()}
    with_files = {table for table, names in fields.items() if "sha256" in names and {"n_bytes", "size"} & names}
    assert with_files - set(NO_FILES) | PIECES == set(_LIVE)
