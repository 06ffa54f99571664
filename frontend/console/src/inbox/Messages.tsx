/** The thread: day dividers, grouped bubbles, events as thin lines; stays at the end unless the reader went up. */
import type { Note } from "@frontdesk/shared";
import { Button, Skeleton } from "@mantine/core";
import { Fragment, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMessages, useMessagesAround } from "../api/queries";
import { useNotes, useTimeline } from "../api/thread";
import { useNow } from "../app/clock";
import { ProblemState } from "../app/Problem";
import { dayStart, dayTitle } from "../app/time";
import { EventLine } from "./events/EventLine";
import { type Entry, merge, stands } from "./events/merge";
import { NoteBubble } from "./events/NoteBubble";
import { MessageBubble } from "./MessageBubble";
import classes from "./Messages.module.css";
import type { Why } from "./why/useWhy";

const GROUP_MS = 5 * 60_000;

interface Props {
  id: string;
  /** The message or note that it is opened at. */
  at: string | null;
  contact: string | null;
  label: string;
  why: Why;
}

export function Messages({ id, at, contact, label, why }: Props) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const notes = useNotes(id).data;
  const { query, hasNewer, leave } = useEntered(id, at, notes);
  const messages = useMemo(() => (query.data?.pages.flatMap((page) => page.items) ?? []).toReversed(), [query.data]);
  const timeline = useTimeline(id).data;
  const entries = useMemo(
    () => merge(messages, notes ?? [], timeline ?? [], { older: query.hasNextPage, newer: hasNewer }),
    [messages, notes, timeline, query.hasNextPage, hasNewer],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const lastId = entries.at(-1)?.id;
  const { noteNewest } = why;
  noteNewest(messages.findLast((message) => message.author === "agent" && message.turn_id)?.turn_id ?? null);

  const shown = at !== null && entries.some((entry) => entry.id === at);
  useLayoutEffect(() => {
    // Whoever was at a message and is at none any more wants the end.
    if (!at) atEnd.current = true;
    const box = scroller.current;
    const found = at && shown && box?.querySelector<HTMLElement>(`[data-entry="${CSS.escape(at)}"]`);
    if (!box || !found) return;
    atEnd.current = false;
    // Not `scrollIntoView`: it moves what lies around the thread, too.
    const { top, height } = found.getBoundingClientRect();
    box.scrollTop += top - box.getBoundingClientRect().top - (box.clientHeight - height) / 2;
    found.focus({ preventScroll: true });
  }, [at, shown]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last message is what moves the thread
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box && atEnd.current) box.scrollTop = box.scrollHeight;
  }, [lastId, entries]);

  // Pictures that load and a composer that appears change heights after the fact.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const watcher = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    watcher.observe(box);
    if (box.firstElementChild) watcher.observe(box.firstElementChild);
    return () => watcher.disconnect();
  }, []);

  const noteScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    // Content that grew is not a reader who went up.
    if (near || box.scrollTop < lastTop.current) atEnd.current = near;
    lastTop.current = box.scrollTop;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={classes.scroll} ref={scroller} onScroll={noteScroll} role="log" aria-label={label} tabIndex={0}>
      <div className={classes.column}>
        {query.isPending && <Loading />}
        {query.isError && messages.length === 0 && <ProblemState error={query.error} onRetry={() => query.refetch()} />}
        {query.hasNextPage && (
          <Button
            variant="subtle"
            size="xs"
            mx="auto"
            loading={query.isFetchingNextPage}
            onClick={() => query.fetchNextPage()}
          >
            {t("inbox.older")}
          </Button>
        )}
        {query.isSuccess && messages.length === 0 && <p className={classes.event}>{t("inbox.noMessages")}</p>}
        {entries.map((entry, place) => {
          const before = entries[place - 1];
          const newDay = !before || dayStart(before.at) !== dayStart(entry.at);
          return (
            <Fragment key={entry.id}>
              {newDay && <h3 className={classes.day}>{dayTitle(entry.at, now, i18n.language)}</h3>}
              {entry.kind === "happening" && <EventLine happening={entry.happening} />}
              {entry.kind === "note" && <NoteBubble note={entry.note} found={entry.id === at} />}
              {entry.kind === "message" && (
                <MessageBubble
                  conversation={id}
                  message={entry.message}
                  contact={contact}
                  label={label}
                  starts={newDay || !together(before, entry)}
                  ends={!together(entry, entries[place + 1])}
                  found={entry.id === at}
                  why={why}
                />
              )}
            </Fragment>
          );
        })}
        {hasNewer && (
          <Button.Group className={classes.newer}>
            <Button
              variant="default"
              size="xs"
              loading={query.isFetchingPreviousPage}
              onClick={() => query.fetchPreviousPage()}
            >
              {t("search.newer")}
            </Button>
            <Button variant="default" size="xs" onClick={leave}>
              {t("search.newest")}
            </Button>
          </Button.Group>
        )}
      </div>
    </div>
  );
}

/** The thread from its end; around what it is opened at, where that is further up than what is loaded. */
function useEntered(id: string, at: string | null, notes: Note[] | undefined) {
  const [, navigate] = useLocation();
  const live = useMessages(id);
  const items = live.data?.pages.flatMap((page) => page.items) ?? [];
  const loaded = useRef<string | null>(null);
  const known = live.isSuccess && notes !== undefined;
  // Decided once for each place: what is loaded later must not move the reader.
  if (known && at && loaded.current !== at) loaded.current = stands(at, items, notes, live.hasNextPage) ? at : null;
  const around = useMessagesAround(id, known && at !== loaded.current ? at : null);
  const entered = at !== null && at !== loaded.current;
  const leave = () => navigate(`/inbox/${id}`, { replace: true });
  // Who writes wants to see what becomes of it: that is at the end.
  const writes = entered && items[0]?.delivery === "sending";
  useEffect(() => {
    if (writes) navigate(`/inbox/${id}`, { replace: true });
  }, [writes, id, navigate]);
  const query = entered ? around : live;
  return { query, hasNewer: entered && query.hasPreviousPage, leave };
}

function together(first: Entry | undefined, second: Entry | undefined): boolean {
  const a = first?.kind === "message" ? first.message : null;
  const b = second?.kind === "message" ? second.message : null;
  if (!a || !b || a.author !== b.author || a.author_name !== b.author_name) return false;
  if (a.author === "agent" && a.turn_id !== b.turn_id) return false;
  return Date.parse(b.event_at) - Date.parse(a.event_at) < GROUP_MS;
}

function Loading() {
  return (
    <div aria-hidden="true" className={classes.loading}>
      <Skeleton height={40} width="45%" radius={14} />
      <Skeleton height={64} width="55%" radius={14} ms="auto" />
      <Skeleton height={40} width="38%" radius={14} />
    </div>
  );
}
