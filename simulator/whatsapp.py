"""Answer `/{phone_number_id}/messages` of the WhatsApp Cloud API: who, whether, what then (META_API §3)."""

import asyncio
from datetime import timedelta

from simulator import whatsapp_events as events
from simulator.errors import GraphError, invalid, missing, undeliverable, whatsapp_window_closed
from simulator.ids import bsuid_of
from simulator.ledger import Sent, Signal
from simulator.limits import object_of, text_of
from simulator.media import check_kind, show_kept
from simulator.simulation import WINDOW, Simulation
from simulator.state import Account, Author, Json, Message, Person, Template, Thread
from simulator.webhooks import Delivery
from simulator.whatsapp_rules import MEDIA_KINDS, check_message
from simulator.whatsapp_views import Shown, media, show, show_template

TYPING_SECONDS = 25
PAIR_BURST = 45
PAIR_PAUSE = timedelta(seconds=6)
UNDELIVERABLE_AFTER = 0.02
ID_MAX = 200


def send(sim: Simulation, account: Account, body: Json, headers: dict[str, str]) -> Json:
    """Accept a message or a read mark, or raise the refusal Meta would answer."""
    if body.get("messaging_product") != "whatsapp":
        raise invalid("messaging_product must be whatsapp")
    if "status" in body:
        return mark_read(sim, account, body)
    address, thread = recipient(sim, account, body)
    kind = check_message(body)
    template = find_template(sim, account, body["template"]) if kind == "template" else None
    check_references(sim, thread, kind, body)
    check_pair_rate(sim, thread)
    refusal = None if template or thread.inbound_within(WINDOW, sim.clock.now()) else whatsapp_window_closed()
    if refusal and not sim.behaviour.window_refused_later:
        raise refusal
    sent = deliver(sim, thread, kind, body, template=template, refusal=refusal)
    now = sim.clock.now()
    sim.ledger.sent.append(Sent(account.id, account.channel, thread.person.id, body, sent.id, now, headers))
    known_as = {"wa_id": thread.person.phone} if body.get("to") else {"user_id": thread.person.bsuid}
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": address, **known_as}],
        "messages": [{"id": sent.id, "message_status": "accepted"}],
    }


def recipient(sim: Simulation, account: Account, body: Json) -> tuple[str, Thread]:
    """Find the customer by number or BSUID; `to` wins when both are given (META_API §2, BSUID)."""
    to, bsuid = body.get("to"), body.get("recipient")
    if not to and not bsuid:
        raise missing("The parameter to is required")
    if to:
        digits = "".join(c for c in str(to) if c.isdigit())
        if not digits:
            raise GraphError(131009, "Parameter value is not valid", details="to must be a phone number")
        if digits == "".join(c for c in account.display if c.isdigit()):
            raise GraphError(131021, "Recipient cannot be sender", details="to is the business's own number")
        return str(to), sim.world.find_thread(account, digits) or sim.world.open_thread(
            account, new_person(account, digits)
        )
    thread = sim.world.find_thread(account, str(bsuid))
    if thread is None:
        raise undeliverable()
    return str(bsuid), thread


def new_person(account: Account, number: str, name: str = "") -> Person:
    """Invent the customer behind a number."""
    return Person(number, name or f"+{number}", phone=number, bsuid=bsuid_of(number, account.waba_id))


def find_template(sim: Simulation, account: Account, content: Json) -> Template:
    """Find an approved template and count its parameters (132001, 132000, 132015)."""
    language = content["language"]["code"]
    known = sim.world.templates.get(account.waba_id, [])
    template = next((t for t in known if (t.name, t.language) == (content["name"], language)), None)
    if template is None or template.status == "REJECTED":
        details = f"template name ({content['name']}) does not exist in {language}"
        raise GraphError(132001, "Template name does not exist in the translation", details=details, status=404)
    if template.status != "APPROVED":
        raise GraphError(132015, "Template is paused", details=f"{template.name} is {template.status}")
    components = content.get("components") or ()
    given = sum(len(c.get("parameters") or ()) for c in components if c.get("type") == "body")
    if given != template.parameters:
        details = (
            f"body: number of localizable_params ({given}) does not match the expected number ({template.parameters})"
        )
        raise GraphError(132000, "Number of parameters does not match the expected number of params", details=details)
    return template


def check_references(sim: Simulation, thread: Thread, kind: str, body: Json) -> None:
    """Refuse a reaction to, or a media id of, something that does not exist."""
    content = body[kind]
    if kind == "reaction" and thread.find(content["message_id"]) is None:
        raise invalid("reaction.message_id is not a message of this conversation")
    if isinstance(content, dict) and kind != "reaction" and "id" in content and content["id"] not in sim.world.media:
        raise GraphError(131053, "Media upload error", details=f"media id {content['id']} is not known")
    if kind in MEDIA_KINDS and "id" in content:
        check_kind(kind, sim.world.media[content["id"]].mime_type)


