/** What the pages read and do, as hooks. */
import type {
  ChannelAccount,
  ConversationDetail,
  ConversationItem,
  ConversationMessage,
  Me,
  Page,
} from "@frontdesk/shared";
import { useDocumentVisibility } from "@mantine/hooks";
import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, post, setCsrf } from "./http";
import { keys, type ListFilter } from "./keys";

export function useMe() {
  return useQuery({
    queryKey: keys.me,
    queryFn: async ({ signal }) => {
      const me = await get<Me>("me", signal);
      setCsrf(me.csrf_token);
      return me;
    },
    staleTime: 60_000,
  });
}

export function useHint() {
  return useQuery({
    queryKey: keys.hint,
    queryFn: () => get<{ email: string; password: string } | null>("auth/hint").catch(() => null),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function query(values: Record<string, string | null | undefined>): string {
  const kept = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return kept.length > 0 ? `?${new URLSearchParams(kept)}` : "";
}

export function paged<T>(path: (cursor: string) => string) {
  return {
    queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) =>
      get<Page<T>>(path(pageParam), signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<T>) => last.next_cursor ?? undefined,
  };
}

export function useConversations(filter: ListFilter, enabled = true) {
  return useInfiniteQuery({
    enabled,
    queryKey: keys.list(filter),
    ...paged<ConversationItem>((cursor) => `conversations${query({ ...filter, cursor })}`),
    // What was found for fewer letters stays while more are looked for; another view begins anew.
    placeholderData: (before, query) =>
      query?.queryKey[1].view === filter.view && query.queryKey[1].team === filter.team ? before : undefined,
  });
}

export function useConversation(id: string) {
  return useQuery({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => get<ConversationDetail>(`conversations/${id}`, signal),
  });
}

export function useMessages(id: string) {
  return useInfiniteQuery({
    queryKey: keys.messages(id),
    ...paged<ConversationMessage>((cursor) => `conversations/${id}/messages${query({ cursor })}`),
  });
}

/** The thread entered at one of its messages, read on from there both ways. */
export function useMessagesAround(id: string, message: string | null) {
  return useInfiniteQuery({
    queryKey: [...keys.messages(id), "around", message],
    ...paged<ConversationMessage>((cursor) => `conversations/${id}/messages${query({ cursor })}`),
    initialPageParam: `@${message}`,
    getPreviousPageParam: (first) => first.newer_cursor ?? undefined,
    enabled: message !== null,
  });
}

/** Tell the server that an open conversation is being read, and again when more arrives while somebody looks. */
export function useMarkRead(conversation: ConversationDetail | undefined): void {
  const client = useQueryClient();
  const looking = useDocumentVisibility() === "visible";
  const { id, unread = 0 } = conversation ?? {};
  useEffect(() => {
    if (!id || !looking || unread === 0) return;
    const told = () => {
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      void client.invalidateQueries({ queryKey: keys.conversations });
    };
    // Where it fails, the next message or visit says so again.
    post<unknown>(`conversations/${id}/read`).then(told, () => undefined);
  }, [client, id, unread, looking]);
}

export function useChannels() {
  return useQuery({
    queryKey: keys.channels,
    queryFn: ({ signal }) => get<Page<ChannelAccount> | { items: ChannelAccount[] }>("channels", signal),
    select: (page) => page.items,
  });
}

/** Whether a flow is published; only builders and above may look. */
export function usePublished(mayLook: boolean): boolean {
  const query = useQuery({
    queryKey: keys.flows,
    queryFn: ({ signal }) => get<Page<{ published: boolean }>>("flows", signal),
    select: (page) => page.items.some((flow) => flow.published),
    enabled: mayLook,
  });
  return query.data ?? false;
}

export function useCheckChannel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post<unknown>(`channels/${id}/check`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.channels }),
  });
}

export type Action = "take" | "hand-back";

interface Changed {
  /** Of a take: messages of the agent that still got out, or may have. */
  on_its_way?: string[];
}

interface Change {
  action: Action;
  /** Set where taking means claiming a waiting handoff. */
  handoffId?: string | null;
  staff?: { id: string; name: string } | null;
  note?: string;
}

/** Change hands: shown at once, rolled back where the server says no. */
export function useChange(id: string) {
  const client = useQueryClient();
  const key = keys.conversation(id);
  return useMutation({
    mutationFn: ({ action, handoffId, note }: Change) => {
      if (action === "take" && handoffId) return post<Changed>(`handoffs/${handoffId}/claim`);
      return post<Changed>(`conversations/${id}/${action}`, note ? { note } : {});
    },
    onMutate: async (change: Change) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData<ConversationDetail>(key);
      if (before) client.setQueryData(key, foresee(before, change));
      return { before };
    },
    onError: (_error, _change, context) => {
      if (context?.before) client.setQueryData(key, context.before);
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: key });
      void client.invalidateQueries({ queryKey: keys.conversations });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}

function foresee(before: ConversationDetail, { action, staff }: Change): ConversationDetail {
  if (action === "take" && staff) return { ...before, owner: `staff:${staff.id}`, owner_name: staff.name };
  return action === "hand-back" ? { ...before, owner: "agent", owner_name: null } : before;
}

interface Said {
  text: string;
  key: string;
  file?: { id: string | null; name: string };
}

/** A staff message: in the thread at once, with one key however often it is tried. */
export function useReply(id: string, author: string | null, onSent: (text: string) => void) {
  const client = useQueryClient();
  const key = keys.messages(id);
  type Messages = InfiniteData<Page<ConversationMessage>>;
  return useMutation({
    mutationFn: ({ text, key, file }: Said) =>
      post<unknown>(`conversations/${id}/messages`, {
        ...(text && { text }),
        ...(file && { file: file.id }),
        idempotency_key: key,
      }),
    onMutate: async (sent) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData<Messages>(key, (old) => old && withPending(old, sent, author));
    },
    onSuccess: (_answer, { text }) => onSent(text),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: key });
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      void client.invalidateQueries({ queryKey: keys.conversations });
    },
  });
}

/** Send a message again that failed or may not have arrived; pressing twice sends once. */
export function useResend(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (messageId: string) => post<unknown>(`conversations/${id}/messages/${messageId}/resend`, {}),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.messages(id) });
      void client.invalidateQueries({ queryKey: keys.undelivered });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}

function withPending(
  old: InfiniteData<Page<ConversationMessage>>,
  sent: Said,
  author: string | null,
): InfiniteData<Page<ConversationMessage>> {
  const now = new Date().toISOString();
  const text = [sent.file?.name, sent.text].filter(Boolean).join("\n");
  const message: ConversationMessage = {
    id: sent.key,
    author: "staff",
    author_name: author,
    parts: [{ kind: "text", text }],
    text,
    delivery: "sending",
    reason: null,
    created_at: now,
    event_at: now,
    turn_id: null,
  };
  const [first, ...rest] = old.pages;
  return first ? { ...old, pages: [{ ...first, items: [message, ...first.items] }, ...rest] } : old;
}
