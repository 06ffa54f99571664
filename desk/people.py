"""People: added to a tenant, signed in, what each may give to others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from email_validator import EmailNotValidError, validate_email

from core.devices import Device
from core.errors import Forbidden, InvalidInput, Unauthenticated
from core.ids import StaffId, TenantId
from core.nouns import Actor, Role
from desk.passwords import check_strength, hash_password, needs_rehash, verify_password

SESSION_DAYS = 7
_DAY_MS = 86_400_000


class Person(Protocol):
    """A person as kept."""

    @property
    def id(self) -> StaffId:
        """Who."""
        ...

    @property
    def password_hash(self) -> str | None:
        """None until a password is set."""
        ...


class People(Protocol):
    """Where people are kept."""

    async def find_staff_by_email(self, email: str) -> Person | None:
        """Return whoever has this address."""
        ...

    async def add_staff(self, email: str, *, name: str | None, password_hash: str | None) -> StaffId:
        """Add a person."""
        ...

    async def set_password(self, staff_id: StaffId, password_hash: str, *, sign_out: bool = True) -> None:
        """Replace a password."""
        ...

    async def add_member(self, tenant_id: TenantId, staff_id: StaffId, role: Role) -> None:
        """Give a role."""
        ...


class SignIns(Protocol):
    """Where sign-ins are kept."""

    async def add(self, staff_id: StaffId, *, lasts_ms: int, device: Device) -> str:
        """Sign in."""
        ...

    async def end_others(self, staff_id: StaffId, *, kept: str) -> int:
        """Sign every other browser out."""
        ...


class Trail(Protocol):
    """The audit log."""

    async def add(
        self, tenant_id: TenantId, *, actor: str, action: str, entity: str | None = None, details: Mapping[str, Any]
    ) -> None:
        """Add an entry."""
        ...


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A person to be added."""

    email: str
    role: Role
    name: str | None = None
    password: str | None = None


async def add_person(people: People, trail: Trail, *, tenant_id: TenantId, new: NewStaff, actor: str) -> StaffId:
    """Make somebody a member of a tenant; a person known already keeps their password."""
    email = read_email(new.email)
    known = await people.find_staff_by_email(email)
    if known is None:
        hashed = None
        if new.password is not None:
            check_strength(new.password)
            hashed = await hash_password(new.password)
        staff_id = await people.add_staff(email, name=new.name, password_hash=hashed)
    else:
        staff_id = known.id
    await people.add_member(tenant_id, staff_id, new.role)
    await trail.add(tenant_id, actor=actor, action="member.added", entity=staff_id, details={"role": new.role.value})
    return staff_id


async def sign_in(people: People, sign_ins: SignIns, *, email: str, password: str, device: Device) -> str:
    """Return a new session token; raises Unauthenticated in the same words and time for every cause."""
    person = await people.find_staff_by_email(email)
    kept = person.password_hash if person else None
    right = await verify_password(password, kept)
    if person is None or kept is None or not right:
        raise Unauthenticated("The e-mail address or the password is wrong.")
    if needs_rehash(kept):
        await people.set_password(person.id, await hash_password(password), sign_out=False)
    return await sign_ins.add(person.id, lasts_ms=SESSION_DAYS * _DAY_MS, device=device)


async def change_password(people: People, sign_ins: SignIns, person: Person, *, old: str, new: str, kept: str) -> None:
    """Replace one's own password; every browser but ``kept`` is signed out; raises InvalidInput, Forbidden."""
    if not await verify_password(old, person.password_hash):
        raise Forbidden("The present password is wrong.", reason="wrong_password")
    check_strength(new)
    await people.set_password(person.id, await hash_password(new), sign_out=False)
    await sign_ins.end_others(person.id, kept=kept)


def check_grant(actor: Actor, *roles: Role) -> None:
    """Refuse to give or take a role above one's own: the one place where that is judged; raises Forbidden."""
    for role in roles:
        if not actor.role.covers(role):
            raise Forbidden(f"Only the role {role.value} may do this; yours is {actor.role.value}.", reason="role")


def read_email(email: str) -> str:
    """Return an address in its usual form; raises InvalidInput."""
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise InvalidInput(
            f"{email!r} is not an e-mail address: {error}", errors=[{"field": "email", "why": str(error)}]
        ) from error
