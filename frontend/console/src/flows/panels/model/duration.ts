/** ISO 8601 durations as people set them: a number and a unit. Pure. */

export const UNITS = ["seconds", "minutes", "hours", "days"] as const;
export type Unit = (typeof UNITS)[number];
const SECONDS: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
const FORM =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

export interface Span {
  amount: number;
  unit: Unit;
}

export function secondsOf(text: unknown): number | null {
  const found = typeof text === "string" ? FORM.exec(text) : null;
  if (!found || text === "P") return null;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return weeks * 604_800 + days * 86_400 + hours * 3600 + minutes * 60 + seconds;
}

/** In the largest unit that needs no fraction. */
export function spanOf(text: unknown): Span | null {
  const seconds = secondsOf(text);
  if (seconds === null) return null;
  const unit =
    [...UNITS].reverse().find((each) => seconds >= SECONDS[each] && seconds % SECONDS[each] === 0) ?? "seconds";
  return { amount: seconds / SECONDS[unit], unit };
}

export function isoOf({ amount, unit }: Span): string {
  if (unit === "days" && Number.isInteger(amount)) return `P${amount}D`;
  if (Number.isInteger(amount)) return `PT${amount}${{ seconds: "S", minutes: "M", hours: "H", days: "D" }[unit]}`;
  return `PT${Math.round(amount * SECONDS[unit])}S`;
}
