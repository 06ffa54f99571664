/** What staff have at hand while they write. */
import type { CannedReply, Page, PresenceState, Present } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "./http";
import { keys } from "./keys";

export function useCanned() {
  return useQuery({
    queryKey: keys.canned,
    queryFn: ({ signal }) => get<Page<CannedReply>>("canned-replies", signal),
    select: (page) => page.items,
    staleTime: 60_000,
  });
}

export interface CannedDraft {
  id: string | null;
  shortcut: string;
  texts: Record<string, string>;
}

export function useSaveCanned() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: CannedDraft) =>
      id ? put<unknown>(`canned-replies/${id}`, body) : post<unknown>("canned-replies", body),
    onSettled: () => client.invalidateQueries({ queryKey: keys.canned }),
  });
}

export function useDeleteCanned() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove<unknown>(`canned-replies/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.canned }),
  });
}

export function useAddNote(id: string, onSaved: (text: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (note: { text: string; mentions: string[] }) => post<unknown>(`conversations/${id}/notes`, note),
    onSuccess: (_answer, { text }) => onSaved(text),
    onSettled: () => client.invalidateQueries({ queryKey: keys.notes(id) }),
  });
}

/** Take back a message that has not left; where it has, the thread shows so. */
export function useCancelMessage(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (message: string) => post<unknown>(`conversations/${id}/messages/${message}/cancel`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.messages(id) }),
  });
}

export function tellPresence(id: string, state: PresenceState): Promise<Present[]> {
  return post<{ items: Present[] }>(`conversations/${id}/presence`, { state }).then(({ items }) => items);
}
