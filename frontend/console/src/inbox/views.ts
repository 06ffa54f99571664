/** The views of the list, in the order of their keys; each is a filter that the server understands. */
import type { View } from "@frontdesk/shared";
import type { ListFilter } from "../api/keys";

export const VIEWS = ["waiting", "mine", "agent", "all", "snoozed", "resolved"] as const satisfies readonly View[];

export function filterOf(view: View, q: string): ListFilter {
  const words = q.trim();
  return words ? { view, q: words } : { view };
}
