"""Decide whose request this is: check the token and find the account a path names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulator.errors import no_such_object, token_refused
from simulator.ids import Ids
from simulator.state import Account, Channel, Json, Thread, World

ME = "me"
INSTAGRAM_ID_PREFIX = "1784"
PHONE_NUMBER_FIELDS = frozenset({"verified_name", "display_phone_number", "quality_rating"})
DIRECT = (Channel.INSTAGRAM, Channel.MESSENGER)


@dataclass(frozen=True, slots=True)
class Call:
    """One Graph request, taken apart."""

    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    body: Json
    headers: dict[str, str]
    token: str

    @property
    def address(self) -> str:
        """The path without its version."""
        return "/".join(self.path)


class Access:
    """Check tokens against the known accounts; with `accept_any` unknown ones are created instead of refused."""

    def __init__(
        self, world: World, ids: Ids, *, accept_any: bool, on_new: Callable[[Account], None] = lambda account: None
    ) -> None:
        self._world = world
        self._on_new = on_new
        self._ids = ids
        self.accept_any = accept_any

    def authenticate(self, call: Call) -> None:
        """Refuse a missing or unknown token (190, HTTP 401)."""
        if not call.token:
            raise token_refused("An access token is required to request this resource")
        if not self.accept_any and not self._world.with_token(call.token):
            raise token_refused("The access token could not be decrypted")

    def account_for_sending(self, call: Call) -> Account:
        """Find the account behind `POST /{id}/messages`; a Page may stand for its Instagram account too."""
        object_id = call.path[0]
        candidates = self._candidates(object_id, call.token)
        if not candidates and self.accept_any:
            return self._create(object_id, call)
        return self._choose(candidates, object_id, call)

    def account(self, call: Call, *channels: Channel) -> Account | None:
        """Find the account a path names, or None."""
        found = [a for a in self._candidates(call.path[0], call.token) if not channels or a.channel in channels]
        return found[0] if found else None

    def adopt(self, call: Call) -> Account | None:
        """Create the account that a read with plausible fields is about, when any account goes."""
        object_id, fields = call.path[0], set(call.query.get("fields", "").split(","))
        if not self.accept_any or object_id == ME:
            return None
        if fields & PHONE_NUMBER_FIELDS:
            return self._add(new_account(Channel.WHATSAPP, object_id, call.token))
        if object_id.startswith(INSTAGRAM_ID_PREFIX):
            return self._add(new_account(Channel.INSTAGRAM, object_id, call.token))
        return self._add(new_account(Channel.MESSENGER, object_id, call.token)) if fields == {"name"} else None

    def in_waba(self, call: Call) -> list[Account]:
        """List the token's numbers in the WhatsApp business account that a path names."""
        numbers = self._world.in_waba(call.path[0])
        return [a for a in numbers if self.accept_any or a.accepts(call.token)]

    def _candidates(self, object_id: str, token: str) -> list[Account]:
        known = self._world.accounts
        if object_id == ME:
            return [a for a in known if a.channel in DIRECT and a.accepts(token)]
        named = [a for a in known if object_id in {a.id, a.app_scoped_id, a.page_id}]
        if self.accept_any:
            for account in named:
                account.more_tokens.add(token)
        return [a for a in named if a.accepts(token)]

    def _choose(self, candidates: list[Account], object_id: str, call: Call) -> Account:
        if not candidates:
            raise no_such_object(object_id)
        recipient = call.body.get("recipient")
        person_id = str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
        knows = [a for a in candidates if self._thread(a, person_id)]
        return (knows or candidates)[0]

    def _thread(self, account: Account, person_id: str) -> Thread | None:
        return self._world.find_thread(account, person_id) if person_id else None

    def _create(self, object_id: str, call: Call) -> Account:
        account_id = self._ids.number(digits=15) if object_id == ME else object_id
        return self._add(new_account(guess_channel(account_id, call.body), account_id, call.token))

    def _add(self, account: Account) -> Account:
        self._world.accounts.append(account)
        self._on_new(account)
        return account


def guess_channel(account_id: str, body: Json) -> Channel:
    """Guess what kind of account an unknown id is."""
    if body.get("messaging_product") == Channel.WHATSAPP:
        return Channel.WHATSAPP
    if account_id.startswith(INSTAGRAM_ID_PREFIX) or "messaging_type" not in body:
        return Channel.INSTAGRAM
    return Channel.MESSENGER


def new_account(channel: Channel, account_id: str, token: str) -> Account:
    """Make an account with plausible names."""
    account = Account(channel, account_id, token, name=f"{channel.capitalize()} {account_id}")
    if channel is Channel.WHATSAPP:
        account.waba_id, account.display = f"waba-{account_id}", "+15550001111"
    else:
        account.username = f"account_{account_id}"
    return account


def granted_scopes(accounts: Iterable[Account]) -> list[str]:
    """List the permissions a token for these accounts carries."""
    by_channel = {
        Channel.WHATSAPP: ["whatsapp_business_messaging", "whatsapp_business_management"],
        Channel.INSTAGRAM: ["instagram_basic", "instagram_manage_messages", "instagram_business_manage_messages"],
        Channel.MESSENGER: ["pages_messaging", "pages_manage_metadata", "pages_show_list"],
    }
    return sorted({scope for account in accounts for scope in by_channel[account.channel]})
