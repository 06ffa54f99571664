/** Values of any type: what a variable is compared with or given, data that is sent out. */
import { ActionIcon, Menu, NumberInput, Select, TagsInput, Textarea, TextInput, Tooltip } from "@mantine/core";
import { Braces, CircleSlash, Hash, type LucideIcon, ToggleLeft, Type, Variable } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VariableSpec } from "../../document";
import { isRecord, type Path } from "../model/path";
import { useField } from "./context";
import { useFaultProps } from "./Faults";
import classes from "./Form.module.css";
import { VariableInput } from "./Picks";
import { TemplateArea } from "./Texts";

const KINDS = ["text", "number", "yesno", "variable", "nothing", "data"] as const;
type ValueKind = (typeof KINDS)[number];

export function kindOf(value: unknown): ValueKind {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "yesno";
  return isRecord(value) && Object.keys(value).join() === "$var" ? "variable" : "data";
}

const ICONS: Record<ValueKind, LucideIcon> = {
  text: Type,
  number: Hash,
  yesno: ToggleLeft,
  variable: Variable,
  nothing: CircleSlash,
  data: Braces,
};

const BEGIN: Record<ValueKind, unknown> = {
  text: "",
  number: 0,
  yesno: true,
  variable: { $var: "" },
  nothing: null,
  data: {},
};

interface ValueProps {
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  /** The variable it is meant for: its type says how it is written. */
  spec?: VariableSpec;
  /** A list of several. */
  many?: boolean;
  input?: object;
  kinds?: readonly ValueKind[];
}

/** A value, written as its type wants it; the type is chosen beside it. */
export function ValueInput({ label, value, onChange, spec, many, input, kinds = KINDS }: ValueProps) {
  const { t } = useTranslation("flowPanels");
  const typed = spec ? kindOfSpec(spec.type) : null;
  const kind = value === undefined && typed ? typed : kindOf(value);
  if (many) {
    const list = Array.isArray(value) ? value.map(String) : [];
    const take = (words: string[]) =>
      onChange(spec?.type === "number" ? words.map(Number).filter(Number.isFinite) : words);
    return (
      <TagsInput
        aria-label={label}
        data={[...(spec?.values ?? [])]}
        value={list}
        onChange={take}
        acceptValueOnBlur
        comboboxProps={{ withinPortal: true }}
        {...input}
      />
    );
  }
  const offered = typed && kinds === KINDS ? ([typed, "variable"] as const) : kinds;
  const shown = (offered as readonly string[]).includes(kind) ? offered : [...offered, kind];
  const Icon = ICONS[kind];
  return (
    <div className={classes.value}>
      {shown.length > 1 && (
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <Tooltip label={t(`kind.${kind}`)}>
              <ActionIcon
                variant="default"
                size={36}
                aria-label={`${t("kindOf", { name: label })} (${t(`kind.${kind}`)})`}
              >
                <Icon size={15} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {[...new Set(shown)].map((each) => {
              const Each = ICONS[each];
              return (
                <Menu.Item
                  key={each}
                  leftSection={<Each size={15} />}
                  onClick={() => each !== kind && onChange(BEGIN[each])}
                >
                  {t(`kind.${each}`)}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      )}
      <ByKind kind={kind} label={label} value={value} onChange={onChange} spec={spec} input={input} />
    </div>
  );
}

function kindOfSpec(type: string): ValueKind | null {
  if (type === "number") return "number";
  if (type === "bool") return "yesno";
  return ["list", "object", "media", "location"].includes(type) ? null : "text";
}

function ByKind({ kind, label, value, onChange, spec, input }: ValueProps & { kind: ValueKind }) {
  const { t } = useTranslation("flowPanels");
  switch (kind) {
    case "number":
      return (
        <NumberInput
          aria-label={label}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
          hideControls
          {...input}
        />
      );
    case "yesno":
      return (
        <Select
          aria-label={label}
          data={[
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ]}
          value={value === false ? "false" : "true"}
          allowDeselect={false}
          onChange={(next) => onChange(next === "true")}
          comboboxProps={{ withinPortal: true }}
          {...input}
        />
      );
    case "variable":
      return (
        <VariableInput
          label={label}
          hidden
          value={isRecord(value) ? String(value.$var ?? "") : ""}
          onChange={(name) => onChange({ $var: name ?? "" })}
          input={input}
        />
      );
    case "nothing":
      return <TextInput aria-label={label} value="" placeholder={t("kind.nothing")} readOnly {...input} />;
    case "data":
      return <JsonInput label={label} hidden value={value} onChange={onChange} input={input} />;
    default:
      if (spec?.type === "enum" && spec.values) {
        return (
          <Select
            aria-label={label}
            data={[...spec.values]}
            value={typeof value === "string" ? value : null}
            onChange={(next) => onChange(next ?? undefined)}
            comboboxProps={{ withinPortal: true }}
            {...input}
          />
        );
      }
      if (spec?.type === "date") {
        return (
          <TextInput
            type="date"
            aria-label={label}
            value={typeof value === "string" ? value : ""}
            onChange={(event) => onChange(event.currentTarget.value)}
            {...input}
          />
        );
      }
      return (
        <TemplateArea
          label={label}
          hidden
          value={typeof value === "string" ? value : ""}
          onChange={onChange}
          input={input}
        />
      );
  }
}

export function ValueField({ path, ...rest }: Omit<ValueProps, "value" | "onChange"> & { path: Path }) {
  const { value, set } = useField(path);
  return <ValueInput {...rest} value={value} onChange={set} input={useFaultProps(path)} />;
}

/** Data as JSON; only what can be read is taken over. */
export function JsonInput({
  label,
  hidden,
  value,
  onChange,
  input,
  description,
}: ValueProps & { hidden?: boolean; description?: ReactNode }) {
  const { t } = useTranslation("flowPanels");
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (value === undefined ? "" : JSON.stringify(value, null, 2));
  const broken = draft !== null && draft.trim() !== "" && read(draft) === undefined;
  return (
    <Textarea
      {...(hidden ? { "aria-label": label } : { label })}
      description={description}
      autosize
      minRows={2}
      maxRows={16}
      dir="ltr"
      classNames={{ input: classes.mono }}
      {...input}
      {...(broken ? { error: t("notJson") } : {})}
      value={shown}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setDraft(text);
        const parsed = read(text);
        if (text.trim() === "") onChange(undefined);
        else if (parsed !== undefined) onChange(parsed);
      }}
      onBlur={() => !broken && setDraft(null)}
    />
  );
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
