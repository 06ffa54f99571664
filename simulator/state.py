"""Hold what exists: accounts, people, their threads, media and templates. No HTTP and no rules here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Channel(StrEnum):
    """The three products behind one Graph API."""

    WHATSAPP = "whatsapp"
    INSTAGRAM = "instagram"
    MESSENGER = "messenger"


class Author(StrEnum):
    """Who wrote a message: the customer, our app through the API, or a person in the native app."""

    CUSTOMER = "customer"
    BUSINESS = "business"
    STAFF_APP = "staff_app"


@dataclass(slots=True)
class Account:
    """One phone number, Instagram professional account or Page."""

    channel: Channel
    id: str
    token: str
    name: str
    waba_id: str = ""
    display: str = ""
    username: str = ""
    page_id: str | None = None
    subscribed: bool = True
    subscribed_fields: tuple[str, ...] = ()
    more_tokens: set[str] = field(default_factory=set)

    @property
    def app_scoped_id(self) -> str:
        """The other Instagram id, the one `/me?fields=id` gives; webhooks never carry it (META_API §1, id trap)."""
        return f"9{self.id[1:]}" if self.channel is Channel.INSTAGRAM else self.id

    def accepts(self, token: str) -> bool:
        """Tell whether this token belongs to the account."""
        return token == self.token or token in self.more_tokens


@dataclass(slots=True)
class Person:
    """A customer as one account sees them."""

    id: str
    name: str
    username: str = ""
    phone: str | None = None
    bsuid: str | None = None
    blocked: bool = False
    read_receipts: bool = True

    @property
    def shows_phone(self) -> bool:
        """Whether webhooks carry the number (a WhatsApp user with a username may hide it)."""
        return self.phone is not None


@dataclass(frozen=True, slots=True)
class Option:
    """Something the customer can tap under a message."""

    id: str
    title: str
    kind: str
    """`reply`, `row`, `template_reply` (WhatsApp); `quick_reply`, `postback` (Instagram, Messenger); `url`."""
    description: str = ""
    url: str = ""


@dataclass(slots=True)
class Message:
    """One bubble on the phone. `view` is what the page draws, already free of channel differences."""

    id: str
    author: Author
    kind: str
    view: Json
    at: datetime
    options: tuple[Option, ...] = ()
    status: str = "pending"
    opaque: str | None = None
    reactions: dict[Author, str] = field(default_factory=dict)
    error: str = ""


@dataclass(slots=True)
class Thread:
    """One customer's conversation with one account."""

    account: Account
    person: Person
    messages: list[Message] = field(default_factory=list)
    last_inbound_at: datetime | None = None
    typing_until: datetime | None = None
    recent_sends: list[datetime] = field(default_factory=list)
    event_ids: set[str] = field(default_factory=set)
    """Ids of what the customer did without a bubble (reactions, deletions); they can be marked read too."""

    def inbound_within(self, span: timedelta, now: datetime) -> bool:
        """Tell whether the customer wrote within `span` before `now`."""
        return self.last_inbound_at is not None and now - self.last_inbound_at < span

    def find(self, message_id: str) -> Message | None:
        """Find a message of this thread by its provider id."""
        return next((m for m in self.messages if m.id == message_id), None)


@dataclass(frozen=True, slots=True)
class Template:
    """An approved (or not) WhatsApp template; `parameters` counts the body's variables."""

    name: str
    language: str
    body: str
    parameters: int
    status: str = "APPROVED"
    category: str = "UTILITY"
    buttons: tuple[str, ...] = ()
    header: str = ""

    def render(self, values: list[str], named: dict[str, str]) -> str:
        """Fill the variables the way the customer sees them."""
        text = self.body
        for position, value in enumerate(values, start=1):
            text = text.replace("{{" + str(position) + "}}", value)
        for key, value in named.items():
            text = text.replace("{{" + key + "}}", value)
        return text


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes behind a media id or a CDN address."""

    id: str
    content: bytes
    mime_type: str
    filename: str = ""


@dataclass(slots=True)
class World:
    """Everything the simulator knows. Look-ups return None; refusing is the caller's business."""

    accounts: list[Account] = field(default_factory=list)
    threads: dict[tuple[Channel, str, str], Thread] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    media_urls: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    links: dict[str, Media] = field(default_factory=dict)
    """What was fetched from an address that a message named."""
    templates: dict[str, list[Template]] = field(default_factory=dict)

    def find_account(self, object_id: str, *channels: Channel) -> Account | None:
        """Find an account by the id used in a path, on any of the given channels (all when none is given)."""
        for account in self.accounts:
            ids = {account.id, account.app_scoped_id}
            if object_id in ids and (not channels or account.channel in channels):
                return account
        return None

    def find_by_page(self, page_id: str) -> Account | None:
        """Find the Instagram account that is linked to a Page."""
        return next((a for a in self.accounts if a.page_id == page_id), None)

    def with_token(self, token: str) -> list[Account]:
        """List the accounts a token opens."""
        return [a for a in self.accounts if a.accepts(token)]

    def in_waba(self, waba_id: str) -> list[Account]:
        """List the phone numbers of a WhatsApp business account."""
        return [a for a in self.accounts if a.channel is Channel.WHATSAPP and a.waba_id == waba_id]

    def find_thread(self, account: Account, person_id: str) -> Thread | None:
        """Find the thread of a customer by number, BSUID, IGSID or PSID."""
        if thread := self.threads.get((account.channel, account.id, person_id)):
            return thread
        return next((t for t in self.threads_of(account) if person_id in (t.person.bsuid, t.person.phone)), None)

    def threads_of(self, account: Account) -> Iterator[Thread]:
        """Iterate over the threads of one account."""
        return (t for t in self.threads.values() if t.account is account)

    def open_thread(self, account: Account, person: Person) -> Thread:
        """Return the person's thread, beginning it if there is none."""
        return self.threads.setdefault((account.channel, account.id, person.id), Thread(account, person))

    def forget_threads(self) -> None:
        """Drop people, messages and media; accounts and templates stay."""
        self.threads.clear()
        self.media.clear()
        self.media_urls.clear()
        self.links.clear()
