/** What can be done to a conversation from the list, and how it looks the moment it is done. */
import type { ConversationItem, View } from "@frontdesk/shared";

export type Step =
  | { action: "take" | "hand_back" | "resolve" | "reopen" }
  | { action: "snooze"; until: string | null }
  | { action: "assign"; staff_id: string | null; team?: string; name: string | null }
  | { action: "label"; add: string[]; remove: string[] };

export type Kind = Step["action"];

/** Return the conversation as it will be once the server has done it. */
export function foresee<T extends Omit<ConversationItem, "handoff">>(
  item: T,
  step: Step,
  me: string | null | undefined,
): T {
  switch (step.action) {
    case "take":
      return { ...item, owner: `staff:${me ?? ""}`, owner_name: null };
    case "hand_back":
      return { ...item, owner: "agent", owner_name: null, handoff: null, team: null };
    case "resolve":
      return { ...item, status: "resolved", owner: "agent", owner_name: null, handoff: null, snoozed_until: null };
    case "reopen":
      return { ...item, status: "open", snoozed_until: null };
    case "snooze":
      return { ...item, status: "snoozed", snoozed_until: step.until };
    case "assign":
      return {
        ...item,
        owner: step.staff_id ? `staff:${step.staff_id}` : "nobody",
        owner_name: step.staff_id ? step.name : null,
        team: step.team ?? item.team,
      };
    case "label":
      return {
        ...item,
        labels: [...new Set([...item.labels, ...step.add])].filter((each) => !step.remove.includes(each)),
      };
  }
}

/** Tell whether a view shows it. */
export function shows(
  view: View,
  { status, owner }: Pick<ConversationItem, "status" | "owner">,
  me: string | null | undefined,
): boolean {
  if (view === "snoozed" || view === "resolved") return status === view;
  if (status !== "open") return false;
  if (view === "waiting") return owner === "nobody";
  if (view === "agent") return owner === "agent";
  return view === "all" || owner === `staff:${me ?? ""}`;
}
