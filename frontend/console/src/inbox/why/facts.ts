/** What a step's facts hold, read with care: they come from the store as whatever was written then. Pure. */

export interface ToolCall {
  name: string;
  given: unknown;
  told: unknown;
  refused: boolean;
}

export interface Request {
  connection: string;
  method: string;
  path: string;
  status: number | null;
  given: unknown;
  told: unknown;
}

export interface Passage {
  title: string;
  url: string | null;
  score: number | null;
  text: string;
}

export interface Check {
  name: string;
  passed: boolean;
  reason: string | null;
}

export interface Facts {
  calls: ToolCall[];
  request: Request | null;
  passages: Passage[];
  checks: Check[];
  error: string | null;
  /** Whatever else is worth a line. */
  rest: [string, unknown][];
}

const SHOWN = new Set([
  "calls",
  "request",
  "passages",
  "checks",
  "error",
  "sources",
  "llm_calls",
  "by_model",
  "verdict",
]);

export function readFacts(facts: Record<string, unknown>): Facts {
  const checks = isRecord(facts.checks) ? facts.checks : {};
  return {
    calls: list(facts.calls).map((call) => ({
      name: text(call.name) ?? "?",
      given: call.given,
      told: call.told,
      refused: call.refused === true,
    })),
    request: isRecord(facts.request) ? asRequest(facts.request) : null,
    passages: list(facts.passages).map((passage) => ({
      title: text(passage.title) ?? "",
      url: text(passage.url),
      score: typeof passage.score === "number" ? passage.score : null,
      text: text(passage.text) ?? "",
    })),
    checks: Object.entries(checks).map(([name, found]) => ({
      name,
      passed: isRecord(found) && found.passed === true,
      reason: isRecord(found) ? text(found.reason) : null,
    })),
    error: text(facts.error),
    rest: Object.entries(facts).filter(([name, value]) => !SHOWN.has(name) && value !== null && value !== ""),
  };
}

/** Tell whether a step says anything besides that it was passed. */
export function isTelling(step: { facts: Record<string, unknown>; changed: Record<string, unknown> }): boolean {
  const { rest, ...known } = readFacts(step.facts);
  const told = known.calls.length + known.passages.length + known.checks.length + rest.length;
  return told > 0 || known.request !== null || known.error !== null || Object.keys(step.changed).length > 0;
}

function asRequest(found: Record<string, unknown>): Request {
  return {
    connection: text(found.connection) ?? "",
    method: text(found.method) ?? "",
    path: text(found.path) ?? "",
    status: typeof found.status === "number" ? found.status : null,
    given: found.given,
    told: found.told,
  };
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
