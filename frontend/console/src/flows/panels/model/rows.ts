/** Rows of conditions: which comparisons a type has, and how a case reads in words. Pure. */
import { isRecord } from "./path";

export const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "not_in",
  "contains",
  "starts_with",
  "set",
  "not_set",
  "between",
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Row {
  var: string;
  op: Operator;
  value?: unknown;
}

export interface RowGroup {
  all?: readonly (Row | RowGroup)[];
  any?: readonly (Row | RowGroup)[];
}

const ORDERED: Operator[] = ["eq", "ne", "gt", "gte", "lt", "lte", "between", "set", "not_set"];
const BY_TYPE: Readonly<Record<string, readonly Operator[]>> = {
  string: ["eq", "ne", "contains", "starts_with", "in", "not_in", "set", "not_set"],
  phone: ["eq", "ne", "starts_with", "in", "not_in", "set", "not_set"],
  email: ["eq", "ne", "contains", "in", "not_in", "set", "not_set"],
  enum: ["eq", "ne", "in", "not_in", "set", "not_set"],
  bool: ["eq", "set", "not_set"],
  number: ORDERED,
  date: ORDERED,
  datetime: ORDERED,
  list: ["contains", "set", "not_set"],
  object: ["set", "not_set"],
  media: ["set", "not_set"],
  location: ["set", "not_set"],
};

export function operatorsOf(type: string | undefined): readonly Operator[] {
  return BY_TYPE[type ?? ""] ?? OPERATORS;
}

interface Words {
  op: (op: Operator) => string;
  and: string;
  or: string;
  yes: string;
  no: string;
}

/** `score is at least 80 and service is implant`. */
export function sentenceOf(group: RowGroup, words: Words): string {
  const inner = (one: Row | RowGroup): string => ("var" in one ? rowWords(one, words) : `(${sentenceOf(one, words)})`);
  const all = (group.all ?? []).map(inner).join(` ${words.and} `);
  const any = (group.any ?? []).map(inner).join(` ${words.or} `);
  return all && any ? `${all} ${words.and} (${any})` : all || any;
}

function rowWords({ var: name, op, value }: Row, words: Words): string {
  const short = name.replace(/^(slots|conv|contact)\./, "") || "…";
  if (op === "set" || op === "not_set") return `${short} ${words.op(op)}`;
  return `${short} ${words.op(op)} ${valueWords(value, words)}`;
}

function valueWords(value: unknown, words: Words): string {
  if (value === true) return words.yes;
  if (value === false) return words.no;
  if (Array.isArray(value)) return value.map((one) => valueWords(one, words)).join(", ");
  if (isRecord(value)) return String(value.$var ?? "…");
  return value === undefined || value === null || value === "" ? "…" : String(value);
}
