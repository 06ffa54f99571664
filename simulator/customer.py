"""Let a customer hold the phone: say, tap, react, send pictures, read. Each act becomes a signed webhook."""

import hashlib

from simulator import media, send_api
from simulator import send_api_events as direct
from simulator import whatsapp_events as events
from simulator.send_api_rules import Dialect
from simulator.simulation import Simulation
from simulator.state import Author, Channel, Json, Message, Option, Thread
from simulator.webhooks import Delivery
from simulator.whatsapp_views import media as media_view

TITLE_SHOWN = 80


class NothingToTap(LookupError):
    """Nothing on the phone offers that option."""


class Customer:
    """One person's phone, open on the conversation with one account.

    Every act returns its `Delivery` once the server has acknowledged it (or the retries are used up).
    """

    def __init__(self, sim: Simulation, thread: Thread) -> None:
        self._sim = sim
        self.thread = thread

    @property
    def id(self) -> str:
        """The wa_id, IGSID or PSID."""
        return self.thread.person.id

    @property
    def received(self) -> list[Message]:
        """What the business sent, through our app or its own, oldest first."""
        return [m for m in self.thread.messages if m.author is not Author.CUSTOMER]

    @property
    def heard(self) -> list[str]:
        """The words of what the business sent."""
        return [str(m.view.get("text", "")) for m in self.received]

    async def says(self, text: str, *, reply_to: str | None = None) -> Delivery:
        """Write a text."""
        return await self._write("text", {"text": text}, {"body": text}, {"text": text}, reply_to=reply_to)

    async def says_at_once(self, *texts: str) -> Delivery:
        """Write several texts that reach the server in one webhook, as Meta's batches do."""
        payloads = [self.compose("text", {"text": t}, {"body": t}, {"text": t})[1] for t in texts]
        merged = {**payloads[0], "entry": [entry for payload in payloads for entry in payload["entry"]]}
        return await self._post(merged, f"{len(texts)} messages").settled()

    async def taps(self, option: str) -> Delivery:
        """Tap what the newest message offers, by id or else by title; raise NothingToTap if nothing does."""
        under, chosen = self.offers(option)
        account, person, now = self.thread.account, self.thread.person, self._sim.clock.now()
        message = Message(self._new_id(), Author.CUSTOMER, "tap", {"text": chosen.title}, now)
        if account.channel is Channel.WHATSAPP:
            message.view |= {"quote": under.id, "detail": chosen.description}
            kind, content = events.tap_content(account, chosen, under)
            payload = events.inbound(account, person, [events.message(person, message.id, now, kind, **content)])
        else:
            payload = direct.inbound(self._dialect, account, person, now, **direct.tap_content(chosen, message.id))
        return await self._show_and_post(message, payload, f"tap: {chosen.title}")

    async def sends_image(self, content: bytes, *, mime_type: str = "image/jpeg", caption: str = "") -> Delivery:
        """Send a picture; a caption exists on WhatsApp only, elsewhere it goes along as text."""
        kept = media.keep(self._sim, content, mime_type)
        sha256 = hashlib.sha256(content).hexdigest()
        image: Json = {"id": kept.id, "mime_type": mime_type, "sha256": sha256} | (
            {"caption": caption} if caption else {}
        )
        url = f"{self._sim.url}/cdn/{kept.id}"
        attached: Json = {"attachments": [{"type": "image", "payload": {"url": url}}]} | (
            {"text": caption} if caption else {}
        )
        view = {"media": media_view("image", {"id": kept.id}), "text": caption}
        return await self._write("image", view, image, attached)

    async def sends_location(self, latitude: float, longitude: float) -> Delivery:
        """Share a place (WhatsApp); Instagram and Messenger get it as a text."""
        place = {"latitude": latitude, "longitude": longitude}
        return await self._write("location", {"location": place}, place, {"text": f"{latitude}, {longitude}"})

    async def reacts(self, emoji: str, *, to: str | None = None) -> Delivery:
        """React to a message (the newest of the business by default); an empty emoji takes the reaction back."""
        target = self.thread.find(to) if to else (self.received[-1] if self.received else None)
        if target is None:
            raise NothingToTap("there is no message to react to")
        target.reactions.pop(Author.CUSTOMER, None)
        if emoji:
            target.reactions[Author.CUSTOMER] = emoji
        account, person, now = self.thread.account, self.thread.person, self._sim.clock.now()
        if account.channel is Channel.WHATSAPP:
            reaction = {"message_id": target.id, "emoji": emoji}
            entry = events.message(person, self._event_id(), now, "reaction", reaction=reaction)
            payload = events.inbound(account, person, [entry])
        else:
            deed: Json = {"mid": target.id, "action": "react" if emoji else "unreact"}
            deed |= {"reaction": "other", "emoji": emoji} if emoji else {}
            payload = direct.inbound(self._dialect, account, person, now, reaction=deed)
        self.thread.last_inbound_at = now
        self._sim.changed(self.thread)
        return await self._post(payload, f"reaction {emoji or 'removed'}").settled()

    async def unsends(self, message_id: str) -> Delivery:
        """Delete an own message for everybody (`revoke` on WhatsApp, `is_deleted` elsewhere)."""
        message = self.thread.find(message_id)
        if message is None or message.author is not Author.CUSTOMER:
            raise NothingToTap(f"{message_id} is not a message of this customer")
        message.kind, message.view, message.options = "deleted", {}, ()
        account, person, now = self.thread.account, self.thread.person, self._sim.clock.now()
        if account.channel is Channel.WHATSAPP:
            entry = events.message(person, self._event_id(), now, "revoke", revoke={"original_message_id": message_id})
            payload = events.inbound(account, person, [entry])
        else:
            gone = {"mid": message_id, "is_deleted": True}
            payload = direct.inbound(self._dialect, account, person, now, message=gone)
        self._sim.changed(self.thread)
        return await self._post(payload, "message deleted").settled()

    def blocks(self, *, blocked: bool = True) -> None:
        """Block the business: WhatsApp sends fail later with 131026, others at once with 551."""
        self.thread.person.blocked = blocked

    async def hears(self, expected: str = "", *, after: int = 0, seconds: float = 10.0) -> Message:
        """Wait until the business has sent a text holding `expected`; `after` skips that many earlier messages."""
        found: list[Message] = []

        def arrived() -> bool:
            found[:] = [m for m in self.received[after:] if expected.lower() in str(m.view.get("text", "")).lower()]
            return bool(found)

        await self._sim.until(
            arrived, seconds=seconds, otherwise=lambda: f"expected {expected!r}, heard {self.heard[after:]}"
        )
        return found[0]

    def offers(self, option: str) -> tuple[Message, Option]:
        """Find what a tap on `option` would hit; raise NothingToTap if the phone does not show it."""
        tappable = [(m, o) for m in reversed(self.thread.messages) for o in m.options if o.kind not in {"url", "ask"}]
        by_id = [found for found in tappable if found[1].id == option]
        by_title = [found for found in tappable if found[1].title == option]
        if found := (by_id or by_title):
            return found[0]
        raise NothingToTap(f"{option!r} is not on the phone; there is {[o.id for _, o in tappable]}")

    def compose(self, kind: str, view: Json, whatsapp: Json, elsewhere: Json, **context: Json) -> tuple[Message, Json]:
        """Show a message of the customer's and build its webhook, without posting it."""
        account, person, now = self.thread.account, self.thread.person, self._sim.clock.now()
        message = Message(self._new_id(), Author.CUSTOMER, kind, view, now)
        if account.channel is Channel.WHATSAPP:
            entry = events.message(person, message.id, now, kind, **{kind: whatsapp}, **context)
            payload = events.inbound(account, person, [entry])
        else:
            content = {"mid": message.id, **elsewhere}
            payload = direct.inbound(self._dialect, account, person, now, message=content)
        self._sim.add_message(self.thread, message)
        return message, payload

    @property
    def _dialect(self) -> Dialect:
        return send_api.dialect_of(self.thread.account)

    def _event_id(self) -> str:
        event_id = self._new_id()
        self.thread.event_ids.add(event_id)
        return event_id

    def _new_id(self) -> str:
        account = self.thread.account
        if account.channel is Channel.WHATSAPP:
            return self._sim.ids.wamid(self.thread.person.phone or "0")
        return self._sim.ids.mid(account.id, instagram=account.channel is Channel.INSTAGRAM)

    async def _write(
        self, kind: str, view: Json, whatsapp: Json, elsewhere: Json, *, reply_to: str | None = None
    ) -> Delivery:
        if reply_to:
            view["quote"] = reply_to
            elsewhere = {**elsewhere, "reply_to": {"mid": reply_to}}
            context = {"context": {"from": self.thread.account.display.lstrip("+"), "id": reply_to}}
        else:
            context = {}
        message, payload = self.compose(kind, view, whatsapp, elsewhere, **context)
        return await self._mark(
            message, self._post(payload, f"{kind}: {view['text'][:TITLE_SHOWN]}" if view.get("text") else kind)
        )

    async def _show_and_post(self, message: Message, payload: Json, title: str) -> Delivery:
        self._sim.add_message(self.thread, message)
        return await self._mark(message, self._post(payload, title))

    async def _mark(self, message: Message, delivery: Delivery) -> Delivery:
        """Give the customer's own bubble its ticks: two once the server has acknowledged, a failure if it never did."""
        await delivery.settled()
        if message.status == "pending":
            message.status = "delivered" if delivery.acknowledged else "failed"
            message.error = "" if delivery.acknowledged else "The server did not acknowledge the webhook"
            self._sim.changed(self.thread)
        return delivery

    def _post(self, payload: Json, title: str) -> Delivery:
        return self._sim.webhooks.send(payload, title=title, account=self.thread.account.id, customer=self.id)
