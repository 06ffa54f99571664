/** The present by the server's clock, moving: one shared tick for every label that tells a time. */
import { useSyncExternalStore } from "react";

const TICK_MS = 20_000;
/** Answers tell whole seconds, and take a while to arrive. */
const BLUR_MS = 3_000;
const listeners = new Set<() => void>();
let ahead = 0;
let now = Date.now();

/** Note what the server's clock said when it answered: times on screen are told by it, not by a wrong clock here. */
export function noteServerTime(told: string | null, received = Date.now()): void {
  const at = told ? Date.parse(told) : Number.NaN;
  if (Number.isNaN(at)) return;
  const off = at + 500 - received;
  const found = Math.abs(off) > BLUR_MS ? off : 0;
  if (Math.abs(found - ahead) <= BLUR_MS) return;
  ahead = found;
  now = serverNow();
  for (const each of listeners) each();
}

export function serverNow(): number {
  return Date.now() + ahead;
}
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = serverNow();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
