"""The page for forms without signal, as the server gives it: nobody's data, the least rights, and its tokens."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from paivand.access.models import RoleAssignment
from paivand.access.models.identity import acting_as, identity
from paivand.access.rules.scopes import ScopeKind
from paivand.collect.models import Device
from paivand.collect.queries.door import token_digest
from paivand.collect.rules.browser_files import files_behind, styles_of
from paivand.collect.rules.browser_texts import ICONS, TEXTS
from paivand.core.rules.writing import writing
from tests.collect.field import Phone, device_of, publish
from tests.collect.node import node
from tests.conftest import ROOT

FIELD = ROOT / "frontend" / "src" / "field"
CODE = (
    "".join(path.read_text() for path in sorted(FIELD.rglob("*.ts")))
    + (ROOT / "frontend" / "plugins" / "webForms.ts").read_text()
)


def test_its_texts_are_those_that_the_page_says():
    said = set(re.findall(r'\b(?:say|word)\(\s*"(\w+)"', CODE)) | set(re.findall(r'noteOf\("\w+", "(\w+)"\)', CODE))
    # Chosen while the page runs, each written in the code as a word of its own.
    chosen = {key for key in TEXTS if f'"{key}"' in CODE} | {key for key in TEXTS if key.startswith("list_")}
    lists = {
        f"list_{name}" for name in re.search(r"const KNOWN = \[(.*?)\]", CODE).group(1).replace('"', "").split(", ")
    }
    assert said <= set(TEXTS)
    assert said | chosen == set(TEXTS)
    assert lists <= set(TEXTS)


def test_its_drawings_are_those_that_the_page_shows():
    drawn = set(re.findall(r'\bicon\("(\w+)"', CODE)) | set(re.findall(r'icon: "(\w+)"', CODE))
    assert drawn <= set(ICONS)


def test_the_parts_that_need_no_browser_work():
    told = subprocess.run(
        [node(), "tests/collect/browser_parts.mjs"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]


@pytest.mark.django_db
def test_the_empty_page_tells_nothing_of_anybody(zarina, sign_in):
    browser = sign_in(zarina)
    page = browser.get("/fill/").content.decode()
    assert zarina.full_name not in page
    assert zarina.username not in page
    assert "csrfmiddlewaretoken" not in page
    words = json.loads(re.search(r'<script id="words" type="application/json">(.*?)</script>', page, re.S).group(1))
    assert set(words["words"]) == {"tg", "ru", "en", "fa"}
    assert all(set(said) == set(TEXTS) for said in words["words"].values())
    assert all(
        len(words["months"][language]) == 12 and len(words["days"][language]) == 7 for language in words["names"]
    )


@pytest.mark.django_db
def test_only_this_page_may_do_more_than_others(zarina, sign_in):
    browser = sign_in(zarina)
    policy = browser.get("/fill/")["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert "'wasm-unsafe-eval'" in policy
    for path in ("/", "/families/", "/fill/worker.js", "/account/login/", "/components/"):
        other = browser.get(path)["Content-Security-Policy"]
        assert "wasm" not in other, path
        assert "blob:" not in other, path
        assert "worker-src" not in other, path


@pytest.mark.django_db
def test_the_worker_keeps_every_file_that_the_page_may_ask_for_and_nothing_else():
    answer = Client().get("/fill/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    shell = json.loads(re.match(r"self\.PAIVAND_SHELL=(.*?);\n", answer.content.decode()).group(1))
    assert shell["page"] == "/fill/"
    static = [path for path in shell["files"] if path.startswith("/static/")]
    assert set(shell["files"]) - set(static) == {"/fill/manifest.webmanifest"}
    assert all((settings.BASE_DIR / path.removeprefix("/")).is_file() for path in static)
    page = Client().get("/fill/").content.decode()
    asked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert asked <= set(static)
    assert any("vazirmatn" in path for path in static)


@pytest.mark.django_db
def test_the_page_can_be_put_on_the_home_screen_in_the_language_of_the_phone():
    told = Client(headers={"accept-language": "fa"}).get("/fill/manifest.webmanifest").json()
    assert (told["lang"], told["dir"], told["start_url"], told["scope"]) == ("fa", "rtl", "/fill/", "/fill/")
    sizes = {icon["sizes"] for icon in told["icons"]}
    assert {"192x192", "512x512"} <= sizes
    assert all((settings.BASE_DIR / icon["src"].removeprefix("/")).is_file() for icon in told["icons"])


def test_daily_pages_load_nothing_of_it():
    manifest = json.loads(Path(settings.DJANGO_VITE["default"]["manifest_path"]).read_text())
    daily = set(files_behind(manifest, "src/main.ts"))
    own = set(files_behind(manifest, "src/field/main.ts")) - daily
    assert not [name for name in daily if "field" in name or "engine" in name]
    assert any("engine" in name for name in own)
    assert styles_of(manifest, "src/field/main.ts")


def test_nothing_of_it_asks_another_host_for_a_map():
    built = Path(settings.DJANGO_VITE["default"]["manifest_path"]).parent
    manifest = json.loads((built / "manifest.json").read_text())
    own = [name for name in files_behind(manifest, "src/field/main.ts") if name.endswith((".js", ".css"))]
    assert own
    assert not [name for name in own if "openstreetmap" in (built / name).read_text()]


@pytest.mark.django_db
def test_a_worker_gets_a_token_for_her_browser_once(zarina, sign_in):
    browser = sign_in(zarina)
    asked = browser.get("/fill/device/")
    assert asked.json()["username"] == zarina.username
    assert "no-store" in asked["Cache-Control"]
    token = browser.post("/fill/device/").json()["token"]
    with identity(zarina.pk):
        device = Device.objects.get(token_digest=token_digest(token))
        assert (device.kind, device.user_id) == ("browser", zarina.pk)
    assert Client().get(f"/key/{token}/formList").status_code == 200


@pytest.mark.django_db
def test_whoever_fills_in_nothing_gets_no_token(admin, sign_in):
    assert sign_in(admin).post("/fill/device/").status_code == 403


@pytest.mark.django_db
def test_whoever_gets_no_access_is_told_why(manija, admin, sign_in):
    browser = sign_in(manija)
    with acting_as(admin), writing("tests"):  # her role reaches everywhere from now on, and names no district
        RoleAssignment.objects.filter(user=manija).update(scope=ScopeKind.PROGRAMME, districts=[])
    answer = browser.post("/fill/device/")
    assert answer.status_code == 422
    assert "This user belongs to no district yet." in answer.json()["message"]


@pytest.mark.django_db
def test_a_token_that_is_given_back_opens_nothing(zarina, sign_in):
    token = sign_in(zarina).post("/fill/device/").json()["token"]
    assert Client().post("/fill/leave/", {"token": token}).status_code == 204
    assert Client().get(f"/key/{token}/formList").status_code == 403
    assert Client().post("/fill/leave/", {"token": token}).status_code == 204
    assert Client().post("/fill/leave/", {"token": "guessed"}).status_code == 204


def _marked(browser, token_answer, n):
    """The mark that the page leaves, as ``frontend/src/mark.ts`` writes it."""
    browser.cookies["paivand_fill"] = f"{n}.{token_answer['device']}.{token_answer['mark']}"


def _is_signed_in(browser) -> bool:
    return browser.get("/me/").status_code == 200


@pytest.mark.django_db
def test_whoever_signs_out_with_unsent_forms_is_asked_first(zarina, sign_in):
    browser = sign_in(zarina)
    given = browser.post("/fill/device/").json()
    assert given["mark"] in browser.get("/").content.decode()
    _marked(browser, given, 3)
    asked = browser.post("/account/logout/")
    assert asked.status_code == 200
    assert "3 forms that you began or filled in have not arrived." in asked.content.decode()
    assert _is_signed_in(browser)
    assert Client().get(f"/key/{given['token']}/formList").status_code == 200

    gone = browser.post("/account/logout/", {"unsent": "remove"})
    assert gone.status_code == 302
    assert browser.cookies["paivand_fill"].value == "gone"
    assert "Clear-Site-Data" not in gone, "it would take what colleagues began on a shared phone"
    assert not _is_signed_in(browser)
    assert Client().get(f"/key/{given['token']}/formList").status_code == 403


@pytest.mark.django_db
def test_without_unsent_forms_signing_out_takes_the_device_along_at_once(zarina, sign_in):
    browser = sign_in(zarina)
    given = browser.post("/fill/device/").json()
    _marked(browser, given, 0)
    gone = browser.post("/account/logout/")
    assert gone.status_code == 302
    assert "Clear-Site-Data" not in gone
    assert browser.cookies["paivand_fill"].value == "gone"
    assert Client().get(f"/key/{given['token']}/formList").status_code == 403


@pytest.mark.django_db
def test_nobody_elses_signing_out_touches_what_lies_in_the_browser(zarina, farrukh, sign_in):
    given = sign_in(zarina).post("/fill/device/").json()
    other = sign_in(farrukh)
    _marked(other, given, 3)
    gone = other.post("/account/logout/")
    assert gone.status_code == 302
    assert "Clear-Site-Data" not in gone
    assert other.cookies["paivand_fill"].value.startswith("3.")
    assert Client().get(f"/key/{given['token']}/formList").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "mark", ["", "gone", "3", "-3.x.y", "3.nonsense.", "9999999.019ab000-0000-7000-8000-000000000000."]
)
def test_a_mark_that_is_none_changes_nothing(zarina, sign_in, mark):
    browser = sign_in(zarina)
    browser.cookies["paivand_fill"] = mark
    gone = browser.post("/account/logout/")
    assert gone.status_code == 302
    assert "Clear-Site-Data" not in gone
    assert not _is_signed_in(browser)


@pytest.mark.django_db
def test_a_device_that_is_shut_off_hinders_nobody_from_signing_out(zarina, sign_in):
    browser = sign_in(zarina)
    given = browser.post("/fill/device/").json()
    Client().post("/fill/leave/", {"token": given["token"]})
    _marked(browser, given, 0)
    assert browser.post("/account/logout/").status_code == 302
    assert browser.cookies["paivand_fill"].value == "gone"


@pytest.mark.django_db
def test_a_mark_that_names_her_phone_with_collect_shuts_nothing_off(zarina, manija, sign_in):
    publish(manija)
    phone, token = device_of(zarina)
    browser = sign_in(zarina)
    _marked(browser, {"device": phone.pk, "mark": "f3a9"}, 3)
    gone = browser.post("/account/logout/")
    assert gone.status_code == 302
    assert browser.cookies["paivand_fill"].value.startswith("3.")
    assert Phone(token).get("/formList").status_code == 200
