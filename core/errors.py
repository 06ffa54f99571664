"""Every error that crosses a module, as one tree.

AppError                    code, status, retryable; the docstring is the default public message
├─ InvalidInput 422 · NotJson 400 · Unauthenticated 401 · Forbidden 403 · NotFound 404 · Conflict 409
├─ PreconditionFailed 412 · RateLimited 429 · Overloaded 503 · MailFailed 502 · FileRefused 422
├─ FlowError      InvalidFlow(issues) · FlowNotPublished · NodeFailed(node) · StepLimitReached
├─ ToolError      ToolRetry (the model may fix its arguments) · ToolFailed (tell the model, stop)
├─ ModelError     ModelUnavailable* · ModelRefused · ModelMisbehaved · BudgetSpent
├─ WebhookError   InvalidSignature 401 · MalformedPayload 400
├─ SendError      Unreachable* · Throttled* · OutcomeUnknown · AuthExpired · AccountBlocked · WindowClosed ·
│                 RecipientBlocked · Rejected · UnreadableReply
├─ StoreError     StoreUnavailable* 503 · LostLease · Unsealed · TakenOver · TamperedCiphertext · WrongMasterKey
├─ Lacking        another worker must do it
└─ Misconfigured  at start-up only                                             (* = retryable)
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar


class AppError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str | None = None, /, **facts: Any) -> None:
        self.message = message or (type(self).__doc__ or "").split("\n", 1)[0]
        self.facts: Mapping[str, Any] = facts
        super().__init__(self.message)


class InvalidInput(AppError):
    """The request's body does not fit; `errors` says which field and why."""

    code, status = "invalid_input", 422


class NotJson(AppError):
    """The body is not JSON."""

    code, status = "not_json", 400


class Unauthenticated(AppError):
    """Sign in, or send a valid API key."""

    code, status = "unauthenticated", 401


class Forbidden(AppError):
    """Your role does not allow this."""

    code, status = "forbidden", 403


class NotFound(AppError):
    """There is nothing here."""

    code, status = "not_found", 404


class Conflict(AppError):
    """This cannot be done in the present state; `reason` says why."""

    code, status = "conflict", 409


class AlreadyClaimed(Conflict):
    """Somebody else has claimed this handoff."""

    code = "already_claimed"


class IdempotencyReused(Conflict):
    """This idempotency key was used with another body."""

    code = "idempotency_key_reused"


class SendRefused(Conflict):
    """This message may not be sent now; `verdict` says why and what is allowed."""

    code = "send_refused"


class PreconditionFailed(AppError):
    """What you edited has changed meanwhile; `current` is its present version."""

    code, status = "version_is_stale", 412


class RateLimited(AppError):
    """Too many requests; wait for `retry_after` seconds."""

    code, status, retryable = "rate_limited", 429, True


class Overloaded(AppError):
    """The server cannot take this now; try again shortly."""

    code, status, retryable = "overloaded", 503, True


class MailFailed(AppError):
    """The letter did not go out; look at FRONTDESK_SMTP_URL."""

    code, status = "mail_failed", 502


class FileUnavailable(AppError):
    """The file cannot be shown; `reason` is gone, too_large, refused or unreachable."""

    code, status = "file_unavailable", 502


class FileRefused(AppError):
    """The file cannot be sent there; `reason` is too_large, wrong_type, not_what_it_says or empty."""

    code, status = "file_refused", 422


class FlowError(AppError):
    """The flow cannot go on."""

    code = "flow_error"


class InvalidFlow(FlowError):
    """The flow has errors; `issues` lists each with its place and its fix."""

    code, status = "invalid_flow", 422

    def __init__(self, issues: Sequence[Any], message: str | None = None) -> None:
        super().__init__(message, issues=issues)
        self.issues = issues


class TestsFailed(FlowError):
    """A test of the flow fails; `cases` says which, and how."""

    __test__ = False
    code, status = "tests_failed", 422


class FlowNotPublished(FlowError):
    """No published flow answers here."""

    code, status = "flow_not_published", 409


class NodeFailed(FlowError):
    """A node of the flow failed."""

    code = "node_failed"

    def __init__(self, node: str, message: str | None = None) -> None:
        super().__init__(message, node=node)
        self.node = node


class StepLimitReached(NodeFailed):
    """The flow went round in circles and was stopped."""

    code = "step_limit_reached"


