/** Maps as lines of name and value. */
import { ActionIcon, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { isRecord, type Path, withKey } from "../model/path";
import { freeId } from "../model/ports";
import { useField } from "./context";
import { useFaultProps } from "./Faults";
import classes from "./Form.module.css";
import { VariableInput } from "./Picks";
import { AddButton } from "./Texts";
import { JsonInput, kindOf, ValueInput } from "./Values";

interface PairsProps {
  path: Path;
  label: string;
  description?: ReactNode;
  add: string;
  /** What a new entry's key begins as. */
  fresh?: string;
  /** Keys are variables. */
  variables?: boolean;
  /** How a value is edited; else as any value. */
  value?: (key: string, value: unknown, set: (value: unknown) => void) => ReactNode;
  begin?: unknown;
  /** How a key is called for a screen reader. */
  keyLabel: string;
  valueLabel: string;
}

/** A map as lines of name and value. */
export function Pairs({
  path,
  label,
  description,
  add,
  fresh = "field",
  variables,
  value: draw,
  begin = "",
  keyLabel,
  valueLabel,
}: PairsProps) {
  const { t } = useTranslation("flowPanels");
  const { value: map = {}, set } = useField<Record<string, unknown>>(path);
  const { error, ...faults } = useFaultProps(path);
  const put = (next: Record<string, unknown>) => set(Object.keys(next).length > 0 ? next : undefined);
  const keys = Object.keys(map);
  return (
    <div {...{ "data-pointer": faults["data-pointer"] }}>
      <p className={classes.label}>{label}</p>
      {description && <p className={classes.help}>{description}</p>}
      <div className={classes.pairs}>
        {keys.map((key, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a key changes while it is typed.
          <div key={at} className={classes.entry}>
            {variables ? (
              <VariableInput
                label={`${keyLabel} ${at + 1}`}
                hidden
                writes
                value={key}
                onChange={(name) => name && !keys.includes(name) && put(withKey(map, key, name))}
              />
            ) : (
              <KeyInput
                label={`${keyLabel} ${at + 1}`}
                value={key}
                taken={keys}
                onChange={(name) => put(withKey(map, key, name))}
              />
            )}
            {draw ? (
              draw(key, map[key], (next) => put({ ...map, [key]: next }))
            ) : (
              <ValueInput
                label={`${valueLabel}: ${key}`}
                value={map[key]}
                onChange={(next) => put({ ...map, [key]: next ?? null })}
              />
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t("removeIt", { name: key })}
              onClick={() => put(Object.fromEntries(Object.entries(map).filter(([each]) => each !== key)))}
            >
              <Trash2 size={15} />
            </ActionIcon>
          </div>
        ))}
      </div>
      {error}
      {faults.inputContainer(null)}
      <AddButton icon={<Plus size={14} />} onClick={() => put({ ...map, [freeId(keys, fresh)]: begin })}>
        {add}
      </AddButton>
    </div>
  );
}

/** A name that is taken over when the field is left, where it is free. */
export function KeyInput({
  label,
  value,
  taken,
  onChange,
  hidden = true,
  check,
  description,
}: {
  label: string;
  value: string;
  taken: readonly string[];
  onChange: (key: string) => void;
  hidden?: boolean;
  check?: (key: string) => boolean;
  description?: ReactNode;
}) {
  const { t } = useTranslation("flowPanels");
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? value;
  const used = shown !== value && taken.includes(shown);
  const bad = draft !== null && draft !== "" && check !== undefined && !check(draft);
  const commit = () => {
    if (draft !== null && draft !== "" && draft !== value && !used && !bad) onChange(draft);
    setDraft(null);
  };
  return (
    <TextInput
      {...(hidden ? { "aria-label": label } : { label })}
      description={description}
      dir="ltr"
      value={shown}
      error={used ? t("taken") : bad ? t("badKey") : undefined}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}

/** A body that is sent: lines of name and value where it is flat, JSON where it is not. */
export function BodyField({ path, label, description }: { path: Path; label: string; description?: ReactNode }) {
  const { t } = useTranslation("flowPanels");
  const { value, set } = useField(path);
  const props = useFaultProps(path);
  const flat =
    value === undefined ||
    (isRecord(value) && kindOf(value) === "data" && Object.values(value).every((one) => kindOf(one) !== "data"));
  const [asJson, setAsJson] = useState(!flat);
  const raw = asJson || !flat;
  return (
    <div className={classes.body}>
      {raw ? (
        <JsonInput label={label} description={description} value={value} onChange={set} input={props} />
      ) : (
        <Pairs
          path={path}
          label={label}
          description={description}
          add={t("addField")}
          keyLabel={t("fieldName")}
          valueLabel={t("fieldValue")}
        />
      )}
      {flat && (
        <button type="button" className="linkish" onClick={() => setAsJson(!asJson)}>
          {t(raw ? "asFields" : "asJson")}
        </button>
      )}
    </div>
  );
}
