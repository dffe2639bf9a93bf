"""What the page for forms without signal says, in every language at once: it is opened where no server answers."""

from __future__ import annotations

from typing import Final

from paivand.core.rules.texts import text

TEXTS: Final[dict[str, str]] = {
    # --- everywhere
    "title": text("Forms without signal"),
    "brand": text("Paivand"),
    "demo": text("Demonstration: invented people. Do not enter real data."),
    "skip": text("Skip to the content"),
    "nav_forms": text("Forms"),
    "nav_outbox": text("On the way"),
    "nav_device": text("This device"),
    "signal": text("Signal"),
    "no_signal": text("No signal"),
    "waiting_n": text("Waiting: %(n)s"),
    "today_at": text("today, %(time)s"),
    "today": text("Today"),
    "yes": text("Yes"),
    "no": text("No"),
    "cancel": text("Cancel"),
    "close": text("Close"),
    "go_on": text("Go on"),
    "try_again": text("Try again"),
    "language": text("Language"),
    # --- before the PIN
    "welcome": text("Fill in forms without signal"),
    "welcome_text": text(
        "This page works where there is no signal. What you write stays on this device, locked with a PIN, and goes to "
        "Paivand as soon as there is signal."
    ),
    "first_needs_signal": text(
        "There is no signal now. The first time this page needs it. Try again when you have signal."
    ),
    "browser_too_old": text(
        "This browser cannot lock what you write. Update it, or use another browser such as Chrome or Firefox."
    ),
    "sign_in_first": text("Sign in"),
    "no_right": text("Your role fills in no forms in the field. If it should, ask your administrator."),
    "to_desk": text("To your desk"),
    "signed_in_as": text("You are signed in as %(name)s. Now choose a PIN for this device."),
    "pin": text("Your PIN"),
    "pin_new": text("New PIN"),
    "pin_rules": text("At least six digits or letters. Longer is safer. Not 123456, and not your birthday."),
    "pin_repeat": text("The same PIN again"),
    "pin_set": text("Lock with this PIN"),
    "pin_lost": text(
        "Nobody can open this device without the PIN, not even your administrator. Whoever forgets it loses what has "
        "not been sent yet."
    ),
    "pin_weak": text(
        "This PIN is guessed too easily. Take at least six digits or letters that do not simply follow each "
        "other."
    ),
    "pin_differs": text("The two PINs differ. Write the same PIN in both places."),
    "pin_open": text("Open"),
    "pin_wrong": text("This is not the PIN."),
    "pin_left": text("Tries left: %(n)s. After the last one everything on this device is removed."),
    "pin_forgotten": text("I have forgotten the PIN"),
    "locked": text("Locked"),
    "locked_text": text("Forms, lists and drafts lie on this device and are locked. Write your PIN to open them."),
    # --- forms
    "forms_here": text("Begin a form"),
    "drafts": text("Begun and not finished"),
    "no_forms": text("No forms yet"),
    "no_forms_text": text("Forms come as soon as there is signal and your role has forms to fill in."),
    "form_for_collect": text("A question in it cannot be asked in a browser. Open it with ODK Collect."),
    "fetching": text("Looking for new forms and lists."),
    "fetching_of": text("Forms fetched: %(n)s of %(of)s"),
    "fetched_at": text("Forms and lists as of %(time)s"),
    "nothing_fetched": text("Nothing was fetched yet."),
    "fetch_now": text("Fetch now"),
    "fetch_broke_off": text(
        "Forms and lists were not fetched to the end. What is here can be used. Fetch again when the signal "
        "is better."
    ),
    "tries_again": text("This page asks again by itself at %(time)s."),
    "access_ended": text(
        "Your access has ended, or the server does not know this device now. Lists of families have gone from here. "
        "What was not sent stays here, locked. Ask your supervisor, and fetch again then."
    ),
    "draft_remove": text("Remove the draft"),
    "draft_ask": text("Remove this draft?"),
    "draft_ask_text": text("What you wrote in it is gone then. Nobody else has it."),
    # --- one form
    "form_opens": text("The form opens."),
    "form_close": text("Keep and close"),
    "form_broken": text(
        "This form cannot be opened on this device. Fetch the forms again, and tell your administrator if "
        "that does not help."
    ),
    "kept_soon": text("Kept while you write"),
    "kept_at": text("kept: %(time)s"),
    "not_kept": text(
        "What you wrote last could not be kept on this device. Do not close this page. Send the form, or "
        "write it down."
    ),
    "no_space_form": text(
        "This device is full: what you wrote last is not kept. Do not close this page. Remove pictures or apps from "
        "the device and go on, or write it down."
    ),
    "no_space": text(
        "This device is nearly full. Remove pictures or apps from it before you go on, so that nothing you "
        "write is lost."
    ),
    "no_space_send": text("This device is nearly full. Send what waits here: that makes room."),
    "no_space_ask": text("Little room is left. Begin all the same?"),
    "open_elsewhere": text("This draft is open in another tab of this browser. Go on there, or close that tab first."),
    "draft_gone": text("This draft was sent or removed in another tab of this browser."),
    "queued": text("Kept. It goes by itself as soon as there is signal."),
    "queued_signal": text("Kept. It is being sent."),
    # --- on the way
    "on_the_way": text("Not sent yet"),
    "goes_by_itself": text("It goes by itself when there is signal and this page is open."),
    "arrived": text("Arrived"),
    "arrived_text": text("What arrived is no longer on this device. Names stay here for a week."),
    "outbox_empty": text("Nothing is on the way"),
    "outbox_empty_text": text("What you fill in waits here until it has arrived."),
    "send_now": text("Send now"),
    "state_waiting": text("Waits for signal"),
    "state_waiting_turn": text("Waits"),
    "state_sending": text("Being sent"),
    "state_arrived": text("Arrived"),
    "state_refused": text("Not taken"),
    "refused_without_words": text(
        "Paivand did not take this form and gave no reason. Try once more, or tell your administrator."
    ),
    "refused_open": text("Open and correct"),
    "refused_again": text("Send again"),
    # --- this device
    "lists_here": text("Lists on this device"),
    "lists_text": text("Only what you need for your own families and groups."),
    "no_lists": text("No lists yet."),
    "list_age": text("as of %(time)s"),
    "list_added": text("added here and not yet in the list: %(n)s"),
    "list_families": text("Families"),
    "list_people": text("People"),
    "list_places": text("Jamoats and villages"),
    "list_groups": text("Groups"),
    "list_sessions": text("Sessions"),
    "list_learners": text("Learners"),
    "list_plots": text("Plots"),
    "list_follow_ups": text("Learners to ask after"),
    "list_referrals": text("Referrals"),
    "list_campaigns": text("Campaigns"),
    "list_practices": text("Practices in the field"),
    "list_topics": text("Topics"),
    "space": text("Room on this device"),
    "space_used": text("Used by this page"),
    "space_free": text("Free"),
    "space_reserve": text("Kept free for what you write"),
    "space_kept": text("Protected from clearing"),
    "space_kept_text": text(
        "The browser may clear this page when the device is full. Put the page on the home screen, then ask "
        "again."
    ),
    "space_keep": text("Ask the browser to protect it"),
    "leave": text("Lock or leave"),
    "device_of": text("This device fills in forms for %(name)s."),
    "leave_text": text(
        "Lock when you put the device down. Leave when somebody else gets it: then everything is removed from "
        "it."
    ),
    "lock_now": text("Lock now"),
    "leave_now": text("Remove everything"),
    "wipe_ask": text("Remove everything from this device?"),
    "wipe_yes": text("Remove everything"),
    "wipe_text": text(
        "Everything here has arrived, and nothing is lost. To fill in forms here again you sign in anew."
    ),
    "wipe_unsent": text("Not yet sent, and lost then: %(n)s. Send first if you can."),
    "wipe_forgotten": text("What has not been sent yet is lost. Afterwards you sign in and choose a new PIN."),
    "wiped": text("Everything was removed from this device."),
    "revoked": text(
        "This device may fill in forms no longer, and everything was removed from it. Ask your supervisor if that was "
        "not meant."
    ),
    "new_version": text("A new version of this page is ready."),
    "new_version_take": text("Take it now"),
    "update_elsewhere": text("A form is open in another tab. Close it there first, then take the new version."),
    "updated": text("This is the new version. Nothing was lost: write your PIN and go on."),
    "signed_out": text("You signed out, and everything was removed from this device."),
    # --- inside a form: what the engine of forms says
    "form_send": text("Finish and send"),
    "form_remove": text("Remove"),
    "form_entry": text("Entry"),
    "form_add": text("Add:"),
    "form_language": text("Language of the form"),
    "form_take_picture": text("Take a picture"),
    "form_choose_picture": text("Choose a picture"),
    "form_picture": text("The picture you chose"),
    "form_rank": text("Put in order"),
    "form_okay": text("I confirm"),
    "form_no_files": text("Files of this kind cannot be added in the browser. Use ODK Collect for this question."),
    "form_no_drawing": text("There is no map to draw on in the browser. Use ODK Collect for this question."),
    "form_errors": text("Answers to look at: %(n)s"),
    "form_no_place": text("The place was not found. Allow this page to see your location, then open the form again."),
    "form_place_good": text("Found exactly"),
    "form_place_poor": text("Found roughly"),
    "form_place_unknown": text("Found, nobody knows how exactly"),
    "form_place_finding": text("Looking for your place"),
    "form_place_at": text("Kept by itself below:"),
    "form_place_time": text("Looking for:"),
    "form_place_before": text("Kept before, within:"),
    "form_place_save": text("Keep this place"),
    "form_place_get": text("Find my place"),
    "form_place_closed": text("The place cannot be seen."),
    "form_place_permit": text("Allow it in the settings of the browser, and turn the location on."),
    "form_cancel": text("Cancel"),
    "form_again": text("Try again"),
    "form_check": text("This answer does not fit. Look at it again."),
    "form_required": text("This question needs an answer."),
    "form_clear": text("Clear"),
    "form_choose_day": text("Choose a day"),
    "form_choose_month": text("Choose a month"),
    "form_choose_year": text("Choose a year"),
    "form_month_before": text("The month before"),
    "form_month_after": text("The month after"),
    "form_year_before": text("The year before"),
    "form_year_after": text("The year after"),
    "form_hour_before": text("One hour earlier"),
    "form_hour_after": text("One hour later"),
    "form_minute_before": text("One minute earlier"),
    "form_minute_after": text("One minute later"),
    "form_years_before": text("The ten years before"),
    "form_years_after": text("The ten years after"),
    "form_nothing_found": text("Nothing found"),
    "form_nothing_to_choose": text("Nothing to choose from"),
}  # fmt: skip
"""Each text of the page by the key under which `frontend/src/field` asks for it."""

ICONS: Final = (
    "back", "check", "clock", "download", "edit", "info", "key", "lock", "next", "paper", "phone", "send", "trash",
    "undo", "upload", "warn",
)  # fmt: skip
"""The drawings that the page brings along."""
