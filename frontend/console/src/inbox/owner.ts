/** Who holds a conversation, told from the wire's `agent`, `app`, `nobody` or `staff:<id>`. */
export type Holder = "agent" | "me" | "colleague" | "app" | "nobody";

export function holderOf(owner: string, myId: string | null | undefined): Holder {
  if (owner === "agent" || owner === "app" || owner === "nobody") return owner;
  return myId && owner === `staff:${myId}` ? "me" : "colleague";
}
