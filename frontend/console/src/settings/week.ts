/** Opening hours as the page edits them, and whether it is open now: the server's own rule, for a first look. Pure. */
import type { OpenHours } from "@frontdesk/shared";

export interface Span {
  start: string;
  end: string;
}

/** Seven days, Monday first. */
export type Week = Span[][];

export function toWeek(hours: OpenHours[]): Week {
  const week: Week = Array.from({ length: 7 }, () => []);
  for (const { day, start, end } of hours) week[day]?.push({ start: start.slice(0, 5), end: end.slice(0, 5) });
  for (const spans of week) spans.sort((a, b) => a.start.localeCompare(b.start));
  return week;
}

export function fromWeek(week: Week): OpenHours[] {
  return week.flatMap((spans, day) => spans.map(({ start, end }) => ({ day, start, end })));
}

const DAY = 24 * 60;

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}

function ends({ start, end }: Span): number {
  const last = minutes(end);
  return last <= minutes(start) ? last + DAY : last;
}

export function runsPastMidnight(span: Span): boolean {
  return Boolean(span.start && span.end) && minutes(span.end) <= minutes(span.start) && minutes(span.end) > 0;
}

/** Days of which two spans overlap, or one lacks a time; the night belongs to the day it began on. */
export function faultsOf(week: Week): number[] {
  const faulty = new Set<number>();
  const all = week.flatMap((spans, day) =>
    spans.map((span) => ({ day, from: day * DAY + minutes(span.start), to: day * DAY + ends(span), span })),
  );
  for (const { day, span } of all) if (!span.start || !span.end) faulty.add(day);
  for (const one of all) {
    for (const other of all) {
      if (one === other) continue;
      const from = other.from < one.from ? other.from + 7 * DAY : other.from;
      if (from < one.to) faulty.add(one.day).add(other.day);
    }
  }
  return [...faulty].sort();
}

/** The weekday (0 is Monday), the date and the time of day of a moment somewhere. */
export function localNow(now: number, timezone: string): { day: number; date: string; time: string } {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday").slice(0, 3));
  return {
    day,
    date: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
  };
}

export function isOpenAt(
  week: Week,
  holidays: readonly string[],
  at: { day: number; date: string; time: string },
): boolean {
  const now = minutes(at.time);
  const yesterday = new Date(Date.parse(at.date) - DAY * 60_000).toISOString().slice(0, 10);
  const today = holidays.includes(at.date) ? [] : (week[at.day] ?? []);
  const before = holidays.includes(yesterday) ? [] : (week[(at.day + 6) % 7] ?? []);
  return (
    today.some((span) => minutes(span.start) <= now && now < ends(span)) ||
    before.some((span) => ends(span) > DAY && now < ends(span) - DAY)
  );
}
