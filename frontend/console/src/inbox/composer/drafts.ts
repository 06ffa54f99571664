/** What was being written, kept in this browser by person and conversation until it is sent: also past a sign-out. */

export type Mode = "reply" | "note";

const PREFIX = "frontdesk:draft:";
const KEPT_MS = 30 * 86_400_000;
const MOST = 200;

interface Kept {
  text: string;
  at: number;
}

function nameOf(staff: string, conversation: string, mode: Mode): string {
  return `${PREFIX}${staff}:${conversation}:${mode}`;
}

export function loadDraft(staff: string, conversation: string, mode: Mode, store: Storage = localStorage): string {
  return read(store, nameOf(staff, conversation, mode))?.text ?? "";
}

export function saveDraft(
  staff: string,
  conversation: string,
  mode: Mode,
  text: string,
  store: Storage = localStorage,
): void {
  const name = nameOf(staff, conversation, mode);
  try {
    if (text) store.setItem(name, JSON.stringify({ text, at: Date.now() } satisfies Kept));
    else store.removeItem(name);
  } catch {
    // Storage is full or blocked: the draft lives as long as the page.
  }
}

/** Forget a draft once it was sent, unless something else was begun meanwhile. */
export function dropSent(
  staff: string,
  conversation: string,
  mode: Mode,
  sent: string,
  store: Storage = localStorage,
): void {
  if (loadDraft(staff, conversation, mode, store).trim() === sent.trim())
    saveDraft(staff, conversation, mode, "", store);
}

/** Forget what nobody went on with for a month, and the oldest of too many. */
export function sweepDrafts(now = Date.now(), store: Storage = localStorage): void {
  const found = Array.from({ length: store.length }, (_, at) => store.key(at) ?? "")
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => ({ name, at: read(store, name)?.at ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const [place, { name, at }] of found.entries()) {
    if (place >= MOST || at < now - KEPT_MS) store.removeItem(name);
  }
}

function read(store: Storage, name: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(store.getItem(name) ?? "null");
    const known = typeof kept === "object" && kept !== null && "text" in kept && typeof kept.text === "string";
    return known ? { text: (kept as Kept).text, at: Number((kept as Kept).at) || 0 } : null;
  } catch {
    return null;
  }
}
