/** Lines of the live stream for whoever wants them by name: what is not kept, only shown. */
type Hears = (data: unknown) => void;

const listeners = new Map<string, Set<Hears>>();

export function emitSignal(name: string, data: string): void {
  const found = listeners.get(name);
  if (!found) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return;
  }
  for (const hears of found) hears(parsed);
}

/** Listen until the returned function is called. */
export function onSignal(name: string, hears: Hears): () => void {
  const found = listeners.get(name) ?? new Set();
  listeners.set(name, found.add(hears));
  return () => {
    found.delete(hears);
  };
}