class ToolError(AppError):
    """A tool did not do its work."""

    code = "tool_error"


class ToolRetry(ToolError):
    """The arguments were refused; the model may correct them."""

    code = "tool_retry"


class ToolFailed(ToolError):
    """The tool failed; trying again does not help."""

    code = "tool_failed"


class ModelError(AppError):
    """The language model gave no usable answer."""

    code = "model_error"


class ModelUnavailable(ModelError):
    """The language model cannot be reached, or is not connected."""

    code, retryable = "model_unavailable", True

    def __init__(self, message: str | None = None, /, *, retry_after: timedelta | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class ModelRefused(ModelError):
    """The language model declined to answer."""

    code = "model_refused"


class ModelMisbehaved(ModelError):
    """The language model's answer does not have the asked form."""

    code = "model_misbehaved"


class BudgetSpent(ModelError):
    """The budget for language-model calls is spent."""

    code = "budget_spent"


class WebhookError(AppError):
    """The webhook was refused."""

    code, status = "webhook_error", 400


class InvalidSignature(WebhookError):
    """The signature is missing or wrong."""

    code, status = "invalid_signature", 401


class MalformedPayload(WebhookError):
    """The body is not JSON."""

    code, status = "malformed_payload", 400


class SendError(AppError):
    """The message did not go out."""

    code = "send_error"
    delivered: ClassVar[bool | None] = False
    """False: certainly not sent. None: unknown, reconcile before any repetition."""

    def __init__(
        self,
        message: str | None = None,
        /,
        *,
        vendor_code: int | None = None,
        vendor_subcode: int | None = None,
        retry_after: timedelta | None = None,
        fix: str | None = None,
        trace_id: str | None = None,
    ) -> None:
        super().__init__(message, vendor_code=vendor_code, vendor_subcode=vendor_subcode, fix=fix, trace_id=trace_id)
        self.vendor_code = vendor_code
        self.vendor_subcode = vendor_subcode
        self.retry_after = retry_after
        self.fix = fix
        self.trace_id = trace_id


class Unreachable(SendError):
    """The provider could not be reached; nothing was sent."""

    code, retryable = "unreachable", True


class Throttled(SendError):
    """The provider asks to slow down; nothing was sent."""

    code, retryable = "throttled", True


class OutcomeUnknown(SendError):
    """The provider's answer was lost; the message may have gone out."""

    code = "outcome_unknown"
    delivered = None


class AuthExpired(SendError):
    """The access token is no longer valid; reconnect the channel."""

    code = "auth_expired"


class AccountBlocked(SendError):
    """The provider has locked or limited this account."""

    code = "account_blocked"


class WindowClosed(SendError):
    """The reply window is closed."""

    code = "window_closed"


class RecipientBlocked(SendError):
    """The customer cannot be reached on this channel."""

    code = "recipient_blocked"


class Rejected(SendError):
    """The provider refused the message."""

    code = "rejected"


class UnreadableReply(SendError):
    """The provider's answer could not be read; the message may have gone out."""

    code = "unreadable_reply"
    delivered = None


class StoreError(AppError):
    """The store did not do its work."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """The store cannot be reached."""

    code, status, retryable = "store_unavailable", 503, True


class Clash(StoreUnavailable):
    """Two changes waited for one another, and this one was undone: nothing stands against making it again."""


class LostLease(StoreError):
    """Another worker or a person took the conversation meanwhile."""

    code = "lost_lease"


class Unsealed(StoreError):
    """More arrived, or somebody took the conversation, before the turn had shown anything."""

    code = "unsealed"


class TakenOver(StoreError):
    """Somebody took the conversation while the words of a draft were being shown."""

    code = "taken_over"


class TamperedCiphertext(StoreError):
    """A stored value fails its authentication: it was moved, altered, or sealed under another key."""

    code = "tampered_ciphertext"


class WrongMasterKey(StoreError):
    """The master key does not open this store; set FRONTDESK_MASTER_KEY to the key it was made with."""

    code = "wrong_master_key"


class Lacking(AppError):
    """This worker is older than what it was to run."""

    code, retryable = "lacking", True

    def __init__(self, needs: str) -> None:
        super().__init__(needs=needs)
        self.needs = needs


class Misconfigured(AppError):
    """The settings are wrong; every fault is listed."""

    code = "misconfigured"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults), faults=list(faults))
        self.faults = list(faults)
