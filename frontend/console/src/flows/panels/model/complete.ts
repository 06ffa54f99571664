/** Completing `{{ path | filter }}` while it is typed. Pure. */

export const FILTERS = [
  "first_word",
  "upper",
  "lower",
  "title",
  "date",
  "time",
  "datetime",
  "number",
  "money",
  "default",
  "join",
];

export interface Completing {
  kind: "variable" | "filter";
  /** What was typed of it so far. */
  typed: string;
  from: number;
  to: number;
}

/** What the caret stands in, or null. */
export function completing(text: string, caret: number): Completing | null {
  const open = text.lastIndexOf("{{", caret);
  if (open < 0 || open + 2 > caret) return null;
  const inside = text.slice(open + 2, caret);
  if (inside.includes("}}") || inside.includes("\n")) return null;
  const pipe = inside.lastIndexOf("|");
  const typed = inside.slice(pipe + 1).trimStart();
  const wanted = pipe < 0 ? /^[A-Za-z_.0-9]*$/ : /^[a-z_]*$/;
  if (!wanted.test(typed)) return null;
  return { kind: pipe < 0 ? "variable" : "filter", typed, from: caret - typed.length, to: caret };
}

/** The text with the chosen name in place, closed where it was open, and where the caret is then. */
export function complete(
  text: string,
  { from, to }: Pick<Completing, "from" | "to">,
  name: string,
): { text: string; caret: number } {
  const rest = text.slice(to).replace(/^[A-Za-z_.0-9]*/, "");
  const before = text.slice(0, from);
  const gap = /\{\{$/.test(before) ? " " : /\|$/.test(before) ? " " : "";
  const next = /^\s*(\}\}|\|)/.test(rest) ? "" : " }}";
  const head = before + gap + name;
  return {
    text: head + next + rest,
    caret: head.length + (next ? next.length : (/^\s*\}\}/.exec(rest)?.[0].length ?? 0)),
  };
}

/** A hole put in at the caret. */
export function insertHole(text: string, caret: number, name: string): { text: string; caret: number } {
  const hole = `{{ ${name} }}`;
  return { text: text.slice(0, caret) + hole + text.slice(caret), caret: caret + hole.length };
}
