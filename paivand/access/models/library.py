"""Policies for tables whose models cannot declare one: those of the sign-in library, and places, which lie in ``core``.

Of the sign-in library everyone sees only their own, and sign-in itself works. Places are open to everyone, but the
application adds and changes villages only, and only for those who may.
"""

from __future__ import annotations

from paivand.access.models.policies import LIBRARY_POLICIES, Anyone, During, Holds, Is, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass

_OWN = Mine("user_id") | During("sign-in")
_VILLAGE = Is("level", "village") & Holds(Verb.PLACE_EDIT)

LIBRARY_POLICIES.update(
    {
        "account_emailaddress": Policy(view=_OWN, add=_OWN, change=_OWN, remove=_OWN, data_class=DataClass.CONTACT),
        "account_emailconfirmation": Policy(
            view=During("sign-in"), add=During("sign-in"), data_class=DataClass.CONTACT
        ),
        "mfa_authenticator": Policy(
            view=_OWN | Holds(Verb.FACTOR_RESET),
            add=_OWN,
            change=_OWN,
            remove=_OWN | Holds(Verb.FACTOR_RESET),
            data_class=DataClass.CONTACT,
        ),
        "usersessions_usersession": Policy(
            view=_OWN | Holds(Verb.SESSION_END),
            add=_OWN,
            change=_OWN,
            remove=_OWN | Holds(Verb.SESSION_END),
            data_class=DataClass.CONTACT,
        ),
        "socialaccount_socialaccount": Policy(
            view=_OWN, add=_OWN, change=_OWN, remove=_OWN, data_class=DataClass.CONTACT
        ),
        "socialaccount_socialtoken": Policy(
            view=During("sign-in"), add=During("sign-in"), change=During("sign-in"), data_class=DataClass.CONTACT
        ),
        "core_place": Policy(view=Anyone(), add=_VILLAGE, change=_VILLAGE),
        "core_placename": Policy(view=Anyone(), add=Holds(Verb.PLACE_EDIT), change=Holds(Verb.PLACE_EDIT)),
    }
)
