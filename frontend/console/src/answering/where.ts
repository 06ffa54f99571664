/** Where a flow answers new conversations. Pure. */
import type { ChannelAccount } from "@frontdesk/shared";

/** A flow, as far as choosing goes. */
export interface Choosable {
  id: string;
  name: string;
  kind: "main" | "sub";
  published: boolean;
  /** Answers where nothing else is chosen. */
  default: boolean;
}

export function flowIdOf({ flow }: ChannelAccount): string | null {
  return typeof flow === "string" ? flow : (flow?.id ?? null);
}

type Where = "here" | "everywhere" | "unused" | "nowhere" | "part";

/** How to say where a published flow answers, and on which connected accounts. */
export function whereAnswers(flow: Choosable, accounts: readonly ChannelAccount[]): { where: Where; names: string[] } {
  if (flow.kind === "sub") return { where: "part", names: [] };
  const names = accounts
    .filter(({ status }) => status !== "disconnected")
    .filter((account) => (flowIdOf(account) ?? (flow.default ? flow.id : null)) === flow.id)
    .map(({ name }) => name);
  if (flow.default) return { where: names.length > 0 ? "everywhere" : "unused", names };
  return { where: names.length > 0 ? "here" : "nowhere", names };
}
