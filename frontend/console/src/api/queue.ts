/** The inbox's queue: its numbers, and what is done to one conversation or to many, with the way back. */
import type {
  BulkDone,
  BulkResult,
  ConversationDetail,
  ConversationItem,
  InboxCounts,
  Page,
  SnoozeChoice,
} from "@frontdesk/shared";
import { type InfiniteData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { foresee, type Step, shows } from "../inbox/steps";
import { VIEWS } from "../inbox/views";
import { get, post } from "./http";
import { keys, type ListFilter } from "./keys";

type Lists = InfiniteData<Page<ConversationItem>>;

export function useCounts() {
  return useQuery({
    queryKey: keys.counts,
    queryFn: ({ signal }) => get<InboxCounts>("conversations/counts", signal),
  });
}

export function useSnoozeChoices(enabled: boolean) {
  return useQuery({
    queryKey: keys.snoozeChoices,
    queryFn: ({ signal }) => get<{ items: SnoozeChoice[]; timezone: string }>("snooze-choices", signal),
    enabled,
  });
}

export interface Acting {
  ids: readonly string[];
  step: Step;
}

/** Do it to all of them: shown at once, and where the server says no to one, as it was. */
export function useSteps(me: string | null | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, step }: Acting): Promise<BulkResult[]> => {
      const { name: _, ...asked } = { name: null, ...step } as Step & { name: string | null };
      const { results } = await post<BulkDone>("conversations/bulk", { ids, ...asked });
      return results;
    },
    onMutate: async ({ ids, step }: Acting) => {
      await client.cancelQueries({ queryKey: keys.conversations });
      const before = client.getQueriesData({ predicate: ({ queryKey }) => isShown(queryKey, ids) });
      const touched = ids.flatMap((id) => known(client, id) ?? []);
      for (const id of ids) {
        client.setQueryData<ConversationDetail>(keys.conversation(id), (old) => old && foresee(old, step, me));
      }
      for (const [key, lists] of client.getQueriesData<Lists>({ queryKey: keys.conversations })) {
        if (lists) client.setQueryData(key, foreseeLists(lists, key[1] as ListFilter, { ids, step, me }));
      }
      const counts = client.getQueryData<InboxCounts>(keys.counts);
      if (counts) client.setQueryData(keys.counts, foreseeCounts(counts, touched, { step, me }));
      return { before };
    },
    onError: (_error, _acting, context) => {
      for (const [key, data] of context?.before ?? []) client.setQueryData(key, data);
    },
    onSettled: (_results, _error, { ids }) => refresh(client, ids),
  });
}

/** Take back what was done, where nobody has changed it since. */
export function useRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (done: readonly BulkResult[]): Promise<BulkResult[]> => {
      const items = done.filter(({ before }) => before).map(({ id, before }) => ({ id, before }));
      return (await post<BulkDone>("conversations/restore", { items })).results;
    },
    onSettled: (_results, _error, done) =>
      refresh(
        client,
        done.map(({ id }) => id),
      ),
  });
}

/** Have a conversation ready before it is opened. */
export function prefetchTalk(client: QueryClient, id: string): void {
  void client.prefetchQuery({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => get<ConversationDetail>(`conversations/${id}`, signal),
  });
  void client.prefetchInfiniteQuery({
    queryKey: keys.messages(id),
    queryFn: ({ signal }) => get<Page<unknown>>(`conversations/${id}/messages`, signal),
    initialPageParam: "",
  });
}

function known(client: QueryClient, id: string): ConversationItem | undefined {
  const lists = client.getQueriesData<Lists>({ queryKey: keys.conversations });
  const listed = lists.flatMap(([, list]) => list?.pages.flatMap(({ items }) => items) ?? []);
  return listed.find((item) => item.id === id) ?? client.getQueryData<ConversationDetail>(keys.conversation(id));
}

function foreseeCounts(
  counts: InboxCounts,
  items: readonly ConversationItem[],
  { step, me }: { step: Step; me: string | null | undefined },
): InboxCounts {
  const after = { ...counts };
  for (const item of items) {
    const will = foresee(item, step, me);
    for (const view of VIEWS) after[view] += Number(shows(view, will, me)) - Number(shows(view, item, me));
  }
  return after;
}

function isShown([area, id]: readonly unknown[], ids: readonly string[]): boolean {
  return (
    area === keys.conversations[0] || area === keys.counts[0] || (area === "conversation" && ids.includes(id as string))
  );
}

function foreseeLists(lists: Lists, filter: ListFilter, { ids, step, me }: Acting & { me: string | null | undefined }) {
  const pages = lists.pages.map((page) => ({
    ...page,
    items: page.items
      .map((item) => (ids.includes(item.id) ? foresee(item, step, me) : item))
      .filter((item) => !ids.includes(item.id) || shows(filter.view, item, me)),
  }));
  return { ...lists, pages };
}

function refresh(client: QueryClient, ids: readonly string[]): void {
  for (const id of ids) void client.invalidateQueries({ queryKey: keys.conversation(id) });
  void client.invalidateQueries({ queryKey: keys.conversations });
  void client.invalidateQueries({ queryKey: keys.counts });
}
