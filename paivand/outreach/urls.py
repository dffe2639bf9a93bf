"""Paths of campaigns, broadcasts and sessions. An entry is named by ``reach_id``."""

from django.urls import URLPattern, path

from paivand.outreach.views import campaigns, evidence, lists, reach, recording

app_name = "outreach"

_ENTRY = "outreach/entries/<uuid:reach_id>/"
_CAMPAIGN = "outreach/campaigns/<str:campaign_code>/"
_LINE = f"{_ENTRY}list/<uuid:line_id>/"
_MATERIAL = "outreach/materials/<uuid:material_id>/"

urlpatterns: list[URLPattern] = [
    path("outreach/", reach.reach_list, name="reach-list"),
    path("outreach/add/", recording.entry_choose, name="entry-choose"),
    path("outreach/add/<str:channel_code>/", recording.entry_add, name="entry-add"),
    path(_ENTRY, reach.entry_open, name="entry-open"),
    path(f"{_ENTRY}edit/", recording.entry_edit, name="entry-edit"),
    path(f"{_ENTRY}confirm/", recording.entry_confirm, name="entry-confirm"),
    path(f"{_ENTRY}discard/", recording.entry_discard, name="entry-discard"),
    path(f"{_ENTRY}reverse/", recording.entry_reverse, name="entry-reverse"),
    path(f"{_ENTRY}correct/", recording.entry_correct, name="entry-correct"),
    path(f"{_ENTRY}files/add/", evidence.file_add, name="file-add"),
    path(f"{_ENTRY}files/<uuid:reach_file_id>/", evidence.file_open, name="file-open"),
    path(f"{_ENTRY}files/<uuid:reach_file_id>/remove/", evidence.file_remove, name="file-remove"),
    path(f"{_ENTRY}list/", lists.list_write, name="list-write"),
    path(f"{_LINE}remove/", lists.line_remove, name="line-remove"),
    path(f"{_LINE}erase/", lists.line_erase, name="line-erase"),
    path(f"{_LINE}who/", lists.line_recognise, name="line-recognise"),
    path("outreach/campaigns/", campaigns.campaign_list, name="campaign-list"),
    path("outreach/campaigns/plan/", campaigns.campaign_plan, name="campaign-plan"),
    path(_CAMPAIGN, campaigns.campaign_open, name="campaign-open"),
    path(f"{_CAMPAIGN}edit/", campaigns.campaign_edit, name="campaign-edit"),
    path(f"{_CAMPAIGN}materials/add/", campaigns.material_add, name="material-add"),
    path(_MATERIAL, campaigns.material_open, name="material-open"),
    path(f"{_MATERIAL}move/", campaigns.material_move, name="material-move"),
]
