/** Few messages came with anything: what shows it is loaded with the first that did. */
import type { ConversationMessage } from "@frontdesk/shared";
import { lazy } from "react";

const load = () => import("./Around");
export const Around = lazy(() => load().then(({ Around }) => ({ default: Around })));
export const CameFrom = lazy(() => load().then(({ CameFrom }) => ({ default: CameFrom })));

export function hasContext({ quotes, referral, story, forwarded }: ConversationMessage): boolean {
  return Boolean(quotes || referral || story || forwarded);
}
