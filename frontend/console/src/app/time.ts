/** Times by locale: short in lists, exact on hover. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The reader's own region of a language, so that the hours are counted as they are used to. */
export function regionOf(language: string, wanted: readonly string[] = navigator.languages): string {
  return wanted.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

/** How long ago, as short as a list can bear. */
export function shortAgo(at: string, now: number, locale: string): string {
  const past = Math.max(0, now - Date.parse(at));
  const unit = (name: string, value: number) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  if (past < 60 * MINUTE) return unit("minute", Math.max(1, Math.floor(past / MINUTE)));
  if (past < DAY) return unit("hour", Math.floor(past / (60 * MINUTE)));
  if (past < 7 * DAY) return unit("day", Math.floor(past / DAY));
  return new Date(at).toLocaleDateString(regionOf(locale), { day: "numeric", month: "short" });
}

/** How long ago in words: "5 min. ago", "yesterday". */
export function agoInWords(at: string, now: number, locale: string): string {
  const past = Math.max(0, now - Date.parse(at));
  const say = (value: number, unit: Intl.RelativeTimeFormatUnit) =>
    new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }).format(-value, unit);
  if (past < MINUTE) return say(0, "second");
  if (past < 60 * MINUTE) return say(Math.floor(past / MINUTE), "minute");
  if (past < DAY) return say(Math.floor(past / (60 * MINUTE)), "hour");
  return say(Math.floor(past / DAY), "day");
}

export function exactTime(at: string, locale: string): string {
  return new Date(at).toLocaleString(regionOf(locale), { dateStyle: "medium", timeStyle: "medium" });
}

export function dateTime(at: string, locale: string): string {
  return new Date(at).toLocaleString(regionOf(locale), { dateStyle: "medium", timeStyle: "short" });
}

/** A moment that lies ahead, as short as a list can bear: its weekday within a week. */
export function momentOf(at: string, now: number, locale: string): string {
  const near = Date.parse(at) - now < 6 * DAY;
  const day = near ? ({ weekday: "short" } as const) : ({ day: "numeric", month: "short" } as const);
  return new Date(at).toLocaleString(regionOf(locale), { ...day, hour: "2-digit", minute: "2-digit" });
}

export function clockTime(at: string, locale: string): string {
  return new Date(at).toLocaleTimeString(regionOf(locale), { hour: "2-digit", minute: "2-digit" });
}

export function dayStart(at: string): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** "Today", "Yesterday" in the reader's language, else the date. */
export function dayTitle(at: string, now: number, locale: string): string {
  const days = Math.round((dayStart(at) - dayStart(new Date(now).toISOString())) / DAY);
  if (days === 0 || days === -1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
  }
  return new Date(at).toLocaleDateString(regionOf(locale), { weekday: "long", day: "numeric", month: "long" });
}

/** A moment as a field of date and time wants it: on the reader's clock. */
export function localTime(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
