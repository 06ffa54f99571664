/** The tenant's accent as readable colours of both themes. */
import { parseHex, readableOn, textOn, toHex } from "@frontdesk/shared/contrast";

const FALLBACK = "#0e6f8c";
const LIGHT = parseHex("#ffffff") ?? [255, 255, 255];
const DARK = parseHex("#10151c") ?? [0, 0, 0];

export function paintAccent(element: HTMLElement, accent: string | null | undefined): void {
  const fill = parseHex(accent) ?? parseHex(FALLBACK);
  if (!fill) return;
  const set = (name: string, value: string) => element.style.setProperty(name, value);
  set("--accent", toHex(fill));
  set("--on-accent", toHex(textOn(fill)));
  set("--accent-text-light", toHex(readableOn(LIGHT, fill)));
  set("--accent-text-dark", toHex(readableOn(DARK, fill)));
  set("--accent-edge-light", toHex(readableOn(LIGHT, fill, 3)));
  set("--accent-edge-dark", toHex(readableOn(DARK, fill, 3)));
}
