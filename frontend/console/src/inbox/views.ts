/** The views of the list, in the order of their keys. */
import type { View } from "@frontdesk/shared";
import type { ListFilter } from "../api/keys";

export const VIEWS = ["waiting", "mine", "agent", "all", "snoozed", "resolved"] as const satisfies readonly View[];

/** A view, a team's conversations, or the messages that did not arrive. */
export type Place = View | `team:${string}` | "undelivered";

export function teamOf(place: Place): string | null {
  return place.startsWith("team:") ? place.slice(5) : null;
}

/** The view that rows of a place are judged by. */
export function viewOf(place: Place): View {
  return VIEWS.find((view) => view === place) ?? "all";
}

export function filterOf(place: Place): ListFilter {
  const team = teamOf(place);
  return { view: viewOf(place), ...(team ? { team } : {}) };
}
