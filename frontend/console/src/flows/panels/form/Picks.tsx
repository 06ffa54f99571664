/** Fields that choose: a variable, a node, something of the tenant's, a length of time. */
import { Autocomplete, Button, MultiSelect, NumberInput, Select, TagsInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { isoOf, spanOf, UNITS, type Unit } from "../model/duration";
import { type Path, valueAt, withValue } from "../model/path";
import { declared, isName, nameFrom, namesOf, specOf, TYPE_OF_ANSWER } from "../model/variables";
import { type Kind, type Named, useCatalog } from "../queries";
import { useField, useForm } from "./context";
import { useFaultProps } from "./Faults";
import classes from "./Form.module.css";

interface Props {
  path: Path;
  label: string;
  description?: ReactNode;
  hidden?: boolean;
}

const named = (label: string, hidden?: boolean) => (hidden ? { "aria-label": label } : { label });

interface VariableProps extends Omit<Props, "path"> {
  value: string;
  onChange: (name: string | undefined) => void;
  /** What a new variable is declared as; where something is kept in it, at once. */
  type?: string;
  values?: readonly string[];
  placeholder?: string;
  input?: object;
  /** Only what may be written. */
  writes?: boolean;
  disabled?: boolean;
  /** Of the change, so that a new name and its declaration are one step of undo. */
  group?: string;
}

/** A variable by name: one of those there are, or a new one; where it is only read, that is declared with one click. */
export function VariableInput(props: VariableProps) {
  const {
    label,
    hidden,
    value,
    onChange,
    type = "string",
    values,
    placeholder,
    input,
    writes,
    description,
    disabled,
    group,
  } = props;
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const [draft, setDraft] = useState<string | null>(null);
  const names = namesOf(flow).filter((name) => !writes || /^(slots|conv|contact)\./.test(name));
  const spec = { type, ...(values?.length ? { values } : {}) };
  const commit = (text: string) => {
    const name = nameFrom(text);
    setDraft(null);
    if (name === value) return;
    onChange(name || undefined);
    // Options come and go while a question is drawn: their text is kept, not one of a fixed set.
    if (writes && isUnknown(name))
      edit((now) => declared(now, name, type === "enum" ? { type: "string" } : spec), group);
  };
  const isUnknown = (name: string) => isName(name) && !specOf(flow, name.split(".").slice(0, 2).join("."));
  return (
    <div>
      <Autocomplete
        {...named(label, hidden)}
        description={description}
        placeholder={placeholder ?? "slots.…"}
        data={names}
        limit={40}
        dir="ltr"
        disabled={disabled}
        value={draft ?? value}
        onChange={setDraft}
        onOptionSubmit={commit}
        onBlur={() => draft !== null && commit(draft)}
        onKeyDown={(event) => event.key === "Enter" && draft !== null && commit(draft)}
        comboboxProps={{ withinPortal: true }}
        {...input}
      />
      {isUnknown(value) && (
        <p className={classes.warn}>
          <span>
            {t("notDeclared", { name: value })}{" "}
            <button type="button" className="linkish" onClick={() => edit((now) => declared(now, value, spec))}>
              {t("declare")}
            </button>
          </span>
        </p>
      )}
    </div>
  );
}

export function VariableField({
  path,
  ...rest
}: Props & Pick<VariableProps, "type" | "values" | "writes" | "placeholder">) {
  const { flow } = useForm();
  const { value, set, pointer } = useField<string>(path);
  const answer = path.at(-1) === "save" ? valueAt(flow, [...path.slice(0, -1), "expect", "type"]) : undefined;
  const type = TYPE_OF_ANSWER[String(answer)];
  return (
    <VariableInput
      type={type}
      {...rest}
      group={pointer}
      value={value ?? ""}
      onChange={set}
      input={useFaultProps(path)}
    />
  );
}

/** A node of this flow, by its title. */
export function TargetField({ path, label, description, hidden }: Props) {
  const { t } = useTranslation("flowPanels");
  const { flow, types, locale } = useForm();
  const { value, set } = useField<string>(path);
  const kind = (type: string) => types.find((each) => each.type === type)?.title;
  const data = Object.entries(flow.nodes)
    .filter(([, node]) => node.type !== "note")
    .map(([key, node]) => ({ value: key, label: node.title || `${kind(node.type)?.[locale] ?? node.type} · ${key}` }));
  const unknown = value && value !== "@return" && !flow.nodes[value] ? [{ value, label: value }] : [];
  return (
    <Select
      {...named(label, hidden)}
      description={description}
      placeholder={t("nowhere")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("clear") }}
      data={[...data, ...unknown, { value: "@return", label: t("back") }]}
      value={value ?? null}
      onChange={(next) => set(next ?? undefined)}
      comboboxProps={{ withinPortal: true }}
      {...useFaultProps(path)}
    />
  );
}

/** What may be chosen, with what is chosen now even where it no longer exists. */
function dataOf(known: readonly Named[], chosen: readonly string[]) {
  const keys = known.map(({ key }) => key);
  const lost = chosen.filter((each) => each && !keys.includes(each));
  return [
    ...known.map(({ key, name }) => ({ value: key, label: name === key ? key : `${name} (${key})` })),
    ...lost.map((each) => ({ value: each, label: each })),
  ];
}

