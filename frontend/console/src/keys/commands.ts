/** Everything one can do by key: the one list that keys, the palette and the cheat sheet are made from. */

export const GROUPS = ["move", "act", "choose", "write", "go"] as const;
export type Group = (typeof GROUPS)[number];

export interface Command {
  id: string;
  group: Group;
  /** `Mod+` is Ctrl, on a Mac the command key; letters stand for the key whatever the layout writes. */
  keys: readonly string[];
  label: string;
  /** Goes on while the key is held down. */
  repeats?: boolean;
  /** A step, not something to look up by name. */
  unlisted?: boolean;
}

/** Where two have the same key, the first that somebody answers for runs. */
export const COMMANDS = [
  { id: "next", group: "move", keys: ["J", "ArrowDown"], label: "keys.next", repeats: true, unlisted: true },
  { id: "previous", group: "move", keys: ["K", "ArrowUp"], label: "keys.previous", repeats: true, unlisted: true },
  { id: "open", group: "move", keys: ["Enter"], label: "keys.open", unlisted: true },
  { id: "clear", group: "choose", keys: ["Escape"], label: "queue.key.clear", unlisted: true },
  { id: "leave", group: "move", keys: ["Escape"], label: "keys.leave", unlisted: true },
  { id: "take", group: "act", keys: ["T"], label: "keys.take" },
  { id: "back", group: "act", keys: ["B"], label: "keys.back" },
  { id: "backWith", group: "act", keys: ["Shift+B"], label: "handBack.with" },
  { id: "resolve", group: "act", keys: ["E"], label: "keys.resolve" },
  { id: "snooze", group: "act", keys: ["S"], label: "queue.key.snooze" },
  { id: "assign", group: "act", keys: ["A"], label: "queue.key.assign" },
  { id: "label", group: "act", keys: ["L"], label: "queue.key.label" },
  { id: "undo", group: "act", keys: ["Z"], label: "queue.key.undo" },
  { id: "select", group: "choose", keys: ["X"], label: "queue.key.select" },
  {
    id: "selectDown",
    group: "choose",
    keys: ["Shift+J", "Shift+ArrowDown"],
    label: "queue.key.selectDown",
    repeats: true,
    unlisted: true,
  },
  {
    id: "selectUp",
    group: "choose",
    keys: ["Shift+K", "Shift+ArrowUp"],
    label: "queue.key.selectUp",
    repeats: true,
    unlisted: true,
  },
  { id: "reply", group: "write", keys: ["R"], label: "keys.reply" },
  { id: "note", group: "write", keys: ["N"], label: "keys.note" },
  { id: "why", group: "go", keys: ["W"], label: "keys.why" },
  { id: "search", group: "go", keys: ["/", "Mod+F"], label: "keys.search" },
  { id: "view", group: "go", keys: ["1", "2", "3", "4", "5", "6"], label: "queue.key.view", unlisted: true },
  { id: "palette", group: "go", keys: ["Mod+K"], label: "queue.key.palette", unlisted: true },
  { id: "help", group: "go", keys: ["?"], label: "keys.help" },
] as const satisfies readonly Command[];

export type CommandId = (typeof COMMANDS)[number]["id"];

interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Return the pressed key as the list above writes it. */
export function comboOf(event: Pressed): string {
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  // Where the layout writes another alphabet, the place of the key counts.
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return `${mod}${event.shiftKey ? "Shift+" : ""}${letter}`;
  const named = event.key.length > 1 && event.shiftKey ? "Shift+" : "";
  return `${mod}${named}${event.key}`;
}

/** Return what the keys may mean, the first choice first. */
export function commandsFor(event: Pressed): Command[] {
  if (event.altKey) return [];
  const combo = comboOf(event);
  return COMMANDS.filter((command: Command) => command.keys.includes(combo));
}

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const SIGNS: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  Escape: "Esc",
  Mod: MAC ? "⌘" : "Ctrl",
  Shift: "⇧",
};

/** Return the parts of a combination as they stand on keys. */
export function signsOf(combo: string): string[] {
  return combo.split("+").map((part) => SIGNS[part] ?? part);
}
