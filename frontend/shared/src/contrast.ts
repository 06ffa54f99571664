/** Readable colours for an accent that a tenant chooses freely (WCAG 2.2 relative luminance). */

export type Rgb = readonly [number, number, number];

export function parseHex(value: string | null | undefined): Rgb | null {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec((value ?? "").trim());
  if (!match?.[1]) return null;
  const hex = match[1].length === 3 ? [...match[1]].map((digit) => digit + digit).join("") : match[1];
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

export function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

export function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [15, 23, 42];
const BLACK: Rgb = [0, 0, 0];

/** Return the text colour for a filled area: white where it reads well enough, else ink, else black. */
export function textOn(fill: Rgb): Rgb {
  if (contrast(fill, WHITE) >= 4.5) return WHITE;
  return contrast(fill, INK) >= 4.5 ? INK : BLACK;
}

/** Return the accent moved towards black or white just far enough to reach `ratio` on `surface`. */
export function readableOn(surface: Rgb, accent: Rgb, ratio = 4.5): Rgb {
  const target = luminance(surface) > 0.18 ? BLACK : WHITE;
  for (let step = 0; step <= 20; step++) {
    const mixed = mix(accent, target, step / 20);
    if (contrast(mixed, surface) >= ratio) return mixed;
  }
  return target;
}

export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return from.map((part, at) => part + ((to[at] ?? 0) - part) * share) as unknown as Rgb;
}
