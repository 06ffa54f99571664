/** Which page before sign-in an address means. Pure. */

export interface EntryPage {
  page: "forgot" | "password" | "join";
  /** What the mailed link carries; it never reaches a server's log. */
  ticket: string;
}

export function entryOf(path: string): EntryPage | null {
  if (path === "/forgot") return { page: "forgot", ticket: "" };
  const found = /^\/(password|join)\/([\w-]+)$/.exec(path);
  return found ? { page: found[1] as "password" | "join", ticket: found[2] ?? "" } : null;
}