interface CatalogProps extends Props {
  known: readonly Named[] | null;
  fallback?: string;
}

export function OneOf({ path, label, description, known, fallback, hidden }: CatalogProps) {
  const { t } = useTranslation("flowPanels");
  const { value, set } = useField<string>(path);
  const props = useFaultProps(path);
  const shown = value ?? fallback ?? "";
  if (!known) {
    return (
      <Autocomplete
        {...named(label, hidden)}
        description={description}
        dir="ltr"
        data={[]}
        value={shown}
        onChange={(next) => set(next || undefined)}
        {...props}
      />
    );
  }
  return (
    <Select
      {...named(label, hidden)}
      description={description}
      placeholder={known.length === 0 ? t("noneThere") : t("choose")}
      searchable={known.length > 6}
      data={dataOf(known, [shown])}
      value={shown || null}
      allowDeselect={false}
      onChange={(next) => next && set(next)}
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}

export function SomeOf({ path, label, description, known }: CatalogProps) {
  const { t } = useTranslation("flowPanels");
  const { value = [], set } = useField<string[]>(path);
  const props = useFaultProps(path);
  const change = (next: string[]) => set(next.length > 0 ? next : undefined);
  if (!known) {
    return (
      <TagsInput
        label={label}
        description={description}
        dir="ltr"
        value={[...value]}
        onChange={change}
        acceptValueOnBlur
        {...props}
      />
    );
  }
  return (
    <MultiSelect
      label={label}
      description={description}
      placeholder={value.length > 0 ? undefined : known.length === 0 ? t("noneThere") : t("choose")}
      data={dataOf(known, value)}
      searchable
      value={[...value]}
      onChange={change}
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}

/** One thing of the tenant's, by the kind that the catalog calls it. */
export function CatalogField({ kind, many, ...rest }: Props & { kind: Kind; many?: boolean; fallback?: string }) {
  const catalog = useCatalog();
  const known = catalog?.[kind] ?? null;
  return many ? <SomeOf known={known} {...rest} /> : <OneOf known={known} {...rest} />;
}

export function PipelineField(props: Props) {
  const catalog = useCatalog();
  return <OneOf known={catalog?.pipelines ?? null} fallback="default" {...props} />;
}

/** Of the pipeline that the same node names. */
export function StageField(props: Props) {
  const catalog = useCatalog();
  const { value: pipeline = "default" } = useField<string>([...props.path.slice(0, -1), "pipeline"]);
  const found = catalog?.pipelines.find(({ key }) => key === pipeline);
  return <OneOf known={found?.stages ?? null} fallback="new" {...props} />;
}

export function FlowField(props: Props) {
  const { flow } = useForm();
  const catalog = useCatalog();
  const known = catalog?.flows.filter(({ key }) => key !== flow.key) ?? null;
  return <OneOf known={known} {...props} />;
}

interface DurationProps extends Omit<Props, "path"> {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  /** May be left empty. */
  optional?: boolean;
  input?: { error?: ReactNode };
  least?: number;
}

/** A number and a unit; `PT15M` is for machines. */
export function DurationInput({
  label,
  description,
  value,
  onChange,
  optional,
  input,
  hidden,
  least = 1,
}: DurationProps) {
  const { t } = useTranslation("flowPanels");
  const span = spanOf(value);
  const [unit, setUnit] = useState<Unit>(span?.unit ?? "minutes");
  const shown = span ? span.unit : unit;
  return (
    <div className={classes.span}>
      <NumberInput
        {...named(label, hidden)}
        description={description}
        min={least}
        max={9999}
        clampBehavior="strict"
        hideControls
        placeholder={optional ? t("off") : undefined}
        value={span?.amount ?? ""}
        onChange={(next) => {
          if (typeof next === "number") onChange(isoOf({ amount: next, unit: shown }));
          else if (next === "" && optional) onChange(undefined);
        }}
        {...input}
      />
      <Select
        aria-label={t("unitOf", { name: label })}
        data={UNITS.map((each) => ({ value: each, label: t(`unit.${each}`) }))}
        value={shown}
        allowDeselect={false}
        onChange={(next) => {
          if (!next) return;
          setUnit(next as Unit);
          if (span) onChange(isoOf({ amount: span.amount, unit: next as Unit }));
        }}
        comboboxProps={{ withinPortal: true }}
      />
    </div>
  );
}

export function DurationField({ path, optional, ...rest }: Props & { optional?: boolean; least?: number }) {
  const { value, set } = useField<string>(path);
  return <DurationInput {...rest} optional={optional} value={value} onChange={set} input={useFaultProps(path)} />;
}

/** An optional part of the document: begun by a button, taken out by another. */
export function Optional({
  path,
  begin,
  add,
  children,
}: {
  path: Path;
  begin: unknown;
  add: string;
  children: ReactNode;
}) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value } = useField(path);
  if (value === undefined || value === null) {
    return (
      <Button
        variant="default"
        size="compact-sm"
        className={classes.start}
        onClick={() => edit((now) => withValue(now, path, begin))}
      >
        {add}
      </Button>
    );
  }
  return (
    <div className={classes.optional}>
      {children}
      <button type="button" className="linkish" onClick={() => edit((now) => withValue(now, path, undefined))}>
        {t("remove")}
      </button>
    </div>
  );
}
