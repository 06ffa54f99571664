/** The flow's variables: what each is, where it is used, and another name for it everywhere. */
import { Button, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { ArrowRight, ChevronDown, Plus, Search, Trash2, Variable } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../../app/EmptyState";
import type { PanelProps, VariableSpec } from "../../document";
import { Panel, useField, useForm } from "../form/context";
import { GroupFaults } from "../form/Faults";
import classes from "../form/Form.module.css";
import { KeyInput } from "../form/Pairs";
import { DurationField } from "../form/Picks";
import { labelOf, TextField } from "../form/Texts";
import { ValueInput } from "../form/Values";
import { pointerOf, withValue } from "../model/path";
import {
  BUILT_IN,
  declared,
  faultOfName,
  isName,
  isOf,
  renamed,
  SCOPES,
  TYPES,
  type Usage,
  usagesOf,
} from "../model/variables";
import frame from "../nodes/NodePanel.module.css";
import own from "./Variables.module.css";

export function VariablesForm(props: PanelProps) {
  return (
    <Panel {...props}>
      <List />
    </Panel>
  );
}

function List() {
  const { t } = useTranslation("flowPanels");
  const { flow, locale } = useForm();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const usages = useMemo(() => usagesOf(flow), [flow]);
  const names = Object.keys(flow.variables ?? {});
  const wanted = search.trim().toLowerCase();
  const shown = names.filter((name) =>
    `${name} ${labelOf(flow.variables?.[name]?.label, locale)}`.toLowerCase().includes(wanted),
  );
  return (
    <div className={frame.panel}>
      <p className={classes.note}>{t("vars.intro")}</p>
      <NewVariable onAdd={setOpen} />
      <Undeclared usages={usages} />
      {names.length > 5 && (
        <TextInput
          aria-label={t("vars.search")}
          placeholder={t("vars.search")}
          leftSection={<Search size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {names.length === 0 && <EmptyState icon={Variable} title={t("vars.none")} text={t("vars.noneText")} />}
      {names.length > 0 && shown.length === 0 && <p className={classes.note}>{t("vars.notFound")}</p>}
      <ul className={own.list}>
        {shown.map((name) => (
          <One
            key={name}
            name={name}
            spec={flow.variables?.[name] ?? { type: "string" }}
            usages={usages.filter((usage) => isOf(usage.name, name))}
            open={open === name}
            onToggle={() => setOpen(open === name ? null : name)}
            onRename={setOpen}
          />
        ))}
      </ul>
    </div>
  );
}

function NewVariable({ onAdd }: { onAdd: (name: string) => void }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const [scope, setScope] = useState<string>("slots");
  const [name, setName] = useState("");
  const whole = `${scope}.${name.trim()}`;
  const fault = name.trim() === "" ? null : faultOfName(flow, whole);
  const add = () => {
    if (!name.trim() || fault) return;
    edit((now) => declared(now, whole, { type: "string" }));
    setName("");
    onAdd(whole);
  };
  return (
    <form
      className={own.add}
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Select
        aria-label={t("vars.scope")}
        data={SCOPES.map((each) => ({ value: each, label: t(`scope.${each}`) }))}
        value={scope}
        allowDeselect={false}
        onChange={(next) => next && setScope(next)}
        comboboxProps={{ withinPortal: true, width: 220, position: "bottom-start" }}
      />
      <TextInput
        aria-label={t("vars.newName")}
        placeholder={t("vars.newName")}
        dir="ltr"
        value={name}
        error={fault ? t(`vars.fault.${fault}`) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" leftSection={<Plus size={15} />} disabled={!name.trim() || fault !== null}>
        {t("add")}
      </Button>
      <p className={classes.note}>{t(`scopeNote.${scope as "slots"}`)}</p>
    </form>
  );
}

/** Mentioned but not declared: each with one click to do so. */
function Undeclared({ usages }: { usages: readonly Usage[] }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const known = (name: string) =>
    name in BUILT_IN || flow.variables?.[name] !== undefined || flow.inputs?.includes(name);
  const missing = [...new Set(usages.map(({ name }) => name.split(".").slice(0, 2).join(".")))].filter(
    (name) => isName(name) && !known(name),
  );
  if (missing.length === 0) return null;
  return (
    <div className={own.undeclared}>
      <p className={classes.label}>{t("vars.undeclared")}</p>
      {missing.map((name) => (
        <div key={name}>
          <bdi className={classes.mono}>{name}</bdi>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => edit((now) => declared(now, name, { type: "string" }))}
          >
            {t("declare")}
          </Button>
        </div>
      ))}
    </div>
  );
}

interface OneProps {
  name: string;
  spec: VariableSpec;
  usages: readonly Usage[];
  open: boolean;
  onToggle: () => void;
  onRename: (name: string) => void;
}

function One({ name, spec, usages, open, onToggle, onRename }: OneProps) {
  const { t } = useTranslation("flowPanels");
  const { flow, locale } = useForm();
  const input = flow.inputs?.includes(name) || flow.outputs?.includes(name);
  const unused = usages.length === 0 && !input;
  return (
    <li data-pointer={pointerOf(["variables", name])}>
      <button type="button" className={own.head} aria-expanded={open} onClick={onToggle}>
        <span className={own.name}>
          <bdi>{name}</bdi>
          <small>{labelOf(spec.label, locale)}</small>
        </span>
        <span className={own.type}>{t(`type.${spec.type as "string"}`)}</span>
        <span className={own.uses} data-unused={unused || undefined}>
          {unused ? t("vars.unused") : t("vars.uses", { n: usages.length })}
        </span>
        <ChevronDown size={15} aria-hidden="true" data-open={open || undefined} />
      </button>
      {open && <Details name={name} spec={spec} usages={usages} onRename={onRename} />}
    </li>
  );
}

function Details({ name, spec, usages, onRename }: Omit<OneProps, "open" | "onToggle">) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const path = ["variables", name];
  const given = useField([...path, "default"]);
  const set = (field: string, value: unknown) =>
    edit((now) => withValue(now, [...path, field], value), pointerOf([...path, field]));
  const rename = (to: string) => {
    edit((now) => renamed(now, name, to));
    onRename(to);
  };
  return (
    <div className={own.details}>
      <KeyInput
        label={t("vars.name")}
        description={usages.length > 0 ? t("vars.renameNote", { n: usages.length }) : undefined}
        hidden={false}
        value={name}
        taken={Object.keys(flow.variables ?? {})}
        check={isName}
        onChange={rename}
      />
      <Select
        label={t("field.type")}
        data={TYPES.map((each) => ({ value: each, label: t(`type.${each}`) }))}
        value={spec.type}
        allowDeselect={false}
        onChange={(next) =>
          next && edit((now) => withValue(withValue(now, [...path, "type"], next), [...path, "default"], undefined))
        }
        comboboxProps={{ withinPortal: true }}
      />
      {spec.type === "enum" && (
        <TagsInput
          label={t("vars.values")}
          value={[...(spec.values ?? [])]}
          onChange={(next) => set("values", next.length > 0 ? next : undefined)}
          acceptValueOnBlur
          dir="ltr"
          comboboxProps={{ withinPortal: true }}
        />
      )}
      <TextField path={[...path, "label"]} label={t("vars.label")} description={t("vars.labelNote")} holes={false} />
      <div>
        <p className={classes.label}>{t("vars.default")}</p>
        <ValueInput
          label={t("vars.default")}
          spec={spec}
          kinds={["text", "number", "yesno", "nothing", "data"]}
          value={given.value}
          onChange={(next) => given.set(next ?? undefined)}
        />
      </div>
      <Switch
        label={t("vars.pii")}
        description={t("vars.piiNote")}
        checked={spec.pii === true}
        onChange={(event) => set("pii", event.currentTarget.checked || undefined)}
      />
      {name.startsWith("slots.") && (
        <Switch
          label={t("vars.keep")}
          description={t("vars.keepNote")}
          checked={spec.keep === true}
          onChange={(event) => set("keep", event.currentTarget.checked || undefined)}
        />
      )}
      {name.startsWith("contact.") && (
        <DurationField path={[...path, "retention"]} label={t("vars.retention")} optional />
      )}
      <GroupFaults path={path} exact={false} />
      <Usages usages={usages} />
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        className={classes.start}
        leftSection={<Trash2 size={14} />}
        onClick={() => edit((now) => withValue(now, path, undefined))}
      >
        {t("vars.drop")}
      </Button>
    </div>
  );
}

function Usages({ usages }: { usages: readonly Usage[] }) {
  const { t } = useTranslation("flowPanels");
  const { flow, show } = useForm();
  if (usages.length === 0) return <p className={classes.note}>{t("vars.unusedNote")}</p>;
  return (
    <div>
      <p className={classes.label}>{t("vars.where")}</p>
      <ul className={own.usages}>
        {placesOf(usages).map((usage) => {
          const { node, how, excerpt, pointer } = usage;
          const place = node === null ? t("vars.ofFlow") : flow.nodes[node]?.title || node;
          return (
            <li key={`${pointer} ${usage.name} ${how}`}>
              <button type="button" disabled={node === null} onClick={() => node !== null && show(node)}>
                <strong>{place}</strong>
                <span>{t(how === "writes" ? "vars.writes" : "vars.reads")}</span>
                {node !== null && <ArrowRight size={13} aria-hidden="true" />}
              </button>
              {excerpt && <small dir="auto">{excerpt}</small>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** A place that mentions it twice is listed once. */
function placesOf(usages: readonly Usage[]): Usage[] {
  return [...new Map(usages.map((usage) => [`${usage.pointer} ${usage.name} ${usage.how}`, usage])).values()];
}
