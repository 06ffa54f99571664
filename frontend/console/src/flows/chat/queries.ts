/** What the test chat asks of the server. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, ProblemError, post, put } from "../../api/http";
import type { Said, Told } from "./turns";

export interface PreviewBody {
  steps: Omit<Said, "label">[];
  session?: string;
  after?: string;
  channel?: string;
  locale?: string;
  start?: { node?: string; variables?: Record<string, unknown>; at?: string };
  mock?: Record<string, unknown>;
}

export interface Previewed {
  session: string;
  items: Told[];
}

export function playTurn(flow: string, body: PreviewBody): Promise<Previewed> {
  return post<Previewed>(`flows/${flow}/preview`, body);
}

export interface StepOutcome {
  did: string;
  said: readonly string[];
  at: string | null;
  path: readonly string[];
  failures: readonly string[];
}

export interface CaseOutcome {
  name: string;
  ok: boolean;
  failures: readonly string[];
  steps: readonly StepOutcome[];
}

export interface Report {
  ok: boolean;
  cases: readonly CaseOutcome[];
  untaken?: readonly string[];
}

export interface TestFile {
  text: string;
  etag: string;
}

const keyOf = (flow: string) => ["flow-tests", flow];

/** The file of tests; null where the server keeps none for flows. */
export function useTests(flow: string) {
  return useQuery({
    queryKey: keyOf(flow),
    queryFn: ({ signal }) => get<TestFile>(`flows/${flow}/tests`, signal).catch(notThere),
    retry: false,
    staleTime: 30_000,
  });
}

function notThere(error: unknown): null {
  if (error instanceof ProblemError && (error.status === 404 || error.status === 405)) return null;
  throw error;
}

/** Replaces the file that was seen; another's changes since are not overwritten. */
export function useSaveTests(flow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ text, etag }: TestFile): Promise<TestFile> => {
      const saved = await put<{ etag: string }>(`flows/${flow}/tests`, { text }, { "If-Match": `"${etag}"` });
      return { text, etag: saved.etag };
    },
    onSuccess: (saved) => client.setQueryData(keyOf(flow), saved),
    onError: () => client.invalidateQueries({ queryKey: keyOf(flow) }),
  });
}

/** A preview as one more test; the server writes it. */
export function draftTest(flow: string, session: string, name: string): Promise<TestFile> {
  return post<TestFile>(`flows/${flow}/preview/as-test`, { session, name });
}

export function useRunTests(flow: string) {
  return useMutation({ mutationFn: (text: string) => post<Report>(`flows/${flow}/test`, { on: "draft", text }) });
}
