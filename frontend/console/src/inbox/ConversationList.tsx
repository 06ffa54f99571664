/** Views, search and rows. */
import { Button, CloseButton, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue, useHotkeys, useSessionStorage } from "@mantine/hooks";
import { Inbox as InboxIcon, Search, SearchX } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useConversations, useWaiting } from "../api/queries";
import { useNow } from "../app/clock";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { ProblemState } from "../app/Problem";
import classes from "./ConversationList.module.css";
import { ConversationRow } from "./ConversationRow";
import { filterOf, VIEWS, type View } from "./views";

export function ConversationList({ openId }: { openId: string | null }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const now = useNow();
  const [, navigate] = useLocation();
  const [view, setView] = useSessionStorage<View>({ key: "frontdesk:view", defaultValue: "all" });
  const [q, setQ] = useSessionStorage({ key: "frontdesk:search", defaultValue: "" });
  const [settled] = useDebouncedValue(q, 200);
  const list = useConversations(filterOf(view, settled, me.staff?.id));
  const waiting = useWaiting();
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const search = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const end = useRef<HTMLDivElement>(null);

  const step = (by: number) => () => {
    const links = [...(rows.current?.querySelectorAll<HTMLAnchorElement>("a") ?? [])];
    const focused = links.indexOf(document.activeElement as HTMLAnchorElement);
    const from = focused >= 0 ? focused : items.findIndex((item) => item.id === openId);
    links[Math.max(0, Math.min(links.length - 1, from + by))]?.focus();
  };
  useHotkeys([
    ["j", step(1)],
    ["k", step(-1)],
    ["/", () => search.current?.focus()],
  ]);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || isFetchingNextPage) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), {
      rootMargin: "400px",
    });
    watcher.observe(mark);
    return () => watcher.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

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
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          placeholder={t("inbox.search")}
          aria-label={t("inbox.search")}
          leftSection={<Search size={16} />}
          rightSection={
            q ? <CloseButton size="sm" aria-label={t("inbox.clearSearch")} onClick={() => setQ("")} /> : <kbd>/</kbd>
          }
          size="sm"
        />
      </div>
      <div className={classes.views} role="tablist" aria-label={t("views.label")}>
        {VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={view === name}
            className={classes.view}
            onClick={() => setView(name)}
          >
            {t(`views.${name}`)}
            {name === "waiting" && waiting.data ? (
              <span className={`${classes.count} tabular`}>{waiting.data}</span>
            ) : null}
          </button>
        ))}
      </div>
      <div className={classes.scroll}>
        {list.isPending && <Rows />}
        {list.isError && items.length === 0 && <ProblemState error={list.error} onRetry={() => list.refetch()} />}
        {list.isSuccess && items.length === 0 && (
          <Nothing view={view} q={settled} onAll={() => setView("all")} onClear={() => setQ("")} />
        )}
        <ul ref={rows} className={classes.rows}>
          {items.map((item) => (
            <ConversationRow
              key={item.id}
              item={item}
              open={item.id === openId}
              now={now}
              onOpen={() => navigate(`/inbox/${item.id}`)}
            />
          ))}
        </ul>
        <div ref={end} />
        {isFetchingNextPage && <Rows />}
      </div>
    </section>
  );
}

function Nothing({ view, q, onAll, onClear }: { view: View; q: string; onAll: () => void; onClear: () => void }) {
  const { t } = useTranslation();
  const { simulator_url } = useSignedIn();
  if (q) {
    const clear = (
      <Button variant="default" onClick={onClear}>
        {t("inbox.clearSearch")}
      </Button>
    );
    return <EmptyState icon={SearchX} title={t("inbox.emptySearch", { q })} text="" action={clear} />;
  }
  if (view !== "all") {
    const all = (
      <Button variant="default" onClick={onAll}>
        {t("inbox.showAll")}
      </Button>
    );
    return (
      <EmptyState icon={InboxIcon} title={t("inbox.emptyViewTitle")} text={t("inbox.emptyViewText")} action={all} />
    );
  }
  const phone = simulator_url && (
    <Button component="a" href={simulator_url} target="_blank" rel="noreferrer">
      {t("inbox.emptyAction")}
    </Button>
  );
  return <EmptyState icon={InboxIcon} title={t("inbox.emptyTitle")} text={t("inbox.emptyText")} action={phone} />;
}

const WIDTHS = ["62%", "48%", "70%", "55%", "44%", "66%"];

function Rows() {
  return (
    <div aria-hidden="true" className={classes.skeleton}>
      {WIDTHS.map((width) => (
        <div key={width}>
          <Skeleton circle height={36} />
          <div>
            <Skeleton height={10} width={width} />
            <Skeleton height={10} width="90%" />
          </div>
        </div>
      ))}
    </div>
  );
}
