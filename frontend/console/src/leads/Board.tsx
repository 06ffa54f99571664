/** Leads as cards in the columns of their stages: dragged, moved by a menu, or by keys. */
import type { Lead, Pipeline } from "@frontdesk/shared";
import { ActionIcon, Menu, Tooltip, useDirection } from "@mantine/core";
import { MoveHorizontal } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useNow } from "../app/clock";
import { useTellProblem } from "../app/Problem";
import { exactTime, shortAgo } from "../app/time";
import classes from "./Board.module.css";
import { useMoveLead, useSums } from "./queries";
import { boardOf, type ColumnOfBoard, money, readablePhone, saidBy } from "./stage";

interface Props {
  leads: Lead[];
  pipeline: Pipeline;
  /** With filters on, the sums are of what is shown, not of the whole stage. */
  filtered: boolean;
  onChoose: (lead: Lead) => void;
}

export function Board({ leads, pipeline, filtered, onChoose }: Props) {
  const { t } = useTranslation();
  const { dir } = useDirection();
  const tell = useTellProblem();
  const move = useMoveLead();
  const root = useRef<HTMLDivElement>(null);
  const carried = useRef<{ id: string; stage: string } | null>(null);
  const [said, setSaid] = useState("");
  const [over, setOver] = useState<string | null>(null);
  const columns = boardOf(leads, pipeline);

  // A moved card is a new element in another column: the keys stay on it.
  useEffect(() => {
    const { id, stage } = carried.current ?? {};
    if (!leads.some((lead) => lead.id === id && lead.stage === stage)) return;
    carried.current = null;
    focusCard(root.current, id);
  }, [leads]);

  const moveTo = (lead: Lead, stage: ColumnOfBoard | undefined) => {
    if (!stage || stage.key === lead.stage) return;
    setSaid(t("board.moved", { name: nameOf(lead, t("inbox.noName")), stage: stage.name }));
    carried.current = { id: lead.id, stage: stage.key };
    move.mutate({ id: lead.id, stage: stage.key }, { onError: tell });
  };
  const onKey = (event: KeyboardEvent, lead: Lead) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const column = columns.findIndex(({ key }) => key === lead.stage);
    if (step !== undefined) {
      event.preventDefault();
      const next = columns[column + (dir === "rtl" ? -step : step)];
      if (event.shiftKey) return moveTo(lead, next);
      return focusCard(root.current, next?.leads[0]?.id);
    }
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (down === undefined) return;
    event.preventDefault();
    const mates = columns[column]?.leads ?? [];
    focusCard(root.current, mates[mates.findIndex(({ id }) => id === lead.id) + down]?.id);
  };
  return (
    <>
      <p className={classes.keys}>
        <kbd>←</kbd> <kbd>→</kbd> {t("board.walk")} · <kbd>Shift</kbd> + <kbd>←</kbd> <kbd>→</kbd> {t("board.carry")} ·{" "}
        <kbd>Enter</kbd> {t("board.open")}
      </p>
      <p className="sr" role="status">
        {said}
      </p>
      <div className={classes.board} ref={root}>
        {columns.map((column) => (
          <section
            key={column.key}
            className={classes.column}
            aria-label={column.name}
            data-over={over === column.key || undefined}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(column.key);
            }}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(null);
              const lead = leads.find(({ id }) => id === event.dataTransfer.getData("text/plain"));
              if (lead) moveTo(lead, column);
            }}
          >
            <Head column={column} pipeline={pipeline} filtered={filtered} />
            <ul>
              {column.leads.map((lead) => (
                <Card
                  key={lead.id}
                  lead={lead}
                  columns={columns}
                  onChoose={() => onChoose(lead)}
                  onKey={(event) => onKey(event, lead)}
                  onMove={(stage) => moveTo(lead, stage)}
                />
              ))}
            </ul>
            {column.leads.length === 0 && <p className={classes.empty}>{t("board.emptyStage")}</p>}
          </section>
        ))}
      </div>
    </>
  );
}

function focusCard(root: HTMLElement | null, id: string | undefined): void {
  if (id) root?.querySelector<HTMLElement>(`[data-lead="${id}"]`)?.focus();
}

function nameOf(lead: Lead, otherwise: string): string {
  return lead.name ?? lead.contact.name ?? otherwise;
}

function Head({ column, pipeline, filtered }: { column: ColumnOfBoard; pipeline: Pipeline; filtered: boolean }) {
  const { i18n } = useTranslation();
  const sums = useSums(pipeline.key);
  const whole = sums.data?.find(({ stage }) => stage === column.key);
  const shown: Record<string, number> = {};
  for (const { value, currency } of column.leads) {
    if (value && currency) shown[currency] = (shown[currency] ?? 0) + value;
  }
  const values = Object.entries(filtered || !whole ? shown : whole.values);
  return (
    <header className={classes.head}>
      <h2>
        <bdi>{column.name}</bdi>
        <span className="tabular">{filtered || !whole ? column.leads.length : whole.count}</span>
      </h2>
      {values.length > 0 && (
        <p className="tabular">{values.map(([currency, sum]) => money(sum, currency, i18n.language)).join(" + ")}</p>
      )}
    </header>
  );
}

interface CardProps {
  lead: Lead;
  columns: ColumnOfBoard[];
  onChoose: () => void;
  onKey: (event: KeyboardEvent) => void;
  onMove: (stage: ColumnOfBoard) => void;
}

function Card({ lead, columns, onChoose, onKey, onMove }: CardProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const name = nameOf(lead, t("inbox.noName"));
  const told = saidBy(lead);
  const worth = money(lead.value, lead.currency, i18n.language);
  return (
    <li
      className={classes.card}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", lead.id);
        event.dataTransfer.effectAllowed = "move";
      }}
    >
      <button type="button" data-lead={lead.id} onClick={onChoose} onKeyDown={onKey}>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {told && (
          <span className={classes.told}>
            <bdi>{told}</bdi>
          </span>
        )}
        {lead.phone && (
          <span className={`${classes.phone} tabular`} dir="ltr">
            {readablePhone(lead.phone)}
          </span>
        )}
        <span className={classes.foot}>
          {lead.channel && <ChannelGlyph channel={lead.channel} size={16} />}
          <time className="tabular" dateTime={lead.created_at} title={exactTime(lead.created_at, i18n.language)}>
            {shortAgo(lead.created_at, now, i18n.language)}
          </time>
          {worth && <span className={`${classes.worth} tabular`}>{worth}</span>}
          {lead.owner && (
            <Tooltip label={`${t("board.owner")}: ${lead.owner.name}`}>
              <span className={classes.owner}>
                <Avatar name={lead.owner.name} size={22} />
                <span className="sr">{lead.owner.name}</span>
              </span>
            </Tooltip>
          )}
        </span>
      </button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            className={classes.move}
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t("board.moveTo", { name })}
          >
            <MoveHorizontal size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {columns
            .filter(({ key }) => key !== lead.stage)
            .map((stage) => (
              <Menu.Item key={stage.key} onClick={() => onMove(stage)}>
                {stage.name}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
