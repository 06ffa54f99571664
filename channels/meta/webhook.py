"""Meta's one webhook: WhatsApp, Instagram and Messenger arrive together, several tenants in one body (META_API §1).

    {"object": "instagram", "entry": [{"id": "1784…", "time": 1788859253587, "messaging": […], "standby": […]}]}
    {"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [{"field": "messages", "value": {…}}]}]}

Everything is addressed by the ids inside, never by ``object``: Instagram of a Page login has come under ``page`` too.
``channel`` is a guess then; whoever looks the account up by its id knows better.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from channels.instagram.parse import parse_change as parse_instagram_change
from channels.messenger.parse import parse_change as parse_page_change
from channels.meta.messaging import parse_item
from channels.meta.names import TEST_ENTRY, Events, Place
from channels.meta.reading import Obj, load
from channels.meta.signature import SIGNATURE_HEADER, read_signed_request, verify_signature
from channels.whatsapp.parse import parse_change as parse_whatsapp_change
from channels.whatsapp.plain import read_plain
from core.arriving import Arrived
from core.channel_types import ChannelType
from core.errors import Forbidden
from core.inbound import Inbound
from core.ports import RawRequest
from core.settings import Settings

_OBJECTS = {
    "whatsapp_business_account": ChannelType.WHATSAPP,
    "instagram": ChannelType.INSTAGRAM,
    "page": ChannelType.MESSENGER,
}
_INSTAGRAM_ID = re.compile(r"1784\d{13}")
"""Instagram's professional account ids, as webhooks carry them (META_API §1, IG Login id trap)."""
_WHATSAPP_KEYS = ("messages", "statuses", "message_echoes", "contacts", "metadata")


class MetaWebhook:
    """What Meta's webhook endpoint understands; pure."""

    def __init__(self, secrets: Sequence[str], verify_token: str | None) -> None:
        self._secrets = tuple(secrets)
        self._verify_token = verify_token

    @classmethod
    def from_settings(cls, settings: Settings) -> "MetaWebhook":
        """Take the app secrets and the verify token from the settings."""
        token = settings.meta_verify_token
        return cls(settings.app_secrets, token.get_secret_value() if token else None)

    def handshake(self, query: Mapping[str, str]) -> str:
        """Return the challenge to echo; raises Forbidden on a wrong verify token, or where none is set."""
        given = query.get("hub.verify_token", "").encode("utf-8", "replace")
        wanted = (self._verify_token or "").encode()
        fits = hmac.compare_digest(given, wanted)
        if not (fits and wanted) or query.get("hub.mode") != "subscribe":
            raise Forbidden("The verify token is wrong.")
        return query.get("hub.challenge", "")

    def verify(self, request: RawRequest) -> None:
        """Check the signature over the raw body in constant time; raises InvalidSignature."""
        verify_signature(request.body, request.headers.get(SIGNATURE_HEADER), self._secrets)

    def read_signed_request(self, signed_request: str) -> str:
        """Return whom a data-deletion or deauthorise callback is about; raises InvalidSignature."""
        return read_signed_request(signed_request, self._secrets)

    def parse(self, body: bytes) -> list[Arrived]:
        """Return every event of the body, total over any JSON; raises MalformedPayload where it is not JSON."""
        plain = read_plain(body)
        return [plain] if plain is not None else [*read_events(load(body))]


def read_events(body: object) -> list[Inbound]:
    """Return every event of any JSON value."""
    root = Obj(body)
    place = Place(_OBJECTS.get(root.text("object") or "", ChannelType.MESSENGER), "")
    entries = root.get("entry")
    if entries == []:
        return [place.ignored("no_entries", root)]
    if not isinstance(entries, list | dict):
        return [place.quarantined("no_entry", root)]
    return [event for entry in root.each("entry") for event in parse_entry(root.text("object"), entry)]


def parse_entry(named: str | None, entry: Obj) -> Events:
    """Return the events of one entry: messages, what another app or a person holds, and changes."""
    place = Place(_guess(named, entry), entry.text("id") or "", entry.get("time"))
    if not isinstance(entry.raw, dict):
        return [place.quarantined("entry_not_object", entry)]
    if named == "permissions":
        return [place.account_event("permissions", entry, severity="warning")]
    events: Events = [
        place.quarantined(f"{key}_not_list", Obj({key: entry.get(key)}))
        for key in ("messaging", "standby", "changes")
        if not isinstance(entry.get(key), list | dict | None)
    ]
    events.extend(_item(place, item) for item in entry.each("messaging"))
    events.extend(_item(replace(place, standby=True), item) for item in entry.each("standby"))
    for change in _changes(entry):
        events.extend(_change(place, change))
    return events or [_nothing(place, entry)]


def _nothing(place: Place, entry: Obj) -> Inbound:
    if any(entry.get(key) == [] for key in ("messaging", "standby", "changes")):
        return place.ignored("no_items", entry)
    return place.quarantined("entry_without_items", entry)


def _guess(named: str | None, entry: Obj) -> ChannelType:
    """Tell the channel: by the id's own shape, by ``object``, else by what the changes look like."""
    if named == "whatsapp_business_account":
        return ChannelType.WHATSAPP
    if _INSTAGRAM_ID.fullmatch(entry.text("id") or ""):
        return ChannelType.INSTAGRAM
    if named in _OBJECTS:
        return _OBJECTS[named]
    values = [change.obj("value") for change in _changes(entry)]
    if any(value.text("messaging_product") == "whatsapp" for value in values):
        return ChannelType.WHATSAPP
    if any(key in value for value in values for key in _WHATSAPP_KEYS):
        return ChannelType.WHATSAPP
    return ChannelType.MESSENGER


def _changes(entry: Obj) -> list[Obj]:
    flat = [entry] if "field" in entry and "value" in entry else []
    return entry.each("changes") + flat


def _item(place: Place, item: Obj) -> Inbound:
    """Read one messaging item, addressed to the Instagram account itself where the entry names only its Page."""
    for end in ("recipient", "sender"):
        given = item.obj(end).text("id") or ""
        if given != place.account and _INSTAGRAM_ID.fullmatch(given) and place.channel is ChannelType.MESSENGER:
            place = replace(place, channel=ChannelType.INSTAGRAM, account=given)
            break
    return parse_item(place, item)


_PARSERS: Mapping[ChannelType, Callable[[Place, str | None, Obj], Events]] = {
    ChannelType.WHATSAPP: parse_whatsapp_change,
    ChannelType.INSTAGRAM: parse_instagram_change,
    ChannelType.MESSENGER: parse_page_change,
}


def _change(place: Place, change: Obj) -> Events:
    field, value = change.text("field"), change.obj("value")
    if not isinstance(value.raw, dict):
        return [place.quarantined(f"value_not_object:{field}", change)]
    if place.account == TEST_ENTRY or "event_data" in value:
        return [place.ignored("dashboard_test", value)]
    return _PARSERS[place.channel](place, field, value)
