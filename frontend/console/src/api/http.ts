/** Requests to /api/v1: cookie, CSRF header, tenant header, problems as errors. */
import type { Problem } from "@frontdesk/shared";
import { noteServerTime } from "../app/clock";

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code ?? "";
  }
}

const TENANT_KEY = "frontdesk:tenant";
let csrf = "";
let tenant: string | null = stored();

function stored(): string | null {
  try {
    return sessionStorage.getItem(TENANT_KEY);
  } catch {
    return null;
  }
}

export function setCsrf(token: string): void {
  csrf = token;
}

export function setTenant(id: string | null): void {
  tenant = id;
  try {
    if (id) sessionStorage.setItem(TENANT_KEY, id);
    else sessionStorage.removeItem(TENANT_KEY);
  } catch {
    // Not remembered then.
  }
}

export function headers(): Record<string, string> {
  return tenant ? { "X-Tenant-Id": tenant } : {};
}

/** What a request that changes something carries besides. */
export function unsafe(): Record<string, string> {
  return csrf ? { "X-CSRF-Token": csrf } : {};
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>("GET", path, undefined, signal);
}

export function post<T>(path: string, body: unknown = {}, more: Record<string, string> = {}): Promise<T> {
  return request<T>("POST", path, body, undefined, more);
}

export function put<T>(path: string, body: unknown, more: Record<string, string> = {}): Promise<T> {
  return request<T>("PUT", path, body, undefined, more);
}

export function remove<T>(path: string): Promise<T> {
  return request<T>("DELETE", path);
}

async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  more: Record<string, string> = {},
): Promise<T> {
  const sent: Record<string, string> = { Accept: "application/json", ...headers(), ...more };
  if (method !== "GET") {
    Object.assign(sent, unsafe(), { "Content-Type": "application/json" });
  }
  let response: Response;
  try {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    response = await fetch(`/api/v1/${path}`, {
      method,
      headers: sent,
      body: payload,
      signal,
      credentials: "same-origin",
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ProblemError({ title: "", status: 0, code: "unreachable" });
  }
  noteServerTime(response.headers.get("Date"));
  const text = await response.text();
  const parsed = parse(text);
  if (response.ok) return parsed as T;
  throw new ProblemError(asProblem(parsed, response.status));
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

export function asProblem(body: unknown, status: number): Problem {
  const found = typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
  return { ...found, title: typeof found.title === "string" ? found.title : "", status };
}
