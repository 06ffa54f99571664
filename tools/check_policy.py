"""Check the tenant's policy: reply window, opt-out, consent, hours, queues, limits, moderation, pace, scope."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from core.errors import ToolRetry
from core.turns import FlagConversation
from tools.base import BUILDER, Arguments, Tool, ToolContext, ToolOutcome
from tools.policy_checks import PURE_CHECKS, Finding, check_queue, check_scope

DEFAULT_CHECKS = ("window", "opt_out", "consent", "business_hours", "channel_limits", "moderation", "scope")
CHECK_NAMES = (*PURE_CHECKS, "queue_available", "scope")


class PolicyArguments(Arguments):
    """What to check."""

    checks: tuple[str, ...] = Field(
        DEFAULT_CHECKS, max_length=20, description=f"Of {', '.join(CHECK_NAMES)}; queue_available takes :queue"
    )
    text: Annotated[str, Field(max_length=8000)] | None = Field(
        None, description="The text to judge; leave out to judge what the customer just said"
    )
    flag: Annotated[bool, BUILDER] = True
    """Show staff what moderation found."""


async def check_policy(arguments: PolicyArguments, context: ToolContext) -> ToolOutcome:
    """Run the checks; ``passed`` is true where all of them pass. Raises ToolRetry for a check that does not exist."""
    text = context.said if arguments.text is None else arguments.text
    findings = [replace(await run_check(check, context, text), check=check) for check in arguments.checks]
    failed = [finding for finding in findings if not finding.passed]
    flags = tuple(_flag(finding, context) for finding in failed if finding.check == "moderation" and arguments.flag)
    result: dict[str, Any] = {
        "passed": not failed,
        "failed": [finding.check for finding in failed],
        "checks": {
            finding.check: {"passed": finding.passed, "reason": finding.reason, **finding.facts} for finding in findings
        },
    }
    return ToolOutcome(result, flags)


async def run_check(check: str, context: ToolContext, text: str) -> Finding:
    """Run one check by name; ``queue_available:sales`` names its queue after a colon."""
    name, _, argument = check.partition(":")
    if name == "queue_available":
        return check_queue(context, argument or "default")
    if name == "scope":
        return await check_scope(context, text)
    if name not in PURE_CHECKS or argument:
        raise ToolRetry(f"There is no check “{check}”; there are {', '.join(CHECK_NAMES)}.", fields=["checks"])
    return PURE_CHECKS[name](context, text)


def _flag(finding: Finding, context: ToolContext) -> FlagConversation:
    return FlagConversation("blocked_word", ", ".join(finding.facts["words"]), context.node)


CHECK_POLICY = Tool(
    name="check_policy",
    description=(
        "Find out whether something is allowed now: whether the business is open and when it opens next, whether the"
        " customer may be written to, whether a text is acceptable."
    ),
    Arguments=PolicyArguments,
    run=check_policy,
)
