"""The pages of stories: found by the family, written down, taken out; and their photographs."""

from __future__ import annotations

import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.access.views.uploads import SANDBOX, Measured, sent_file
from paivand.core.models.files import content_of
from paivand.core.templatetags.paivand import day
from paivand.evidence.actions import stories as actions
from paivand.evidence.forms.reports import CommentForm, FamilyForm, StoryForm
from paivand.evidence.queries import reports as queries
from paivand.evidence.queries.reports import Teller
from paivand.evidence.views.found import back_to, report_of
from paivand.registry.rules import RELATION_NAMES, Relation


@csrf_exempt  # only until the handler of the upload is set; ``_story_add`` is protected
@require_http_methods(["GET", "POST"])
def story_add(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Write down a story: first whose it is, then its words and its photograph."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _story_add(request, report_id, measured)


@csrf_protect
def _story_add(request: HttpRequest, report_id: uuid.UUID, measured: Measured) -> HttpResponse:
    by, report = report_of(request, report_id, Verb.REPORT_WRITE)
    today = timezone.localdate()
    find = FamilyForm({"family": request.GET["family"]} if request.GET.get("family") else None)
    found = queries.tellers(by, request.GET["family"].strip(), today) if find.is_bound and find.is_valid() else None
    if find.is_bound and not find.errors and found is None:
        find.add_error("family", _("There is no family with this number, or you do not see it."))
    form = None
    if found:
        given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
        form = StoryForm(
            *given, tellers=found, languages=report.languages, labels=[_label(one) for one in found],
            too_large=measured.too_large, initial={"language": report.languages[0]},
        )  # fmt: skip
    if request.method == "POST" and form is not None and form.is_valid():
        with refuse(form):
            actions.add_story(
                report=report, story_id=form.form_key(), consent=form.teller().consent, draft=form.draft(), by=by
            )
            messages.success(request, _("The story is kept."))
            return back_to(report)
    context = {"report": report, "find": find, "form": form, "nobody": found == [], "family": request.GET.get("family")}
    wrong = bool(find.errors or (form and form.errors) or (request.method == "POST" and form is None))
    return render(request, "evidence/story_add.html", context, status=422 if wrong else 200)


def _label(one: Teller) -> str:
    """Who it is without a name: how she stands in the family, and since when she agrees."""
    since = _("agreed on %(day)s") % {"day": day(one.consent.given_on)}
    return f"{_(RELATION_NAMES[Relation(one.member.relation)])} · {since}"


@require_POST
def story_remove(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Take a story out."""
    by = asking(request)
    demand(by, Verb.REPORT_WRITE)
    story = queries.story_seen_by(by, story_id)
    if story is None:
        lose(by, Verb.REPORT_WRITE)
    with refuse(CommentForm(), request):
        actions.remove_story(story=story, by=by)
        messages.success(request, _("The story is taken out."))
    return back_to(story.report)


@csp(SANDBOX)  # type: ignore[untyped-decorator]
@require_GET
def story_photo(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """The photograph of a story, to be shown within the page."""
    by = asking(request)
    demand(by, Verb.RESULTS_VIEW)
    story = queries.story_seen_by(by, story_id)
    if story is None:
        lose(by, Verb.RESULTS_VIEW)
    if not story.has_photo:
        raise Http404
    return sent_file(content_of(story), story.media_type, "story", shown=True)
