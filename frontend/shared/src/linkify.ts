/** Cut plain text into words and links; the caller makes elements, never markup. */

export type Span = { text: string; href?: undefined } | { text: string; href: string };

const LINK = /\bhttps?:\/\/[^\s<>"'`]+|\bwww\.[^\s<>"'`]+\.[^\s<>"'`]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/giu;
const PHONE = /(?<![\w+])\+\d[\d\s().-]{7,17}\d(?!\w)/g;

export function linkify(text: string): Span[] {
  return cut(text, LINK, hrefOf).flatMap((span) => (span.href ? [span] : cut(span.text, PHONE, phoneHref)));
}

/** Return the address where it is one that may be opened, else null. */
export function safeUrl(value: string | null | undefined, base?: string): string | null {
  if (!value) return null;
  try {
    const url = new URL(value, base);
    return ["https:", "http:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function cut(text: string, pattern: RegExp, href: (found: string) => string | null): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const found = trimTail(match[0]);
    const target = href(found);
    if (!target) continue;
    if (match.index > from) spans.push({ text: text.slice(from, match.index) });
    spans.push({ text: found, href: target });
    from = match.index + found.length;
  }
  if (from < text.length) spans.push({ text: text.slice(from) });
  return spans;
}

/** Take off what ends the sentence rather than the address; keep a closing bracket that has its opening one. */
function trimTail(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1) ?? "";
    const unopened = last === ")" && !text.includes("(");
    if (!/[.,;:!?…»”’'\]]/.test(last) && !unopened) return text;
    text = text.slice(0, -1);
  }
}

function hrefOf(found: string): string | null {
  if (/^https?:/i.test(found)) return safeUrl(found);
  if (found.includes("@")) return safeUrl(`mailto:${found}`);
  return safeUrl(`https://${found}`);
}

function phoneHref(found: string): string | null {
  const digits = found.replace(/\D/g, "");
  return digits.length >= 9 && digits.length <= 15 ? `tel:+${digits}` : null;
}
