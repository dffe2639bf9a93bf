"""The page that fills in forms without signal: the empty page, its worker, its manifest, and the token of a browser.

The page itself is open to everybody, because it holds nobody's data: words, drawings and the addresses of its files. It
has to come without a session, so that the browser can keep it and open it in a village. Only the token asks who one is.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import dates, timezone, translation
from django.utils.translation import gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.queries.on_device import name_on_device
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.collect.actions.devices import issue_device, revoke_device
from paivand.collect.queries.door import Opened, show_token, token_digest
from paivand.collect.rules.browser_files import files_behind, styles_of
from paivand.collect.rules.browser_texts import ICONS, TEXTS
from paivand.collect.rules.shipped import SHIPPED, shipped_tables
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.rules.errors import Refused

ENTRY, HOUSE, WORKER = "src/field/main.ts", "src/main.ts", "src/field/worker.ts"
PUBLIC = ("favicon.svg", "fill-180.png", "fill-192.png", "fill-512.png", "fill-mask-512.png")

PAGE_POLICY: dict[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF, WASM_UNSAFE_EVAL],  # the reader of formulas in forms is WebAssembly
    "style-src": [SELF, NONCE],  # the engine of forms makes its styles while it runs; each bears the page's nonce
    "img-src": [SELF, "data:", "blob:"],  # a picture that was just taken
    "media-src": ["blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "worker-src": [SELF, "blob:"],  # pictures are made smaller beside the page
    "manifest-src": [SELF],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
"""What this page alone may do beyond the others; code that a form brings along still runs nowhere."""
WORKER_POLICY: dict[str, Any] = {"default-src": [NONE], "script-src": [SELF], "connect-src": [SELF]}
"""The worker fetches files of this server and loads no other code."""


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, Any]]:
    path = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    found: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return found


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    """Every text of the page in every language, how months and days are called, and the titles of our own forms."""
    titles = {code: shipped_tables(code).titles for code in SHIPPED}
    pack: dict[str, Any] = {"names": dict(settings.LANGUAGES), "titles": titles, "words": {}, "months": {}, "days": {}}
    for language, _name in settings.LANGUAGES:
        with override(language):
            pack["words"][language] = {key: gettext(words) for key, words in TEXTS.items()}
            pack["months"][language] = [str(dates.MONTHS[month]) for month in range(1, 13)]
            pack["days"][language] = [str(dates.WEEKDAYS[(day + 6) % 7]) for day in range(7)]  # from Sunday on
    return pack


def _built(path: str) -> str:
    return static(f"dist/{path}")


@lru_cache(maxsize=1)
def _files() -> tuple[str, ...]:
    """Addresses of everything that the page needs without signal."""
    manifest = _manifest()
    house = (*styles_of(manifest, HOUSE), *manifest[HOUSE].get("assets", ()))
    names = dict.fromkeys((*files_behind(manifest, ENTRY), *house, *PUBLIC))
    return (*(_built(name) for name in names), reverse("collect:fill-manifest"))


@lru_cache(maxsize=1)
def _version() -> str:
    """A name for this state of the page: another one when a file, a word or the page itself changes."""
    source = get_template("collect/fill/page.html").template.source  # type: ignore[attr-defined]
    parts = [_manifest()[WORKER]["file"], _files(), _words(), source, settings.DEMO]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@login_not_required
@csp(PAGE_POLICY)  # type: ignore[untyped-decorator]
@require_GET
def fill_open(request: HttpRequest) -> HttpResponse:
    """The empty page. What is on it, the browser brings from its own store."""
    manifest = _manifest()
    page = render(
        request,
        "collect/fill/page.html",
        {
            "styles": [_built(css) for css in (*styles_of(manifest, HOUSE), *styles_of(manifest, ENTRY))],
            "script": _built(manifest[ENTRY]["file"]),
            "words": _words(),
            "icons": ICONS,
        },
    )
    page["Cache-Control"] = "no-cache"
    return page


@login_not_required
@csp(WORKER_POLICY)  # type: ignore[untyped-decorator]
@require_GET
def fill_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the page, with the list of the files of this version above it."""
    shell = {"version": _version(), "page": reverse("collect:fill-open"), "root": _built(""), "files": _files()}
    code = (settings.BASE_DIR / "static/dist" / _manifest()[WORKER]["file"]).read_text()
    answer = HttpResponse(
        f"self.PAIVAND_SHELL={json.dumps(shell)};\n{code}", content_type="text/javascript; charset=utf-8"
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_GET
def fill_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page on its home screen."""
    icons = [
        {"src": _built("fill-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": _built("fill-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": _built("fill-mask-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    language = translation.get_language() or settings.LANGUAGE_CODE
    start = reverse("collect:fill-open")
    content = {
        "name": gettext(TEXTS["title"]), "short_name": "Paivand", "lang": language,
        "dir": "rtl" if translation.get_language_bidi() else "ltr", "id": start, "start_url": start, "scope": start,
        "display": "standalone", "background_color": "#f8f3ea", "theme_color": "#8c1d3f", "icons": icons,
    }  # fmt: skip
    return JsonResponse(content, content_type="application/manifest+json")


@never_cache
@require_http_methods(["GET", "POST"])
def fill_device(request: HttpRequest) -> HttpResponse:
    """Who is signed in (GET), and a token for her browser (POST). The token is shown this once and written nowhere."""
    by = asking(request)
    demand(by, Verb.FORM_FILL)
    if request.method == "POST":
        try:
            device, token = issue_device(user=by, kind=DeviceKind.BROWSER, label=gettext("Browser"), by=by)
        except Refused as refused:
            return JsonResponse({"message": str(refused)}, status=422)
        return JsonResponse({"token": token, "device": str(device.pk), "mark": name_on_device(by)})
    return JsonResponse({"name": by.full_name, "username": by.username, "csrf": get_token(request)})


@csrf_exempt  # the token itself says who asks, and no session comes along
@login_not_required
@require_POST
def fill_leave(request: HttpRequest) -> HttpResponse:
    """A browser gives its token back, so that a copy of it opens nothing. Nobody is told whether it was one."""
    opened = show_token(token_digest(request.POST.get("token", "")), timezone.now())
    if isinstance(opened, Opened):
        revoke_device(device=opened.device, by=opened.user)
    return HttpResponse(status=204)
