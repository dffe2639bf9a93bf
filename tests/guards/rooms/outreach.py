"""What the guards ask of reach: who may open what, a session with its list and a campaign with a material."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, Row

RECORDERS = "zarina tahmina behruz manija manager"
"""Who writes contacts of Kulob down."""
NAMERS = "zarina tahmina behruz"
"""Those of them who may see names."""
VIEWERS = f"{RECORDERS} {ELSEWHERE} nasiba gulnoz rustam ministry"
"""Who sees figures, wherever they lie."""

VIEWED = Row(get={200: VIEWERS, 403: ALL})
ANYWHERE = Row(get={200: f"{RECORDERS} {ELSEWHERE}", 403: ALL}, post={422: f"{RECORDERS} {ELSEWHERE}", 403: ALL})
RECORDED = Row(get={200: RECORDERS, 403: ALL}, post={422: RECORDERS, 403: ALL})
LEADS_BACK = Row(get={302: RECORDERS, 403: ALL}, post={302: RECORDERS, 403: ALL})
"""A form of a draft, asked for an entry that is confirmed: it leads to the entry."""

ROWS: dict[str, Row] = {
    "outreach:reach-list": VIEWED,
    "outreach:entry-choose": Row(get={200: f"{RECORDERS} {ELSEWHERE}", 403: ALL}),
    "outreach:entry-add": ANYWHERE,
    "outreach:entry-open": VIEWED,
    "outreach:entry-edit": LEADS_BACK,
    "outreach:entry-confirm": LEADS_BACK,
    "outreach:entry-discard": Row(post={302: RECORDERS, 403: ALL}),
    "outreach:entry-reverse": RECORDED,
    "outreach:entry-correct": RECORDED,
    "outreach:file-add": RECORDED,
    # A sheet with names: whoever sees figures only finds no such file.
    "outreach:file-open": Row(
        get={200: NAMERS, 404: f"manija manager {ELSEWHERE} nasiba gulnoz rustam ministry", 403: ALL}
    ),
    "outreach:file-remove": Row(post={302: NAMERS, 404: "manija manager", 403: ALL}),
    "outreach:list-write": Row(get={302: NAMERS, 403: ALL}, post={302: NAMERS, 403: ALL}),
    "outreach:line-remove": Row(post={302: NAMERS, 403: ALL}),
    "outreach:line-erase": Row(get={200: NAMERS, 403: ALL}, post={302: NAMERS, 403: ALL}),
    "outreach:line-recognise": Row(get={200: NAMERS, 403: ALL}, post={302: NAMERS, 403: ALL}),
    "outreach:campaign-list": VIEWED,
    "outreach:campaign-plan": ANYWHERE,
    "outreach:campaign-open": VIEWED,
    "outreach:campaign-edit": RECORDED,
    "outreach:material-add": RECORDED,
    "outreach:material-open": VIEWED,
    "outreach:material-move": RECORDED,
}
PAGES: dict[str, str] = {
    "outreach:reach-list": "zarina ministry",
    "outreach:reach-list?channel=radio": "ministry",
    "outreach:entry-choose": "zarina",
    "outreach:entry-add": "zarina manager",
    "outreach:entry-open": "zarina manija ministry",
    "outreach:entry-correct": "zarina",
    "outreach:campaign-list": "ministry",
    "outreach:campaign-plan": "zarina",
    "outreach:campaign-open": "zarina ministry",
    "outreach:material-open": "zarina",
    "outreach:line-recognise": "zarina",
}
ABOUT: dict[str, list[str]] = {
    "outreach:reach-list": [],
    "outreach:entry-choose": [],
    "outreach:entry-add": ["channel_code"],
    "outreach:entry-open": ["reach_id"],
    "outreach:entry-correct": ["reach_id"],
    "outreach:campaign-list": [],
    "outreach:campaign-plan": [],
    "outreach:campaign-open": ["campaign_code"],
    "outreach:material-open": ["material_id"],
    "outreach:line-recognise": ["reach_id", "line_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A session of a campaign, with the list of one who came, a photograph of the sheet, and leaflets given out."""
    from paivand.access.models.identity import acting_as
    from paivand.access.queries.users import placement
    from paivand.core.models import new_id
    from paivand.outreach.actions.entries import confirm_entry
    from paivand.outreach.actions.files import SentFile, add_file
    from paivand.outreach.actions.materials import Given, add_material
    from paivand.outreach.actions.register import write_list
    from paivand.outreach.models import Attendee
    from paivand.outreach.rules.contacts import AgeGroup
    from paivand.outreach.rules.drafts import AttendeeDraft, MaterialDraft
    from paivand.registry.rules import Sex
    from tests.cases.files import photograph
    from tests.cast import KULOB
    from tests.outreach.reaching import day, planned, recorded, session_of

    zarina = people["zarina"]
    campaign = planned(zarina)
    scope, material_id = placement(zarina, KULOB), new_id()
    leaflet = MaterialDraft("leaflet", "Ҳуқуқи шумо", "tg", 500)
    with acting_as(zarina):
        add_material(scope=scope, material_id=material_id, draft=leaflet, by=zarina, campaign=campaign)
    draft = session_of(campaign=campaign.pk, parts={}, n_repeat=None)
    entry = recorded(zarina, draft, confirm=False, given=[Given(material_id, 40)])
    line = AttendeeDraft("Савринисо", Sex.FEMALE, AgeGroup.ADULT)
    with acting_as(zarina):
        entry = write_list(entry=entry, form_id=new_id(), rows=[line], agreed_on=day(), by=zarina)
        kept = add_file(entry=entry, file_id=new_id(), sent=SentFile(photograph()), by=zarina)
        entry.refresh_from_db()
        confirm_entry(entry=entry, version=entry.version, by=zarina)
        attendee = Attendee.objects.get(entry=entry)
    return {
        "reach_id": entry.pk,
        "reach_file_id": kept.pk,
        "line_id": attendee.pk,
        "campaign_code": campaign.code,
        "material_id": material_id,
        "channel_code": "radio",
    }
