/** What the test chat asks of the server. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, ProblemError, post, put } from "../../api/http";
import { isRecord } from "../panels/model/path";
import type { Told } from "./turns";

export interface PreviewBody {
  steps: { text?: string; payload?: string }[];
  session?: string;
  after?: string;
  channel?: string;
  locale?: string;
  start?: string;
  variables?: Record<string, unknown>;
}

export interface Previewed {
  session: string;
  items: Told[];
}

export function playTurn(flow: string, body: PreviewBody): Promise<Previewed> {
  return post<Previewed>(`flows/${flow}/preview`, body);
}

export interface CaseResult {
  name: string;
  ok: boolean;
  failures: readonly string[];
}

export interface Report {
  ok: boolean;
  cases: readonly CaseResult[];
}

const keyOf = (flow: string) => ["flow-tests", flow];

/** The file of tests; null where the server keeps none for flows. */
export function useTests(flow: string) {
  return useQuery({
    queryKey: keyOf(flow),
    queryFn: ({ signal }) => get<unknown>(`flows/${flow}/tests`, signal).then(textOf, notThere),
    retry: false,
    staleTime: 30_000,
  });
}

function textOf(answer: unknown): string {
  if (typeof answer === "string") return answer;
  const all = isRecord(answer) ? answer : {};
  const found = all.text ?? all.tests ?? all.yaml ?? "";
  return typeof found === "string" ? found : "";
}

function notThere(error: unknown): null {
  if (error instanceof ProblemError && (error.status === 404 || error.status === 405)) return null;
  throw error;
}

export function useSaveTests(flow: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => put<unknown>(`flows/${flow}/tests`, { text }),
    onSuccess: (_, text) => client.setQueryData(keyOf(flow), text),
  });
}

export function useRunTests(flow: string) {
  return useMutation({ mutationFn: () => post<Report>(`flows/${flow}/test`) });
}
