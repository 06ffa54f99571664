/** Elements without markup strings: text is always text. */
type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A stroked 24 × 24 drawing. */
export function icon(...paths: string[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  close: ["M6 9l6 6 6-6"],
  send: ["M12 19V5.5", "m6 11.5 6-6 6 6"],
  person: ["M12 12.2a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2Z", "M5 20c.6-3.4 3.4-5.2 7-5.2s6.4 1.8 7 5.2"],
  agent: [
    "M7 9.5h10a2.5 2.5 0 0 1 2.5 2.5v4a2.5 2.5 0 0 1-2.5 2.5H7A2.5 2.5 0 0 1 4.5 16v-4A2.5 2.5 0 0 1 7 9.5Z",
    "M12 9.5V6",
    "M9 13.5v1.2",
    "M15 13.5v1.2",
    "M12 4.6v.1",
  ],
  sound: ["M5 10v4h3l4 3.5v-11L8 10Z", "M15.5 9.5a3.5 3.5 0 0 1 0 5", "M18 7a7 7 0 0 1 0 10"],
  mute: ["M5 10v4h3l4 3.5v-11L8 10Z", "m15.5 9.5 5 5", "m20.5 9.5-5 5"],
  down: ["M12 5v14", "m6 13 6 6 6-6"],
  pin: [
    "M12 21s6.5-5.6 6.5-11A6.5 6.5 0 0 0 5.5 10c0 5.4 6.5 11 6.5 11Z",
    "M12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  ],
  file: ["M7 3.5h7l4.5 4.5v12.5H7Z", "M14 3.5V8h4.5"],
  alert: ["M12 8v5", "M12 16.3v.1", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z"],
} as const;
