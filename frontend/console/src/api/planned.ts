/** Words that are to be said later. */
import type { Page } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove } from "./http";
import { keys } from "./keys";

export interface PlannedWords {
  id: string;
  text: string;
  at: string;
  by: { id: string; name: string | null };
  /** Why they were not said when they were due. */
  refused: string | null;
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
    mutationFn: (words: { text: string; at: string }) => post<unknown>(`conversations/${id}/planned`, words),
    onSuccess: (_answer, { text }) => onPlanned(text),
    onSettled: () => client.invalidateQueries({ queryKey: keys.planned(id) }),
  });
}

export function useUnplan(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (planned: string) => remove<unknown>(`conversations/${id}/planned/${planned}`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.planned(id) }),
  });
}
