/** Where a chat begins, what is known then, and what stands in for other systems. */
import { ActionIcon, Button, Popover, Select, Tooltip } from "@mantine/core";
import { MapPinned } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useForm } from "../panels/form/context";
import { JsonInput, ValueInput } from "../panels/form/Values";
import { isRecord } from "../panels/model/path";
import { specOf } from "../panels/model/variables";
import classes from "./Chat.module.css";
import type { Said } from "./turns";

export interface Start {
  node: string | null;
  variables: Record<string, unknown>;
  /** What stands in for other systems and rules, as tests write it. */
  mock: Record<string, unknown>;
}

export const BEGINNING: Start = { node: null, variables: {}, mock: {} };

/** As the server is asked for it. */
export function startOf({ node, variables, mock }: Start) {
  const start = { ...(node ? { node } : {}), ...(Object.keys(variables).length > 0 ? { variables } : {}) };
  return { ...(Object.keys(start).length > 0 ? { start } : {}), ...(Object.keys(mock).length > 0 ? { mock } : {}) };
}

export function Beginning({ start, onSay }: { start: Start; onSay: (said: Said) => void }) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  return (
    <div className={classes.beginning}>
      <p>{start.node ? t("chat.beginAt", { node: flow.nodes[start.node]?.title || start.node }) : t("chat.begin")}</p>
      <span>
        <Button variant="default" size="compact-sm" radius="xl" onClick={() => onSay({ text: t("chat.hello") })}>
          {t("chat.hello")}
        </Button>{" "}
        {start.node && (
          <Button variant="default" size="compact-sm" radius="xl" onClick={() => onSay({})}>
            {t("chat.justBegin")}
          </Button>
        )}
      </span>
      <small>{t("chat.nothingLeaves")}</small>
    </div>
  );
}

/** Where the chat begins, and what is known then. */
export function StartFrom({ value, onChange }: { value: Start; onChange: (start: Start) => void }) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const [open, setOpen] = useState(false);
  const names = Object.keys(flow.variables ?? {});
  const set = (name: string, next: unknown) => {
    const rest = Object.fromEntries(Object.entries(value.variables).filter(([each]) => each !== name));
    onChange({ ...value, variables: next === undefined || next === null ? rest : { ...rest, [name]: next } });
  };
  const isSet = value.node !== null || Object.keys(value.variables).length + Object.keys(value.mock).length > 0;
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="bottom-end" trapFocus shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label={t("chat.startFrom")}>
          <ActionIcon
            variant={isSet ? "light" : "subtle"}
            color={isSet ? "accent" : "gray"}
            size={32}
            aria-label={t("chat.startFrom")}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <MapPinned size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("chat.startFrom")}>
        <div className={classes.start}>
          <Select
            label={t("chat.startFrom")}
            placeholder={t("chat.beginning")}
            searchable
            openOnFocus={false}
            clearable
            clearButtonProps={{ "aria-label": t("clear") }}
            data={Object.entries(flow.nodes)
              .filter(([, node]) => node.type !== "note")
              .map(([key, node]) => ({ value: key, label: node.title || key }))}
            value={value.node}
            onChange={(node) => onChange({ ...value, node })}
            comboboxProps={{ withinPortal: false }}
          />
          {names.length > 0 && <p className={classes.label}>{t("chat.known")}</p>}
          <div className={classes.known}>
            {names.map((name) => (
              <div key={name}>
                <bdi>{name}</bdi>
                <ValueInput
                  label={name}
                  spec={specOf(flow, name)}
                  kinds={["text", "number", "yesno", "nothing"]}
                  value={value.variables[name]}
                  onChange={(next) => set(name, next)}
                />
              </div>
            ))}
          </div>
          <JsonInput
            label={t("chat.standIns")}
            description={t("chat.standInsNote")}
            value={Object.keys(value.mock).length > 0 ? value.mock : undefined}
            onChange={(mock) => onChange({ ...value, mock: isRecord(mock) ? mock : {} })}
          />
          {isSet && (
            <Button variant="subtle" size="compact-sm" onClick={() => onChange(BEGINNING)}>
              {t("clear")}
            </Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
