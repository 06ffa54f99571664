/** Words and files that are to be said later. */
import type { Page } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove } from "./http";
import { keys } from "./keys";
import { query } from "./queries";

export interface PlannedWords {
  id: string;
  text: string;
  at: string;
  by: { id: string; name: string | null };
  /** Why they were not said when they were due. */
  refused: string | null;
  /** What is sent with them. */
  file: { id: string; name: string; size: number } | null;
}

interface Plan {
  text: string;
  at: string;
  file?: string | undefined;
}

interface TakingBack {
  id: string;
  /** It goes with other words instead. */
  keepFile: boolean;
}

export function usePlanned(id: string) {
  return useQuery({
    queryKey: keys.planned(id),
    queryFn: ({ signal }) => get<Page<PlannedWords>>(`conversations/${id}/planned`, signal),
    select: (page) => page.items,
  });
}

export function usePlan(id: string, onPlanned: (text: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ text, at, file }: Plan) =>
      post<unknown>(`conversations/${id}/planned`, { at, ...(text && { text }), ...(file && { file }) }),
    onSuccess: (_answer, { text }) => onPlanned(text),
    onSettled: () => client.invalidateQueries({ queryKey: keys.planned(id) }),
  });
}

export function useUnplan(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id: planned, keepFile }: TakingBack) =>
      remove<unknown>(`conversations/${id}/planned/${planned}${query({ keep_file: keepFile ? "true" : null })}`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.planned(id) }),
  });
}
