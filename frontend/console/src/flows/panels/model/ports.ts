/** Things of a node that are exits too: options, cases, intents. Pure. */
import type { FlowDocument } from "../../document";
import { type Path, valueAt, withKey, withValue } from "./path";
import { reordered } from "./texts";

const LETTERS: Readonly<Record<string, string>> = { ı: "i", ş: "s", ğ: "g", ç: "c", ö: "o", ü: "u", ß: "ss" };
const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  "а:a б:b в:v г:g ғ:g д:d е:e ё:e ж:zh з:z и:i й:i к:k қ:q л:l м:m н:n ң:n о:o ө:o п:p р:r с:s т:t у:u ұ:u ү:u ф:f х:h һ:h ц:ts ч:ch ш:sh щ:sch ъ: ы:y і:i ь: э:e ю:yu я:ya ә:a"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);

/** A name for machines out of words for people: `Diş teli` becomes `dis_teli`. */
export function slug(words: string): string {
  const plain = [...words.toLocaleLowerCase("tr")]
    .map((letter) => LETTERS[letter] ?? CYRILLIC[letter] ?? letter)
    .join("")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "");
  return plain
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 32);
}

export function freeId(taken: readonly string[], wanted: string): string {
  if (!taken.includes(wanted)) return wanted;
  let no = 2;
  while (taken.includes(`${wanted}_${no}`)) no++;
  return `${wanted}_${no}`;
}

export const isKey = (text: string): boolean => /^[A-Za-z0-9_-]{1,48}$/.test(text);

interface Named {
  id: string;
}

/** Call an entry of a node's list otherwise; the line that leaves by it goes along. */
export function withId(flow: FlowDocument, node: string, path: Path, id: string): FlowDocument {
  const old = valueAt(flow, [...path, "id"]);
  const made = withValue(flow, [...path, "id"], id);
  const to = flow.nodes[node]?.to;
  return typeof old === "string" && to?.[old] ? withValue(made, ["nodes", node, "to"], withKey(to, old, id)) : made;
}

/** Take an entry out, and the line that leaves by it. */
export function without(flow: FlowDocument, node: string, path: Path, at: number): FlowDocument {
  const list = (valueAt(flow, path) ?? []) as Named[];
  const order = list.map((_, place) => place).filter((place) => place !== at);
  const id = list[at]?.id;
  const made = reordered(flow, path, order);
  return id === undefined ? made : withValue(made, ["nodes", node, "to", id], undefined);
}

export function moved(length: number, from: number, to: number): number[] {
  const order = Array.from({ length }, (_, at) => at);
  order.splice(to, 0, ...order.splice(from, 1));
  return order;
}
