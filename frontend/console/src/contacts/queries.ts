/** Contacts and what is done with them, as hooks. */
import type { ContactItem, Profile } from "@frontdesk/shared";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "../api/http";
import { keys } from "../api/keys";
import { paged, query } from "../api/queries";

export function useContacts(q: string) {
  return useInfiniteQuery({
    queryKey: [...keys.contacts, "list", q],
    ...paged<ContactItem>((cursor) => `contacts${query({ q, cursor })}`),
    placeholderData: (before) => before,
  });
}

export function useProfile(id: string) {
  return useQuery({
    queryKey: [...keys.contacts, "one", id],
    queryFn: ({ signal }) => get<Profile>(`contacts/${id}`, signal),
  });
}

/** Joining moves conversations and leads from one to another: all three lists are read anew. */
function useWork<Body, Answer = unknown>(work: (body: Body) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSettled: () =>
      Promise.all(
        [keys.contacts, keys.leads, keys.conversations].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}

export const useSetTags = (id: string) => useWork((tags: string[]) => put(`contacts/${id}/tags`, { tags }));
export const useAddNote = (id: string) => useWork((text: string) => post(`contacts/${id}/notes`, { text }));
export const useMerge = (id: string) =>
  useWork((other: string) => post<{ merge_id: string }>(`contacts/${id}/merge`, { other_id: other }));
export const useUnmerge = () => useWork((id: string) => post<{ contact_id: string }>(`merges/${id}/undo`));
export const useErase = () => useWork((id: string) => remove(`contacts/${id}`));
