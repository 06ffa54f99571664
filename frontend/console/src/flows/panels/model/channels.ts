/** What each channel can show, and what becomes of a text and its options there. Pure. */

export const CHANNELS = ["whatsapp", "instagram", "messenger", "widget"] as const;
export type Channel = (typeof CHANNELS)[number];

interface Able {
  text: number;
  bytes?: boolean;
  buttons: number;
  button: number;
  rows: number;
  replies: number;
  /** Where words stand under a file. */
  caption: number;
}

const ABLE: Record<Channel, Able> = {
  whatsapp: { text: 4096, buttons: 3, button: 20, rows: 10, replies: 0, caption: 1024 },
  instagram: { text: 1000, bytes: true, buttons: 0, button: 20, rows: 0, replies: 13, caption: 0 },
  messenger: { text: 2000, buttons: 0, button: 20, rows: 0, replies: 13, caption: 0 },
  widget: { text: 16_000, buttons: 50, button: 200, rows: 0, replies: 0, caption: 16_000 },
};
export const ROW_TITLE = 24;
export const ROW_TEXT = 72;
export const REPLY = 20;

export const lengthOf = (text: string): number => [...text].length;

export interface Length {
  used: number;
  most: number;
  bytes: boolean;
}

export function textLength(channel: Channel, text: string): Length {
  const { text: most, bytes } = ABLE[channel];
  return { used: bytes ? new TextEncoder().encode(text).length : lengthOf(text), most, bytes: bytes === true };
}

export interface Shown {
  id: string;
  label: string;
  description?: string;
}

export type Rendering = "buttons" | "list" | "replies" | "numbers" | "none";
export type Why = "tooMany" | "tooLong" | "described" | "twice";

export interface Rendered {
  as: Rendering;
  /** Why it is not shown in the channel's best way. */
  why: Why | null;
  /** The options that are the reason. */
  blame: readonly string[];
  /** Options whose label is cut short. */
  cut: readonly string[];
}

/** By the same rules as the server's adapters: buttons, a list, quick replies, numbers. */
export function rendered(channel: Channel, options: readonly Shown[]): Rendered {
  const able = ABLE[channel];
  if (options.length === 0) return { as: "none", why: null, blame: [], cut: [] };
  if (able.replies) {
    if (options.length > able.replies) return { as: "numbers", why: "tooMany", blame: [], cut: [] };
    return { as: "replies", why: null, blame: [], cut: longer(options, REPLY) };
  }
  const [why, blame] = againstButtons(able, options);
  if (!why) return { as: "buttons", why: null, blame: [], cut: [] };
  if (!able.rows) return { as: "numbers", why, blame, cut: [] };
  if (options.length > able.rows) return { as: "numbers", why: "tooMany", blame: [], cut: [] };
  const long = options
    .filter(
      ({ label, description }) =>
        lengthOf(label) > (description ? ROW_TITLE : ROW_TEXT) || lengthOf(description ?? "") > ROW_TEXT,
    )
    .map(({ id }) => id);
  if (long.length > 0) return { as: "numbers", why: "tooLong", blame: long, cut: [] };
  return { as: "list", why, blame, cut: longer(options, ROW_TITLE) };
}

function againstButtons(able: Able, options: readonly Shown[]): [Why | null, readonly string[]] {
  if (options.length > able.buttons) return ["tooMany", []];
  const labels = options.map(({ label }) => label);
  const twice = options.filter(({ label }) => labels.indexOf(label) !== labels.lastIndexOf(label));
  if (twice.length > 0) return ["twice", twice.map(({ id }) => id)];
  const long = longer(options, able.button);
  if (long.length > 0) return ["tooLong", long];
  const told = options.filter(({ description }) => description).map(({ id }) => id);
  return told.length > 0 ? ["described", told] : [null, []];
}

function longer(options: readonly Shown[], most: number): string[] {
  return options.filter(({ label }) => lengthOf(label) > most).map(({ id }) => id);
}

export function cutTo(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

export const mostChoices = (channel: Channel): number => {
  const { buttons, rows, replies } = ABLE[channel];
  return Math.max(buttons, rows, replies);
};
