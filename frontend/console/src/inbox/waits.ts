/** How long somebody waits for a person, in the business's own hours. Pure. */
import type { ConversationItem, Waiting } from "@frontdesk/shared";

/** Tell whether the time runs: what the server said holds until the business opens or closes. */
export function isRunning({ running, turns_at }: Waiting, now: number): boolean {
  return turns_at !== null && Date.parse(turns_at) <= now ? !running : running;
}

/** Since when they would have waited if it had been open all along; from the handoff, not from the first message. */
export function waitingSince(
  { status, owner, owner_since, handoff, waiting }: ConversationItem,
  now: number,
): string | null {
  if (status !== "open" || owner !== "nobody") return null;
  if (!waiting) return handoff?.state === "waiting" ? handoff.created_at : owner_since;
  const at = Date.parse(waiting.at);
  const turns = waiting.turns_at === null ? Number.POSITIVE_INFINITY : Date.parse(waiting.turns_at);
  const grown = waiting.running ? Math.min(now, turns) - at : now - turns;
  return new Date(now - waiting.seconds * 1000 - Math.max(0, grown)).toISOString();
}
