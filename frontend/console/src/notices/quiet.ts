/** When somebody wants to hear nothing. Pure; the server judges the same for what it sends. */

export interface QuietHours {
  start: string;
  to: string;
}

/** Tell whether it is quiet now, where the person lives; `to` before `start` runs past midnight. */
export function isQuiet(quiet: QuietHours | null | undefined, timezone: string, now: Date): boolean {
  if (!quiet || quiet.start.slice(0, 5) === quiet.to.slice(0, 5)) return false;
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(now);
  const [start, to] = [quiet.start.slice(0, 5), quiet.to.slice(0, 5)];
  return start < to ? start <= local && local < to : local >= start || local < to;
}
