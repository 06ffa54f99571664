// Talk to the simulator and hold what it said. Views subscribe; nothing here touches the page.

export const state = { accounts: [], threads: new Map(), log: new Map(), skewMs: 0, offsetSeconds: 0, webhookUrl: "" };
const listeners = new Map();

export const key = (account, person) => `${account}\u0000${person}`;
export const simNow = () => new Date(Date.now() + state.skewMs);

export function on(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, []);
  listeners.get(kind).push(listener);
}

function emit(kind, data) {
  for (const listener of listeners.get(kind) ?? []) listener(data);
}

export async function post(name, body = {}) {
  const response = await fetch(`/_sim/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

export async function load() {
  const response = await fetch("/_sim/state");
  const snapshot = await response.json();
  state.accounts = snapshot.accounts;
  state.threads = new Map(snapshot.threads.map((t) => [key(t.account, t.person.id), t]));
  state.log = new Map(snapshot.log.map((line) => [line.seq, line]));
  state.webhookUrl = snapshot.webhook_url ?? "";
  takeTime(snapshot.now, snapshot.offset_seconds);
  emit("loaded");
}

function takeTime(now, offsetSeconds) {
  state.skewMs = new Date(now).getTime() - Date.now();
  state.offsetSeconds = offsetSeconds ?? Math.round(state.skewMs / 1000);
  emit("clock");
}

export function connect() {
  const source = new EventSource("/_sim/events");
  source.addEventListener("open", () => {
    emit("connection", true);
    load().catch(() => emit("connection", false));
  });
  source.addEventListener("error", () => emit("connection", false));
  source.addEventListener("thread", (event) => {
    const thread = JSON.parse(event.data);
    state.threads.set(key(thread.account, thread.person.id), thread);
    emit("thread", thread);
  });
  source.addEventListener("log", (event) => {
    const line = JSON.parse(event.data);
    state.log.set(line.seq, line);
    emit("log", line);
  });
  source.addEventListener("clock", (event) => takeTime(JSON.parse(event.data).now));
  source.addEventListener("account", () => load());
  source.addEventListener("reset", () => load());
}