def check_pair_rate(sim: Simulation, thread: Thread) -> None:
    """Allow a burst of 45 and one message per 6 s and customer, when switched on (131056)."""
    if not sim.behaviour.pair_rate_limit:
        return
    now = sim.clock.now()
    horizon = now - PAIR_PAUSE * PAIR_BURST
    thread.recent_sends = [at for at in thread.recent_sends if at > horizon]
    if len(thread.recent_sends) >= PAIR_BURST:
        raise GraphError(
            131056, "(Business Account, Consumer Account) pair rate limit hit", details="Wait before sending again"
        )
    thread.recent_sends.append(now)


def deliver(
    sim: Simulation, thread: Thread, kind: str, body: Json, *, template: Template | None, refusal: GraphError | None
) -> Message:
    """Put the message on the phone and let its statuses follow."""
    message_id = sim.ids.wamid(thread.person.phone or "0")
    if kind == "reaction":
        shown: Shown = ({}, ())
    elif template:
        shown = show_template(template, body["template"])
        shown[0].update(template_header(body["template"]))
    else:
        shown = show(kind, body)
    view, options = shown
    if quoted := (body.get("context") or {}).get("message_id"):
        view["quote"] = quoted
    message = Message(message_id, Author.BUSINESS, kind, show_kept(sim, view), sim.clock.now(), options, "accepted")
    message.opaque = body.get("biz_opaque_callback_data")
    refusal = refusal or (undeliverable() if thread.person.blocked else None)
    if kind == "reaction":
        react(sim, thread, body["reaction"])
    elif refusal is None:
        sim.add_message(thread, message)
    sim.background.start(follow(sim, thread, message, refusal))
    return message


def template_header(content: Json) -> Json:
    """Render a template's media header, if it has one."""
    for component in content.get("components") or ():
        for parameter in (component.get("parameters") or ()) if component.get("type") == "header" else ():
            kind = parameter.get("type")
            if kind in {"image", "video", "document"}:
                return {"media": media(kind, parameter[kind])}
    return {}


def react(sim: Simulation, thread: Thread, reaction: Json) -> None:
    """Show the business's reaction under the customer's message; an empty emoji removes it."""
    target = thread.find(reaction["message_id"])
    if target is None:
        return
    target.reactions.pop(Author.BUSINESS, None)
    if reaction["emoji"]:
        target.reactions[Author.BUSINESS] = reaction["emoji"]
    sim.changed(thread)


async def follow(sim: Simulation, thread: Thread, message: Message, refusal: GraphError | None) -> None:
    """Report sent, delivered and read, in this order and at the configured moments; reactions only get sent."""
    receipts = sim.behaviour.receipts
    if refusal is not None:
        await asyncio.sleep(UNDELIVERABLE_AFTER)
        report(sim, thread, message, "failed", error=refusal)
        return
    states = [("sent", receipts.sent), ("delivered", receipts.delivered)]
    if thread.person.read_receipts:
        states.append(("read", receipts.read))
    passed = 0.0
    for state, after in states[:1] if message.kind == "reaction" else states:
        if after is not None:
            await asyncio.sleep(max(0.0, after - passed))
            passed = max(passed, after)
            await report(sim, thread, message, state).settled()


def report(
    sim: Simulation, thread: Thread, message: Message, state: str, *, error: GraphError | None = None
) -> Delivery:
    """Send one status webhook and note it on the message."""
    message.status = state
    message.error = error.message if error else ""
    payload = events.status(thread.account, thread.person, message, sim.clock.now(), state, error=error)
    sim.changed(thread)
    title = f"status {state}"
    return sim.webhooks.send(payload, title=title, account=thread.account.id, customer=thread.person.id)


def mark_read(sim: Simulation, account: Account, body: Json) -> Json:
    """Take a read mark, with or without a typing indicator (META_API §3)."""
    if body["status"] != "read":
        raise invalid("status must be read")
    message_id = text_of(body.get("message_id"), "message_id", most=ID_MAX, refusal=missing)
    threads = sim.world.threads_of(account)
    thread = next((t for t in threads if message_id in t.event_ids or t.find(message_id)), None)
    if thread is None:
        raise invalid("message_id is not a message of this phone number")
    now = sim.clock.now()
    for message in thread.messages:
        if message.author is Author.CUSTOMER:
            message.status = "read"
        if message.id == message_id:
            break
    kind = "read"
    if (indicator := body.get("typing_indicator")) is not None:
        if object_of(indicator, "typing_indicator").get("type") != "text":
            raise invalid("typing_indicator.type must be text")
        thread.typing_until = now + timedelta(seconds=TYPING_SECONDS)
        kind = "typing"
    sim.ledger.signals.append(Signal(account.id, thread.person.id, kind, message_id, now))
    sim.changed(thread)
    return {"success": True}
