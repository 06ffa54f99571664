/** What the customer did, and what happens without them: time passes, a person gives the conversation back. */
import { Menu } from "@mantine/core";
import { Clock, Radio } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { regionOf } from "../../app/time";
import type { FlowDocument, FlowNode } from "../document";
import { useForm } from "../panels/form/context";
import { spanOf } from "../panels/model/duration";
import { isRecord } from "../panels/model/path";
import { eventsOf } from "../ports";
import classes from "./Chat.module.css";
import { nextTimer, nodeOf, type Said, type Told } from "./turns";

export function Mine({ said }: { said: Said }) {
  const { t } = useTranslation("flowPanels");
  const span = spanOf(said.advance);
  if (said.advance !== undefined) {
    return (
      <p className={classes.event}>
        <Clock size={13} aria-hidden="true" />
        {t("chat.passed", { time: span ? `${span.amount} ${t(`unit.${span.unit}`)}` : said.advance })}
      </p>
    );
  }
  if (said.handback !== undefined)
    return <p className={classes.event}>{t("chat.gaveBack", { port: said.handback })}</p>;
  if (said.event !== undefined) return <p className={classes.event}>{t("chat.told", { event: said.event })}</p>;
  if (said.text === undefined && said.label === undefined)
    return <p className={classes.event}>{t("chat.justBegin")}</p>;
  return (
    <p className={classes.mine} data-tap={said.payload !== undefined || undefined} dir="auto">
      <span className="sr">{t("chat.customer")}: </span>
      {said.label ?? said.text}
    </p>
  );
}

/** Time passes, or a person gives the conversation back. */
export function Meanwhile({ told, busy, onDo }: { told: Told | undefined; busy: boolean; onDo: (said: Said) => void }) {
  const { t, i18n } = useTranslation("flowPanels");
  const { flow } = useForm();
  if (told?.now === undefined) return null;
  const next = nextTimer(told);
  const node = told.cursor ? nodeOf(told.cursor, flow) : null;
  const held = node !== null && flow.nodes[node]?.type === "handoff";
  const span = next ? spanOf(next.advance) : null;
  const clock = new Date(told.now).toLocaleString(regionOf(i18n.language), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zoneOf(flow),
  });
  return (
    <div className={classes.meanwhile}>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <button type="button" disabled={busy}>
            <Clock size={13} aria-hidden="true" />
            <span className="sr">{t("chat.letPass")}: </span>
            <span className="tabular">{clock}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("chat.letPass")}</Menu.Label>
          {next && span && (
            <Menu.Item onClick={() => onDo({ advance: next.advance })}>
              {t("chat.untilNext", { time: `${span.amount} ${t(`unit.${span.unit}`)}` })}
            </Menu.Item>
          )}
          {(["PT15M", "PT1H", "P1D"] as const).map((advance) => {
            const { amount, unit } = spanOf(advance) ?? { amount: 1, unit: "hours" as const };
            return (
              <Menu.Item key={advance} onClick={() => onDo({ advance })}>
                {amount} {t(`unit.${unit}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {held &&
        (["resolved", "returned"] as const).map((port) => (
          <button key={port} type="button" disabled={busy} onClick={() => onDo({ handback: port })}>
            {t(`chat.${port}`)}
          </button>
        ))}
      {node !== null && <Tell key={node} node={flow.nodes[node]} busy={busy} onDo={onDo} />}
    </div>
  );
}

/** Be the program that tells what the step waits for; with what it keeps of it, as JSON. */
function Tell({ node, busy, onDo }: { node: FlowNode | undefined; busy: boolean; onDo: (said: Said) => void }) {
  const { t } = useTranslation("flowPanels");
  const [written, setWritten] = useState("");
  const events = eventsOf(node);
  if (events.length === 0) return null;
  const data = dataOf(written);
  return (
    <>
      {events.map((event) => (
        <button key={event} type="button" disabled={busy || !data} onClick={() => data && onDo({ event, data })}>
          <Radio size={13} aria-hidden="true" />
          {t("chat.tell", { event })}
        </button>
      ))}
      {isRecord(node?.map) && (
        <input
          className={classes.data}
          aria-label={t("chat.tellData")}
          aria-invalid={!data}
          placeholder='{"amount": 120}'
          dir="ltr"
          value={written}
          onChange={(event) => setWritten(event.currentTarget.value)}
        />
      )}
    </>
  );
}

/** Null where it cannot be read. */
function dataOf(written: string): Record<string, unknown> | null {
  if (!written.trim()) return {};
  try {
    const read: unknown = JSON.parse(written);
    return isRecord(read) ? read : null;
  } catch {
    return null;
  }
}

function zoneOf(flow: FlowDocument): string {
  const zone = flow.settings?.timezone;
  return typeof zone === "string" && zone ? zone : "UTC";
}
