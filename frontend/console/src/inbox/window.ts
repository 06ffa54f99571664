/** How long staff may still write, as data for one line above the composer. Pure. */
import type { SendVerdict } from "@frontdesk/shared";
import type { ProblemError } from "../api/http";

export type WindowState =
  | { kind: "free" }
  | { kind: "open"; leftMs: number; urgent: boolean; tagged: boolean }
  | { kind: "closed"; reason: string; alternatives: SendVerdict["alternatives"] };

const URGENT_MS = 2 * 3600_000;

/** A window that ran out since the verdict was given is closed already, without asking the server. */
export function windowState(verdict: SendVerdict, now: number): WindowState {
  if (!verdict.allowed) {
    return { kind: "closed", reason: verdict.reason ?? "unsupported", alternatives: verdict.alternatives };
  }
  if (!verdict.until) return { kind: "free" };
  const leftMs = Date.parse(verdict.until) - now;
  if (leftMs <= 0) return { kind: "closed", reason: "window_closed", alternatives: verdict.alternatives };
  return { kind: "open", leftMs, urgent: leftMs < URGENT_MS, tagged: verdict.tag === "human_agent" };
}

/** The two largest units: days and hours, hours and minutes, or minutes alone; never "0 min" while it is open. */
export function splitDuration(ms: number): { unit: "day" | "hour" | "minute"; value: number }[] {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  const all =
    days > 0
      ? [
          { unit: "day" as const, value: days },
          { unit: "hour" as const, value: hours },
        ]
      : [
          { unit: "hour" as const, value: hours },
          { unit: "minute" as const, value: rest },
        ];
  return all.filter((part) => part.value > 0);
}

export function formatDuration(ms: number, locale: string): string {
  return splitDuration(ms)
    .map(({ unit, value }) =>
      new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value),
    )
    .join(" ");
}

/** What the server answered to words that it would not send. */
export function asVerdict(error: ProblemError): SendVerdict {
  const found = (error.problem.verdict ?? {}) as Partial<SendVerdict>;
  return {
    allowed: false,
    reason: found.reason ?? null,
    until: null,
    alternatives: found.alternatives ?? [],
    tag: null,
  };
}
