/** The queue: views with their numbers, search, rows, and everything that keys do to them. */
import type { ConversationDetail, ConversationItem } from "@frontdesk/shared";
import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedValue, useSessionStorage } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type KeyboardEvent, lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { keys } from "../api/keys";
import { useConversations } from "../api/queries";
import { useCounts } from "../api/queue";
import { useSignedIn } from "../app/me";
import { ProblemState } from "../app/Problem";
import { useCommands } from "../keys/registry";
import { type ResultsHandle, SearchResults } from "../search/SearchResults";
import classes from "./ConversationList.module.css";
import { ConversationListRows, type RowsHandle, RowsSkeleton } from "./ConversationListRows";
import { ConversationListViews } from "./ConversationListViews";
import { EmptyView } from "./EmptyView";
import { type Asked, ListPickers } from "./ListPickers";
import type { Kind, Step } from "./steps";
import { Undelivered } from "./undelivered/Undelivered";
import type { Acts } from "./useActs";
import { useChosen } from "./useChosen";
import { useView } from "./useView";
import { filterOf, type Place, teamOf, VIEWS, viewOf } from "./views";

/** Loaded with the first that are chosen. */
const BulkBar = lazy(() => import("./BulkBar").then((found) => ({ default: found.BulkBar })));
const NONE: readonly ConversationItem[] = [];

interface Props {
  openId: string | null;
  /** The message that the thread is opened at. */
  message: string | null;
  acts: Acts;
}

export function ConversationList({ openId, message, acts: { act, undo } }: Props) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [view, setView] = useView();
  const [q, setQ] = useSessionStorage({ key: "frontdesk:search", defaultValue: "" });
  const [settled] = useDebouncedValue(q, 200);
  const words = settled.trim();
  const lists = view !== "undelivered";
  const shown = lists && !words;
  const list = useConversations(filterOf(view), lists);
  const counts = useCounts();
  const items = useMemo(
    () => (lists ? (list.data?.pages.flatMap((page) => page.items) ?? []) : []),
    [lists, list.data],
  );
  const chosen = useChosen(items);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const rows = useRef<RowsHandle>(null);
  const results = useRef<ResultsHandle>(null);

  const at = () => items.findIndex(({ id }) => id === (rows.current?.focused() ?? cursor ?? openId));
  const move = (by: number) => {
    const next = items[Math.max(0, Math.min(items.length - 1, at() < 0 ? 0 : at() + by))];
    if (!next) return undefined;
    setCursor(next.id);
    rows.current?.focus(next.id);
    return next;
  };
  const extend = (by: number) => {
    const from = items[at()];
    const to = move(by);
    chosen.add([from, to].flatMap((item) => (item ? [item.id] : [])));
  };
  /** Those that are chosen, else the row with the focus, else what is open. */
  const targets = (): readonly ConversationItem[] => {
    if (chosen.items.length > 0) return chosen.items;
    const id = rows.current?.focused() ?? openId ?? cursor;
    const listed = items.find((item) => item.id === id);
    // What is open may stand in another view.
    const item = listed ?? (id && client.getQueryData<ConversationDetail>(keys.conversation(id)));
    return item ? [item] : [];
  };
  const does = (step: Step, whom: readonly ConversationItem[] = targets()) => {
    if (whom.length === 0) return;
    rows.current?.keepPlace(whom.map(({ id }) => id));
    act(whom, step);
    chosen.clear();
  };
  const asks = (kind: Asked["kind"]) => {
    const whom = targets();
    if (whom.length > 0) setAsked({ kind, items: whom });
  };
  const settle = () => does({ action: targets().every(({ status }) => status === "resolved") ? "reopen" : "resolve" });
  const runs: Record<Kind, () => void> = {
    take: () => does({ action: "take" }),
    hand_back: () => does({ action: "hand_back" }),
    resolve: settle,
    reopen: settle,
    snooze: () => asks("snooze"),
    assign: () => asks("assign"),
    label: () => asks("label"),
  };
  useCommands({
    next: () => move(1),
    previous: () => move(-1),
    open: () => items[at()] && navigate(`/inbox/${items[at()]?.id}`),
    take: runs.take,
    back: runs.hand_back,
    resolve: settle,
    snooze: runs.snooze,
    assign: runs.assign,
    label: runs.label,
    undo,
    select: () => {
      const item = items[Math.max(0, at())];
      if (item) chosen.toggle(item.id);
    },
    selectDown: () => extend(1),
    selectUp: () => extend(-1),
    clear: chosen.items.length > 0 ? chosen.clear : undefined,
    search: () => search.current?.select(),
    view: (pressed) => {
      const wanted = VIEWS[Number(pressed) - 1];
      if (wanted) setView(wanted);
    },
  });

  const nameOfPlace = (place: Place) => {
    const team = counts.data?.teams?.find(({ key }) => key === teamOf(place));
    return team?.name ?? (place === "undelivered" ? t("assign.undelivered") : t(`queue.view.${viewOf(place)}`));
  };

  const typed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") event.currentTarget.blur();
    else if ((event.key === "ArrowDown" || event.key === "Enter") && results.current?.enter()) event.preventDefault();
  };

  return (
    <section className={classes.pane} aria-label={t("inbox.list")}>
      <header className={classes.head}>
        <h1>{t("inbox.title")}</h1>
        <span>{me.tenant.name}</span>
      </header>
      <div className={classes.search}>
        <TextInput
          ref={search}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
          onKeyDown={typed}
          placeholder={t("search.placeholder")}
          aria-label={t("search.placeholder")}
          maxLength={200}
          leftSection={<Search size={16} />}
          rightSection={
            q ? <CloseButton size="sm" aria-label={t("inbox.clearSearch")} onClick={() => setQ("")} /> : <kbd>/</kbd>
          }
          size="sm"
        />
      </div>
      {words ? (
        <SearchResults
          ref={results}
          q={words}
          at={message}
          onClear={() => setQ("")}
          onLeave={() => search.current?.select()}
        />
      ) : (
        <ConversationListViews view={view} counts={counts.data} onView={setView} />
      )}
      {chosen.items.length > 0 && (
        <Suspense>
          <BulkBar
            items={chosen.items}
            onAct={(kind) => runs[kind]()}
            onAll={
              chosen.items.length < items.length ? () => chosen.add(items.slice(0, 100).map(({ id }) => id)) : undefined
            }
            onClear={chosen.clear}
          />
        </Suspense>
      )}
      {!words && view === "undelivered" && <Undelivered openId={openId} />}
      {shown && list.isPending && <RowsSkeleton />}
      {shown && list.isError && items.length === 0 && (
        <ProblemState error={list.error} onRetry={() => list.refetch()} />
      )}
      {shown && list.isSuccess && items.length === 0 && <EmptyView view={view} counts={counts.data} onView={setView} />}
      <ConversationListRows
        key={view}
        ref={rows}
        items={words ? NONE : items}
        label={nameOfPlace(view)}
        openId={openId}
        cursor={cursor}
        chosen={chosen}
        onCursor={setCursor}
        more={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
        loading={list.isFetchingNextPage}
      />
      {asked && <ListPickers asked={asked} onClose={() => setAsked(null)} onStep={(step) => does(step, asked.items)} />}
    </section>
  );
}
