"""A colleague leaves, or becomes something else: what they held is held by nobody then, and waits for the others."""

from collections.abc import Sequence
from typing import Protocol

from core.errors import Conflict
from core.ids import TenantId
from core.nouns import Actor, Role
from desk.holding import Assignee, Desk, assign_conversation
from desk.people import check_grant


class Member(Protocol):
    """A colleague as kept."""

    @property
    def role(self) -> Role:
        """Their role."""
        ...


class Members(Protocol):
    """Where members are kept."""

    async def get(self, tenant_id: TenantId, staff_id: str) -> Member:
        """Return one; raises NotFound."""
        ...

    async def set_role(self, tenant_id: TenantId, staff_id: str, role: Role, *, actor: str) -> None:
        """Give another role; raises Conflict for the last owner."""
        ...

    async def end(self, tenant_id: TenantId, staff_id: str, *, actor: str) -> None:
        """Let in no more; raises Conflict for the last owner."""
        ...

    async def held_by(self, tenant_id: TenantId, staff_id: str) -> Sequence[str]:
        """Return the conversations that somebody holds and has not settled."""
        ...

    async def resume(self, tenant_id: TenantId, staff_id: str, *, actor: str) -> None:
        """Let in again."""
        ...


async def change_role(members: Members, staff_id: str, role: Role, *, actor: Actor) -> None:
    """Give a colleague another role; neither it nor the one they have may be above one's own."""
    member = await members.get(actor.tenant_id, staff_id)
    check_grant(actor, member.role, role)
    await members.set_role(actor.tenant_id, staff_id, role, actor=actor.label)


async def deactivate(members: Members, desk: Desk, staff_id: str, *, actor: Actor) -> int:
    """Let a colleague in no more; returns how many conversations they held, which nobody holds now."""
    member = await members.get(actor.tenant_id, staff_id)
    check_grant(actor, member.role)
    if staff_id == actor.staff_id:
        raise Conflict("You cannot deactivate yourself: ask another owner or admin.", reason="yourself")
    await members.end(actor.tenant_id, staff_id, actor=actor.label)
    theirs = await members.held_by(actor.tenant_id, staff_id)
    for conversation_id in theirs:
        await assign_conversation(desk, conversation_id, actor=actor, to=Assignee())
    return len(theirs)


async def reactivate(members: Members, staff_id: str, *, actor: Actor) -> None:
    """Let a colleague in again, in the role that they had."""
    member = await members.get(actor.tenant_id, staff_id)
    check_grant(actor, member.role)
    await members.resume(actor.tenant_id, staff_id, actor=actor.label)
