"""Answer reads and settings of the Graph: phone numbers, accounts, customers, templates, subscriptions, tokens."""

from collections.abc import Callable

from simulator import instagram, messenger
from simulator.access import ME, Access, Call, granted_scopes
from simulator.conversations import read_conversations
from simulator.errors import GraphError, invalid, no_such_object, unknown_path
from simulator.simulation import Simulation
from simulator.state import Account, Channel, Json, Template

PROFILE_FIELDS = {Channel.INSTAGRAM: instagram.person_fields, Channel.MESSENGER: messenger.person_fields}
TOKEN_LIFETIME_SECONDS = 60 * 24 * 3600


def read_node(sim: Simulation, access: Access, call: Call) -> Json:
    """Answer `GET /{id}`: an account of ours, or a customer's profile."""
    account = access.account(call)
    if account is not None and call.path[0] != account.page_id and account.channel is not Channel.MESSENGER:
        return select(account_fields(account), call.query.get("fields"))
    if account is not None:
        return select(page_fields(sim, account, call.path[0]), call.query.get("fields"))
    numbers = access.in_waba(call)
    if numbers:
        return select({"id": call.path[0], "name": numbers[0].name, "currency": "USD"}, call.query.get("fields"))
    if access.accept_any and call.path[0] == ME:
        # Whose token this is nobody has said yet; an invented id would contradict the server's own.
        return {"name": "Simulated account", "username": "simulated"}
    known = any(sim.world.find_thread(a, call.path[0]) for a in sim.world.accounts)
    if not known and (adopted := access.adopt(call)):
        return select(account_fields(adopted), call.query.get("fields"))
    return select(profile(sim, call), call.query.get("fields"))


def account_fields(account: Account) -> Json:
    """Describe one of our accounts to its owner."""
    if account.channel is Channel.INSTAGRAM:
        return instagram.account_fields(account)
    if account.channel is Channel.MESSENGER:
        return messenger.account_fields(account)
    return {
        "id": account.id,
        "verified_name": account.name,
        "display_phone_number": account.display,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "account_mode": "LIVE",
        "health_status": {"can_send_message": "AVAILABLE"},
        "whatsapp_business_manager_messaging_limit": "TIER_250",
    }


def page_fields(sim: Simulation, account: Account, page_id: str) -> Json:
    """Describe a Page, with the Instagram account that is linked to it."""
    if page_id == ME:
        page_id = account.page_id or account.id
    page = messenger.account_fields(account) | {"id": page_id}
    linked = sim.world.find_by_page(page_id)
    return page | ({"instagram_business_account": {"id": linked.id}} if linked else {})


def profile(sim: Simulation, call: Call) -> Json:
    """Describe a customer; they consented by writing, so nobody else can be looked up (META_API §4, Profile)."""
    for account in sim.world.with_token(call.token) or (sim.world.accounts if call.token else []):
        thread = sim.world.find_thread(account, call.path[0])
        if thread is None or account.channel is Channel.WHATSAPP:
            continue
        if thread.last_inbound_at is None:
            raise GraphError(230, "User consent is required to access user profile")
        return PROFILE_FIELDS[account.channel](thread.person)
    raise no_such_object(call.path[0])


def select(node: Json, fields: str | None) -> Json:
    """Keep the asked-for fields; one unknown name fails the whole call (META_API §1, Graph versions)."""
    if not fields:
        return node
    names = [name.strip() for name in fields.split(",") if name.strip()]
    for name in names:
        if name not in node:
            raise GraphError(100, "Tried accessing nonexisting field", details=name)
    return {"id": node["id"]} | {name: node[name] for name in names}


def subscribed_apps(sim: Simulation, access: Access, call: Call) -> Json:
    """Answer `/{waba|page|ig|me}/subscribed_apps`: list, subscribe, unsubscribe."""
    accounts = access.in_waba(call) or [a for a in [access.account(call, Channel.INSTAGRAM, Channel.MESSENGER)] if a]
    if not accounts and access.accept_any:
        adopted = access.adopt(call)
        accounts = [adopted] if adopted else []
    if not accounts and access.accept_any:
        return {"success": True} if call.method != "GET" else {"data": [{"id": sim.app_id}]}
    if not accounts:
        raise no_such_object(call.path[0])
    if call.method == "GET":
        app = {"id": sim.app_id, "name": "Frontdesk", "link": "https://example.com"}
        chosen = app | {"subscribed_fields": accounts[0].subscribed_fields}
        rows = [{"whatsapp_business_api_data": app} if accounts[0].channel is Channel.WHATSAPP else chosen]
        return {"data": rows if accounts[0].subscribed else []}
    fields = wanted_fields(accounts[0], call) if call.method == "POST" else ()
    for account in accounts:
        kept = account.subscribed_fields if call.method == "POST" else ()
        account.subscribed_fields = tuple(dict.fromkeys((*kept, *fields)))
        account.subscribed = call.method == "POST"
    return {"success": True}


