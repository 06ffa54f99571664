/** A list whose entries are put in order by dragging their handle, or by arrow keys on it. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { ChevronDown, GripVertical, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Sortable.module.css";
import { AddButton } from "./Texts";

interface Props {
  count: number;
  /** How people would call an entry. */
  nameOf: (at: number) => string;
  /** Stands on the entry's line. */
  head?: (at: number) => ReactNode;
  /** Shown beneath; folded away where there is a head. */
  body?: (at: number) => ReactNode;
  onMove: (from: number, to: number) => void;
  onRemove?: (at: number) => void;
  onAdd?: () => void;
  add?: string;
  /** The least there must be. */
  least?: number;
  most?: number;
  /** Entries are open from the start. */
  open?: boolean;
  /** Entries with something wrong in them. */
  faulty?: (at: number) => boolean;
}

export function Sortable(props: Props) {
  const { count, nameOf, head, body, onMove, onRemove, onAdd, add, least = 0, most = 99, open = false, faulty } = props;
  const { t } = useTranslation("flowPanels");
  const list = useRef<HTMLUListElement>(null);
  const focus = useRef<number | null>(null);
  const [opened, setOpened] = useState<readonly number[]>([]);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [said, setSaid] = useState("");

  useEffect(() => {
    if (focus.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-handle="${focus.current}"]`)?.focus();
    focus.current = null;
  });

  const move = (from: number, to: number) => {
    if (to < 0 || to >= count || from === to) return;
    setSaid(t("movedTo", { name: nameOf(from), n: to + 1, all: count }));
    setOpened(opened.map((at) => shifted(at, from, to)));
    onMove(from, to);
  };
  const byKey = (event: KeyboardEvent, at: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (at + step < 0 || at + step >= count) return;
    focus.current = at + step;
    move(at, at + step);
  };
  const toggle = (at: number) =>
    setOpened(opened.includes(at) ? opened.filter((each) => each !== at) : [...opened, at]);
  const under = (event: PointerEvent): number => {
    const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
    const found = rows.findIndex(({ top, height }) => event.clientY < top + height / 2);
    return found < 0 ? count - 1 : found;
  };
  return (
    <div>
      <ul ref={list} className={classes.list}>
        {Array.from({ length: count }, (_, at) => {
          const isOpen = !head || open !== opened.includes(at);
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place.
              key={at}
              className={classes.item}
              data-dragged={drag?.from === at || undefined}
              data-drop={
                drag && drag.to === at && drag.from !== at ? (drag.to > drag.from ? "after" : "before") : undefined
              }
              data-faulty={faulty?.(at) || undefined}
            >
              <div className={classes.line}>
                <button
                  type="button"
                  data-handle={at}
                  className={classes.handle}
                  aria-label={t("move", { name: nameOf(at) })}
                  disabled={count < 2}
                  onKeyDown={(event) => byKey(event, at)}
                  onPointerDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    setDrag({ from: at, to: at });
                  }}
                  onPointerMove={(event) => drag && setDrag({ from: drag.from, to: under(event) })}
                  onPointerUp={() => {
                    if (drag) move(drag.from, drag.to);
                    setDrag(null);
                  }}
                  onPointerCancel={() => setDrag(null)}
                >
                  <GripVertical size={15} aria-hidden="true" />
                </button>
                {head ? (
                  <div className={classes.head}>{head(at)}</div>
                ) : (
                  <div className={classes.head}>{body?.(at)}</div>
                )}
                {head && body && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size={28}
                    aria-expanded={isOpen}
                    aria-label={t("details", { name: nameOf(at) })}
                    onClick={() => toggle(at)}
                  >
                    <ChevronDown size={16} className={classes.chevron} data-open={isOpen || undefined} />
                  </ActionIcon>
                )}
                {onRemove && (
                  <Tooltip label={t("remove")}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size={28}
                      aria-label={t("removeIt", { name: nameOf(at) })}
                      disabled={count <= least}
                      onClick={() => {
                        setOpened(opened.filter((each) => each !== at).map((each) => (each > at ? each - 1 : each)));
                        onRemove(at);
                      }}
                    >
                      <Trash2 size={15} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </div>
              {head && body && isOpen && <div className={classes.body}>{body(at)}</div>}
            </li>
          );
        })}
      </ul>
      <p className="sr" role="status">
        {said}
      </p>
      {onAdd && add && count < most && (
        <AddButton icon={<Plus size={14} />} onClick={onAdd}>
          {add}
        </AddButton>
      )}
    </div>
  );
}

function shifted(at: number, from: number, to: number): number {
  if (at === from) return to;
  if (from < at && at <= to) return at - 1;
  return to <= at && at < from ? at + 1 : at;
}
