"""Every form of ours, filled in by the engine of ODK Web Forms in node and sent through the door as a phone sends it.

The engine is a client by other hands: it decides what is asked, what may be chosen from the lists of the worker, and
how the answers are written. What it sends is taken in, and what stands then is compared with what was filled in.
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from paivand.access.models.identity import acting_as
from paivand.collect.queries.field_lists import field_lists
from paivand.collect.rules.shipped import SHIPPED
from tests.cast import fresh
from tests.collect.jobs import PHOTO, PHOTO_NAME, Job, Photo, World
from tests.collect.node import node
from tests.collect.on_phone import current
from tests.collect.standing import send_and_compare

ROOT = Path(__file__).resolve().parents[2]
FILLER = Path(__file__).parent / "engine" / "fill.mjs"
MODULES = ROOT / "node_modules"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (MODULES / "@getodk" / "xforms-engine").is_dir() or not (MODULES / "jsdom").is_dir(),
        reason="the engine of ODK Web Forms is not installed: npm ci",
    ),
]


def _filled(jobs: list[Job]) -> dict[str, dict[str, Any]]:
    """What the engine makes of these jobs, by the code of the form."""
    told = []
    for job in jobs:
        version = current(job.code)
        with acting_as(job.by):
            lists = field_lists(fresh(job.by), version.lists)
            csv = {f"{name}.csv": one.content().decode() for name, one in lists.items()}
        told.append({
            "name": job.code, "form": version.xml, "lists": csv, "language": job.language,
            "answers": [(path, {"file": value.name} if isinstance(value, Photo) else value)
                        for path, value in job.answers],
            "files": {PHOTO_NAME: {"type": "image/jpeg", "base64": base64.b64encode(PHOTO).decode()}},
        })  # fmt: skip
    run = subprocess.run(
        [node(), str(FILLER)], input=json.dumps(told), capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return {one["name"]: one for one in json.loads(run.stdout)}


def test_every_form_filled_in_by_odks_engine_arrives_and_stands_as_it_was_filled_in(
    family, zarina, tahmina, nasiba, manija, settings, tmp_path
):
    settings.HOME = tmp_path
    world = World(family, zarina, tahmina, nasiba, manija)
    jobs = world.jobs()
    assert {job.code for job in jobs} == set(SHIPPED)
    results = _filled(jobs)
    assert {code: one["error"] for code, one in results.items() if "error" in one} == {}
    assert {
        job.code: (made["status"], made["violations"], made["refused"])
        for job in jobs
        if (made := results[job.code])["status"] != "ready" or [path for path, _why in made["refused"]] != job.unoffered
    } == {}
    for job in jobs:
        assert all(results[job.code]["labels"].values()), job.code
        photos = [value.name for value in job.told().values() if isinstance(value, Photo)]
        assert results[job.code]["files"] == photos, job.code
    send_and_compare(world, jobs, {code: one["xml"].encode() for code, one in results.items()})
