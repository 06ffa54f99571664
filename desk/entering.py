"""How people get in by mail: a forgotten password, an invitation (ENGINE rule 31)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.clock import Clock
from core.entering import Guest, Mailer, Ticket, TicketKind, TicketStore
from core.errors import Conflict, MailFailed, NotFound
from core.nouns import Actor
from desk.letters import Invitation, compose_invitation, compose_password
from desk.passwords import check_strength, hash_password
from desk.people import check_grant, read_email

PASSWORD_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)


class Known(Protocol):
    """A person as kept."""

    @property
    def email(self) -> str:
        """Their address."""
        ...

    @property
    def password_hash(self) -> str | None:
        """None until a password is set."""
        ...

    @property
    def locale(self) -> str | None:
        """None until they chose a language."""
        ...


class FindsPeople(Protocol):
    """Where people are kept."""

    async def find_staff_by_email(self, email: str) -> Known | None:
        """Return whoever has this address."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """What writing to somebody takes."""

    mailer: Mailer
    clock: Clock
    public_url: str

    def link(self, page: str, token: str) -> str:
        """Return a link whose secret no server's log sees: browsers keep what follows ``#`` to themselves."""
        return f"{self.public_url}/#/{page}/{token}"


@dataclass(frozen=True, slots=True)
class Host:
    """Who asks people in, and for which business; ``members`` are the folded addresses of those who are there."""

    actor: Actor
    name: str
    business: str
    members: Collection[str]


async def mail_password_link(people: FindsPeople, tickets: TicketStore, post: Post, *, email: str, locale: str) -> None:
    """Write to whoever has this address how to set a new password; where nobody has it, do nothing."""
    person = await people.find_staff_by_email(email)
    if person is None:
        return
    language = person.locale or locale
    token = await tickets.add_password(person.email, locale=language, lasts_ms=_ms(PASSWORD_LASTS))
    await post.mailer.send(compose_password(person.email, post.link("password", token), locale=language))


async def set_mailed_password(tickets: TicketStore, token: str, password: str) -> str:
    """Set a password by a mailed token; returns whose; raises InvalidInput, NotFound."""
    check_strength(password)
    return await tickets.set_password(token, await hash_password(password))


async def invite(tickets: TicketStore, post: Post, guest: Guest, *, host: Host) -> tuple[str, bool]:
    """Ask somebody in by mail; returns the invitation's id and whether the letter went out.

    Raises Forbidden for a role above one's own, Conflict where they are a member already.
    """
    check_grant(host.actor, guest.role)
    guest = Guest(read_email(guest.email), guest.role, guest.locale)
    if guest.email.casefold() in host.members:
        raise Conflict("This person is a member already.", reason="is_member")
    ticket_id, token = await tickets.add_invitation(
        host.actor.tenant_id, guest, lasts_ms=_ms(INVITATION_LASTS), actor=host.actor.label
    )
    about = Invitation(guest.email, host.business, host.name, post.clock.now() + INVITATION_LASTS)
    try:
        await post.mailer.send(compose_invitation(about, post.link("join", token), locale=guest.locale))
    except MailFailed:
        return ticket_id, False
    return ticket_id, True


async def find_ticket(people: FindsPeople, tickets: TicketStore, token: str) -> tuple[Ticket, bool]:
    """Return what a mailed link is for, and whether its person has a password already; raises NotFound."""
    ticket = await tickets.find(token)
    if ticket is None:
        raise NotFound("This link was used already, or its time is over.")
    person = await people.find_staff_by_email(ticket.email)
    return ticket, person is not None and person.password_hash is not None


async def accept_invitation(
    people: FindsPeople, tickets: TicketStore, token: str, *, name: str | None, password: str | None
) -> tuple[Ticket, bool]:
    """Join by a mailed token; returns it, and whether a password was set: who has one keeps it.

    Raises InvalidInput where a password is needed, NotFound.
    """
    ticket, has_password = await find_ticket(people, tickets, token)
    if ticket.kind is not TicketKind.INVITATION:
        raise NotFound
    if has_password:
        return await tickets.accept(token, name=None, password_hash=None), False
    check_strength(password or "")
    return await tickets.accept(token, name=name, password_hash=await hash_password(password or "")), True


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
