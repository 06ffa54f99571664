/** The views of the list, in the order of their keys. */
import type { View } from "@frontdesk/shared";

export const VIEWS = ["waiting", "mine", "agent", "all", "snoozed", "resolved"] as const satisfies readonly View[];