def wanted_fields(account: Account, call: Call) -> tuple[str, ...]:
    """Read `subscribed_fields`; one name that the product does not have fails the whole call (META_API §4)."""
    given = call.query.get("subscribed_fields") or call.body.get("subscribed_fields") or ""
    names = tuple(n.strip() for n in (given.split(",") if isinstance(given, str) else given) if n.strip())
    known = {Channel.INSTAGRAM: instagram.FIELDS | messenger.FIELDS if account.page_id else instagram.FIELDS}
    known[Channel.MESSENGER] = messenger.FIELDS
    if unknown := [name for name in names if name not in known.get(account.channel, names)]:
        raise invalid(f"subscribed_fields has unknown names: {', '.join(unknown)}")
    return names


def message_templates(sim: Simulation, access: Access, call: Call) -> Json:
    """Answer `/{waba}/message_templates`: list, or hand one in (it stays PENDING until `approve_template`)."""
    if not access.in_waba(call) and not access.accept_any:
        raise no_such_object(call.path[0])
    templates = sim.world.templates.setdefault(call.path[0], [])
    if call.method == "GET":
        wanted = call.query.get("name")
        return {"data": [template_fields(t) for t in templates if wanted in (None, t.name)], "paging": {}}
    name, language = call.body.get("name"), call.body.get("language")
    if not isinstance(name, str) or not isinstance(language, str):
        raise invalid("name and language are required")
    components = call.body.get("components") or []
    body = next((str(c.get("text", "")) for c in components if c.get("type") == "BODY"), "")
    made = Template(name, language, body, body.count("{{"), "PENDING", str(call.body.get("category", "UTILITY")))
    templates.append(made)
    return {"id": sim.ids.number(), "status": "PENDING", "category": made.category}


def template_fields(template: Template) -> Json:
    """Describe a template."""
    components: list[Json] = [{"type": "BODY", "text": template.body}]
    if template.header:
        components.insert(0, {"type": "HEADER", "format": "TEXT", "text": template.header})
    if template.buttons:
        components.append(
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": b} for b in template.buttons]}
        )
    return {
        "id": f"{template.name}:{template.language}",
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": "POSITIONAL" if "{{1}}" in template.body or not template.parameters else "NAMED",
        "components": components,
    }


def debug_token(sim: Simulation, access: Access, call: Call) -> Json:
    """Answer `GET /debug_token`: validity, permissions and the accounts they reach."""
    token = call.query.get("input_token", "")
    accounts = sim.world.with_token(token)
    valid = bool(accounts) or (access.accept_any and bool(token))
    scopes = granted_scopes(accounts or sim.world.accounts) if valid else []
    targets = [a.waba_id or a.id for a in accounts]
    data: Json = {"app_id": sim.app_id, "type": "SYSTEM_USER", "is_valid": valid, "expires_at": 0, "scopes": scopes}
    data["granular_scopes"] = [{"scope": scope, "target_ids": targets} for scope in scopes]
    if not valid:
        data["error"] = {"code": 190, "message": "Invalid OAuth access token"}
    return {"data": data}


def refresh_token(sim: Simulation, access: Access, call: Call) -> Json:
    """Answer `GET /refresh_access_token`: the same token for 60 more days."""
    return {"access_token": call.token, "token_type": "bearer", "expires_in": TOKEN_LIFETIME_SECONDS}


def phone_numbers(sim: Simulation, access: Access, call: Call) -> Json:
    """Answer `GET /{waba}/phone_numbers`."""
    numbers = access.in_waba(call)
    if not numbers:
        raise no_such_object(call.path[0])
    return {"data": [account_fields(a) for a in numbers]}


def acknowledge(sim: Simulation, access: Access, call: Call) -> Json:
    """Accept settings that change nothing here (register, messenger_profile)."""
    if access.account(call) is None and not access.accept_any:
        raise no_such_object(call.path[0])
    return {"success": True}


Handler = Callable[[Simulation, Access, Call], Json]
EDGES: dict[tuple[str, str], Handler] = {
    ("GET", "subscribed_apps"): subscribed_apps,
    ("POST", "subscribed_apps"): subscribed_apps,
    ("DELETE", "subscribed_apps"): subscribed_apps,
    ("GET", "message_templates"): message_templates,
    ("POST", "message_templates"): message_templates,
    ("GET", "phone_numbers"): phone_numbers,
    ("GET", "conversations"): read_conversations,
    ("POST", "register"): acknowledge,
    ("POST", "messenger_profile"): acknowledge,
}
ROOTS: dict[str, Handler] = {"debug_token": debug_token, "refresh_access_token": refresh_token}


def answer(sim: Simulation, access: Access, call: Call) -> Json:
    """Dispatch everything that is neither a send nor media."""
    if len(call.path) == 1 and call.method == "GET":
        handler = ROOTS.get(call.path[0], read_node)
        return handler(sim, access, call)
    if len(call.path) == 1 and call.method == "POST" and call.path[0] != ME:
        return acknowledge(sim, access, call)
    edge = EDGES.get((call.method, call.path[-1])) if len(call.path) == 2 else None
    if edge is None:
        raise unknown_path(call.address)
    return edge(sim, access, call)
