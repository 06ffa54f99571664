/** Canned replies: which fit what was typed after a slash, and their variables filled in. Pure. */
import type { CannedReply } from "@frontdesk/shared";

export interface Facts {
  contact: string | null;
  staff: string | null;
  business: string;
  channel: string;
}

/** The words after a slash that begins a line or a word just before the caret; null elsewhere. */
export function slashAt(text: string, caret: number): { from: number; query: string } | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u.exec(text.slice(0, caret));
  return found ? { from: caret - (found[1]?.length ?? 0) - 1, query: found[1] ?? "" } : null;
}

/** Those whose shortcut begins so come first, then those that say it. */
export function fitting(replies: readonly CannedReply[], query: string): CannedReply[] {
  const wanted = query.toLocaleLowerCase();
  const begins = replies.filter(({ shortcut }) => shortcut.startsWith(wanted));
  const says = replies.filter(
    (reply) =>
      !begins.includes(reply) &&
      (reply.shortcut.includes(wanted) ||
        Object.values(reply.texts).some((text) => text.toLocaleLowerCase().includes(wanted))),
  );
  return wanted ? [...begins, ...says] : begins;
}

/** The words in the customer's language, else in the reader's, else in any. */
export function wordsIn(texts: Record<string, string>, ...languages: (string | null)[]): string {
  for (const language of languages) {
    if (!language) continue;
    const found = texts[language] ?? texts[language.split("-")[0] ?? ""];
    if (found) return found;
  }
  return Object.values(texts)[0] ?? "";
}

/** What is not known stays as it is, so that it is seen and filled in by hand. */
export function fillIn(text: string, facts: Facts): string {
  const known: Record<string, string | null | undefined> = {
    "contact.name": facts.contact,
    "contact.first_name": facts.contact?.split(/\s+/)[0],
    "staff.name": facts.staff,
    "business.name": facts.business,
    channel: facts.channel,
  };
  return text.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => known[name] || whole);
}

/** The first variable that nobody filled in; null where there is none. */
export function unfilled(text: string): string | null {
  return /\{\{\s*[\w.]+\s*\}\}/.exec(text)?.[0] ?? null;
}
