/** The views of the list: each is a filter that the server understands. */
import type { ListFilter } from "../api/keys";

export const VIEWS = ["all", "waiting", "mine", "agent", "resolved"] as const;
export type View = (typeof VIEWS)[number];

export function filterOf(view: View, q: string, myId: string | null | undefined): ListFilter {
  const filter: ListFilter = { status: view === "resolved" ? "resolved" : "open" };
  if (view === "waiting") filter.owner = "nobody";
  if (view === "agent") filter.owner = "agent";
  if (view === "mine") filter.owner = `staff:${myId ?? ""}`;
  if (q.trim()) filter.q = q.trim();
  return filter;
}
