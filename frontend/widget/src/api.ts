/** The three requests of the widget. Tokens travel in headers only. */
import type { Outgoing, WidgetSession } from "@frontdesk/shared";
import type { Sent } from "./outbox";

export type SessionResult = { ok: true; session: WidgetSession } | { ok: false; status: number };

export async function openSession(widgetId: string, locale: string, token: string | null): Promise<SessionResult> {
  const response = await request(`/widget/v1/${encodeURIComponent(widgetId)}/sessions`, { locale }, token);
  if (!response) return { ok: false, status: 0 };
  if (!response.ok) return { ok: false, status: response.status };
  return { ok: true, session: (await response.json()) as WidgetSession };
}

export async function sendMessage(outgoing: Outgoing, token: string): Promise<Sent> {
  const response = await request("/widget/v1/messages", outgoing, token);
  if (!response) return { kind: "later" };
  if (response.ok) {
    const { message_id } = (await response.json()) as { message_id: string };
    return { kind: "accepted", messageId: message_id };
  }
  if (response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get("Retry-After"));
    return Number.isFinite(seconds) && seconds > 0 ? { kind: "later", afterMs: seconds * 1000 } : { kind: "later" };
  }
  return { kind: "refused" };
}

async function request(path: string, body: unknown, token: string | null): Promise<Response | null> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    return await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
  } catch {
    return null;
  }
}
