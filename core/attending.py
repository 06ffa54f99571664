"""What is done for conversations that wait for a person: given out, escalated, the customer told (ENGINE rule 46)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.content import Part
from core.desk_ports import ConversationState
from core.ids import TenantId
from core.policy import Policy
from core.ports import Rendered
from core.store import Woken


@dataclass(frozen=True, slots=True)
class Rules:
    """A tenant's rules, and the language it speaks."""

    policy: Policy
    locale: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer is told who waits; ``refused`` says why nothing may go out."""

    parts: tuple[Part, ...]
    rendered: tuple[Rendered, ...] = ()
    refused: str | None = None


class AttendStore(Protocol):
    """Works on what waits; each conversation in a transaction of its own, in which its state is looked at again."""

    async def waiting(self) -> Sequence[TenantId]:
        """Return the tenants in which a conversation waits."""
        ...

    async def rules(self, tenant_id: TenantId) -> Rules:
        """Return a tenant's rules; raises NotFound."""
        ...

    async def give_out(self, tenant_id: TenantId, policy: Policy) -> Sequence[Woken]:
        """Give what waits to who is there and has room, the longest first; returns what was given."""
        ...

    async def escalate(self, tenant_id: TenantId, policy: Policy) -> Sequence[Woken]:
        """Note which handoffs nobody took in time; returns the new ones."""
        ...

    async def fall_back(
        self, tenant_id: TenantId, policy: Policy, *, tell: Callable[[ConversationState], Told]
    ) -> Sequence[Woken]:
        """Tell customers once that it takes longer; ``tell`` judges and words it within the transaction."""
        ...
