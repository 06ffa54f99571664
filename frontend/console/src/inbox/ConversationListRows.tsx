/** The rows that are on screen, of however many. */
import type { ConversationItem } from "@frontdesk/shared";
import { Skeleton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef } from "react";
import { useLocation } from "wouter";
import { prefetchTalk } from "../api/queue";
import { useNow } from "../app/clock";
import classes from "./ConversationList.module.css";
import { ConversationRow, heightOf } from "./ConversationRow";
import { useRows } from "./rows";
import type { Chosen } from "./useChosen";

export interface RowsHandle {
  /** The conversation whose row has the focus. */
  focused: () => string | null;
  focus: (id: string) => void;
  /** These may go: if so, the focus moves to the row after them. */
  keepPlace: (ids: readonly string[]) => void;
}

interface Props {
  ref: Ref<RowsHandle>;
  items: readonly ConversationItem[];
  label: string;
  openId: string | null;
  cursor: string | null;
  chosen: Chosen;
  onCursor: (id: string) => void;
  /** Load what follows; absent where nothing does, or it is on its way. */
  more?: () => unknown;
  loading: boolean;
}

const NEAR_THE_END = 12;

export function ConversationListRows({ ref, items, label, openId, cursor, chosen, onCursor, more, loading }: Props) {
  const client = useQueryClient();
  const now = useNow();
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  const heir = useRef<{ of: string; id: string } | null>(null);
  const heights = useMemo(() => items.map(heightOf), [items]);
  const kept = items.findIndex(({ id }) => id === (cursor ?? openId));
  const { drawn, offsets, reveal } = useRows(scroller, heights, kept);

  const linkOf = (id: string) => scroller.current?.querySelector<HTMLAnchorElement>(`a[data-id="${CSS.escape(id)}"]`);
  const focused = () =>
    (document.activeElement as HTMLElement | null)?.closest<HTMLElement>("[data-id]")?.dataset.id ?? null;
  useImperativeHandle(ref, () => ({
    focused,
    focus: (id) => {
      wanted.current = id;
      reveal(items.findIndex((item) => item.id === id));
      linkOf(id)?.focus({ preventScroll: true });
    },
    keepPlace: (ids) => {
      const held = focused();
      if (!held || !ids.includes(held)) return;
      const from = items.findIndex(({ id }) => id === held);
      const left = [...items.slice(from), ...items.slice(0, from).reverse()].find(({ id }) => !ids.includes(id));
      heir.current = left ? { of: held, id: left.id } : null;
    },
  }));
  // A row that was asked for may be drawn only now, and one that had the focus may be gone.
  useEffect(() => {
    const gone = heir.current;
    if (gone && !items.some(({ id }) => id === gone.of)) {
      heir.current = null;
      wanted.current = gone.id;
      onCursor(gone.id);
    }
    const id = wanted.current;
    const link = id && linkOf(id);
    if (!link) return;
    if (document.activeElement === document.body || focused() !== null) link.focus({ preventScroll: true });
    if (document.activeElement === link) wanted.current = null;
  });
  const end = drawn.length > 0 ? Math.max(...drawn) : 0;
  useEffect(() => {
    if (more && end >= items.length - NEAR_THE_END) void more();
  }, [more, end, items.length]);

  const reach = kept < 0 ? 0 : kept;
  return (
    <div ref={scroller} className={classes.scroll} hidden={items.length === 0}>
      <ul className={classes.rows} style={{ height: (offsets.at(-1) ?? 0) + (loading ? 136 : 16) }} aria-label={label}>
        {drawn.map((index) => {
          const item = items[index];
          if (!item) return null;
          return (
            <ConversationRow
              key={item.id}
              item={item}
              top={offsets[index] ?? 0}
              place={index + 1}
              of={more || loading ? -1 : items.length}
              open={item.id === openId}
              chosen={chosen.ids.has(item.id)}
              choosing={chosen.ids.size > 0}
              reachable={index === reach}
              now={now}
              onOpen={() => navigate(`/inbox/${item.id}`)}
              onFocus={() => onCursor(item.id)}
              onToggle={(far) => (far ? chosen.reach(item.id) : chosen.toggle(item.id))}
              onNear={() => prefetchTalk(client, item.id)}
            />
          );
        })}
        {loading && (
          <li className={classes.tail} style={{ top: offsets.at(-1) }} aria-hidden="true">
            <RowsSkeleton count={2} />
          </li>
        )}
      </ul>
    </div>
  );
}

const WIDTHS = ["62%", "48%", "70%", "55%", "44%", "66%"];

export function RowsSkeleton({ count = WIDTHS.length }: { count?: number }) {
  return (
    <div aria-hidden="true" className={classes.skeleton}>
      {WIDTHS.slice(0, count).map((width) => (
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
