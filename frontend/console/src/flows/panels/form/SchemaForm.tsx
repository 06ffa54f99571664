/** A form for any node type, drawn from its JSON Schema. */
import { Checkbox, NumberInput, SegmentedControl, Select, Switch, TagsInput } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isRecord, type Path, pointerOf, valueAt, withValue } from "../model/path";
import { freeId, isKey, moved, withId, without } from "../model/ports";
import {
  blank,
  type FieldOf,
  fieldsOf,
  isSame,
  pointless,
  resolve,
  type Schema,
  shapeOf,
  valuesOf,
} from "../model/schema";
import { reordered } from "../model/texts";
import { AssignList } from "../nodes/Assign";
import { CasesList } from "../nodes/Cases";
import { ChecksList } from "../nodes/Checks";
import { IntentsList } from "../nodes/Intents";
import { OptionsList } from "../nodes/Options";
import { useField, useForm } from "./context";
import { Expression } from "./Expression";
import { GroupFaults, useFaultProps } from "./Faults";
import classes from "./Form.module.css";
import {
  CatalogField,
  DurationField,
  FlowField,
  Optional,
  PipelineField,
  StageField,
  TargetField,
  VariableField,
} from "./Picks";
import { ChannelSays, SayField, SayList } from "./Say";
import { Sortable } from "./Sortable";
import { StepsField } from "./Steps";
import { LineField, TextField, WordsField } from "./Texts";
import { BodyField, KeyInput, Pairs, ValueField } from "./Values";
import { useFieldWords } from "./words";

interface FormProps {
  schema: Schema;
  path: Path;
  /** Fields that are drawn elsewhere. */
  except?: readonly string[];
  /** Only these, in this order. */
  only?: readonly string[];
  /** Advanced ones are not folded away. */
  flat?: boolean;
}

/** Fields of an object: what is needed first, advanced ones folded away. */
export function SchemaForm({ schema, path, except = [], only, flat }: FormProps) {
  const all = fieldsOf(schema).filter(({ name }) => !except.includes(name));
  const chosen = only ? only.flatMap((name) => all.filter((field) => field.name === name)) : all;
  const shown = flat || only ? chosen : chosen.filter(({ advanced }) => !advanced);
  const folded = flat || only ? [] : chosen.filter(({ advanced }) => advanced);
  return (
    <>
      {shown.map((field) => (
        <SchemaField key={field.name} field={field} path={[...path, field.name]} />
      ))}
      {folded.length > 0 && <Advanced fields={folded} path={path} />}
    </>
  );
}

export function Advanced({
  fields,
  path,
  title = "advanced",
}: {
  fields: readonly FieldOf[];
  path: Path;
  title?: "advanced" | "common";
}) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const set = fields.filter(({ name }) => valueAt(flow, [...path, name]) !== undefined).length;
  return (
    <Fold
      title={t(title)}
      note={set > 0 ? t("nSet", { n: set }) : undefined}
      path={path}
      names={fields.map(({ name }) => name)}
    >
      {fields.map((field) => (
        <SchemaField key={field.name} field={field} path={[...path, field.name]} />
      ))}
    </Fold>
  );
}

interface FoldProps {
  title: string;
  note?: string;
  /** Opens by itself where something is wrong with one of these fields. */
  path?: Path;
  names?: readonly string[];
  open?: boolean;
  children: ReactNode;
}

export function Fold({ title, note, path, names = [], open = false, children }: FoldProps) {
  const { issues } = useForm();
  const roots = path ? names.map((name) => pointerOf([...path, name])) : [];
  const faulty = issues.some(
    ({ pointer, severity }) =>
      severity === "error" && roots.some((root) => pointer === root || pointer.startsWith(`${root}/`)),
  );
  return (
    <details className={classes.fold} open={open || faulty}>
      <summary>
        <ChevronDown size={15} aria-hidden="true" />
        {title}
        {note && <small>{note}</small>}
      </summary>
      <div className={classes.foldBody}>{children}</div>
    </details>
  );
}

/** Fields of the node by their names, as its schema draws them. */
export function Fields({
  node,
  names,
  under = [],
}: {
  node: string;
  names: readonly string[];
  under?: readonly string[];
}) {
  const { root } = useForm();
  const schema = under.reduce((outer, name) => shapeOf(outer.properties?.[name] ?? {}, root).schema, root);
  return <SchemaForm schema={schema} path={["nodes", node, ...under]} only={names} />;
}

export function SchemaField({ field, path }: { field: FieldOf; path: Path }) {
  const { root, type } = useForm();
  const words = useFieldWords();
  const shape = shapeOf(field.schema, root);
  // A field within another may be called otherwise there, and in one type of node.
  const owner = path.length > 3 ? String(path.at(-2)) : type?.type;
  const label = words.label(field.name, owner);
  const help = words.help(field.name, owner);
  const common = { path, label, description: help };
  const optional = shape.nullable || !field.required;
  switch (shape.widget) {
    case "text-i18n":
      return <TextField {...common} lines={field.name === "text" ? 3 : 1} />;
    case "words-i18n":
      return <WordsField {...common} sentences={field.name === "examples"} />;
    case "say":
      return <SayField {...common} optional={optional} />;
    case "variable":
      return <VariableField {...common} writes={field.name === "save"} />;
    case "template":
      return <LineField {...common} holes keep={shape.default !== undefined && shape.default !== null} />;
    case "expression":
      return <Expression {...common} />;
    case "duration":
      return <DurationField {...common} optional={optional} />;
    case "options":
      return <OptionsList path={path} />;
    case "cases":
      return <CasesList path={path} />;
    case "assign":
      return <AssignList path={path} />;
    case "flow":
      return <FlowField {...common} />;
    case "connection":
      return <CatalogField kind="connections" {...common} />;
    case "pipeline":
      return <PipelineField {...common} />;
    case "stage":
      return <StageField {...common} />;
    case "queue":
      return <CatalogField kind="queues" fallback="default" {...common} />;
    case "knowledge":
      return <CatalogField kind="knowledge" many {...common} />;
    case "model":
      return <CatalogField kind="models" fallback={shape.nullable ? undefined : "default"} {...common} />;
    case "tools":
      return <CatalogField kind="tools" many {...common} />;
    case "message-template":
      return <CatalogField kind="templates" {...common} />;
    case "asset":
      return <CatalogField kind="assets" {...common} />;
    case "fields":
      return <FieldsMap {...common} />;
    case "json-template":
      return <BodyField {...common} />;
    case "multiline":
      return <LineField {...common} lines={4} holes={type?.type !== "note"} keep />;
    case "target":
      return <TargetField {...common} />;
    default:
      return <ByType field={field} path={path} label={label} help={help} />;
  }
}

function FieldsMap({ path, label, description }: { path: Path; label: string; description?: string }) {
  const { t } = useTranslation("flowPanels");
  return (
    <Pairs
      path={path}
      label={label}
      description={description}
      add={t("addField")}
      begin={{ $var: "" }}
      keyLabel={t("fieldName")}
      valueLabel={t("fieldValue")}
    />
  );
}

interface TypeProps {
  field: FieldOf;
  path: Path;
  label: string;
  help?: string;
}

/** What the server named no widget for. */
function ByType({ field, path, label, help }: TypeProps) {
  const { root, type } = useForm();
  const { widget, schema, default: given, nullable } = shapeOf(field.schema, root);
  switch (widget) {
    case "choice":
      return <Choice path={path} label={label} help={help} values={(schema.enum ?? []).map(String)} given={given} />;
    case "choices":
      return (
        <Choices path={path} label={label} help={help} values={(schema.items?.enum ?? []).map(String)} given={given} />
      );
    case "flag":
      return <Flag path={path} label={label} help={help} given={given === true} />;
    case "number":
      return <Amount path={path} label={label} help={help} schema={schema} given={given} />;
    case "line":
      return (
        <LineField
          path={path}
          label={label}
          description={help}
          keep={field.required}
          lines={field.name === "note" ? 2 : 1}
          maxLength={schema.maxLength}
        />
      );
    case "tags":
      return (
        <Tags
          path={path}
          label={label}
          help={help}
          given={given}
          known={field.name === "guards" ? "guards" : undefined}
        />
      );
    case "map":
      if (field.name === "channels") return <ChannelSays path={path} />;
      return <PlainMap path={path} label={label} help={help} schema={schema} />;
    case "list":
      if (field.name === "intents" && type?.type === "router") return <IntentsList path={path} />;
      if (field.name === "variants") return <Variants path={path} label={label} help={help} />;
      return <PlainList path={path} label={label} help={help} schema={schema} />;
    case "object":
      return <Inner path={path} label={label} schema={schema} optional={nullable} />;
    default:
      return <ValueField path={path} label={label} />;
  }
}

function Variants({ path, label, help }: { path: Path; label: string; help?: string }) {
  const { t } = useTranslation("flowPanels");
  return <SayList path={path} label={label} description={help} add={t("addVariant")} />;
}

interface Given {
  path: Path;
  label: string;
  help?: string;
  given: unknown;
}

/** Setting what is so anyway leaves nothing in the document. */
function useWithDefault<T>(path: Path, given: unknown) {
  const { value, set } = useField<T>(path);
  return {
    value: value ?? (given as T | undefined),
    set: (next: T | undefined) => set(isSame(next, given) ? undefined : next),
  };
}

export function Choice({ path, label, help, values, given }: Given & { values: readonly string[] }) {
  const words = useFieldWords();
  const { value, set } = useWithDefault<string>(path, given);
  const data = values.map((each) => ({ value: each, label: words.choice(each) }));
  const props = useFaultProps(path);
  if (data.length <= 3 && data.every((each) => each.label.length <= 14)) {
    return (
      <div data-pointer={pointerOf(path)}>
        <p className={classes.label} id={`${pointerOf(path)}-label`}>
          {label}
        </p>
        {help && <p className={classes.help}>{help}</p>}
        <SegmentedControl
          fullWidth
          aria-labelledby={`${pointerOf(path)}-label`}
          data={data}
          value={value ?? ""}
          onChange={set}
        />
        <GroupFaults path={path} exact={false} />
      </div>
    );
  }
  return (
    <Select
      label={label}
      description={help}
      data={data}
      value={value ?? null}
      allowDeselect={false}
      onChange={(next) => next && set(next)}
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}

function Choices({ path, label, help, values, given }: Given & { values: readonly string[] }) {
  const words = useFieldWords();
  const { value = [], set } = useWithDefault<string[]>(path, given);
  return (
    <Checkbox.Group
      label={label}
      description={help}
      value={[...value]}
      onChange={(next) => set(values.filter((each) => next.includes(each)))}
      {...useFaultProps(path)}
    >
      <div className={classes.checks}>
        {values.map((each) => (
          <Checkbox key={each} value={each} label={words.choice(each)} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

export function Flag({ path, label, help, given }: Given) {
  const { value = false, set } = useWithDefault<boolean>(path, given);
  return (
    <div data-pointer={pointerOf(path)}>
      <Switch label={label} description={help} checked={value} onChange={(event) => set(event.currentTarget.checked)} />
      <GroupFaults path={path} exact={false} />
    </div>
  );
}

export function Amount({ path, label, help, schema, given }: Given & { schema: Schema }) {
  const { value, set } = useWithDefault<number>(path, given ?? undefined);
  const whole = schema.type === "integer";
  const fraction = !whole && schema.maximum === 1;
  return (
    <NumberInput
      label={label}
      description={help}
      min={schema.minimum ?? schema.exclusiveMinimum}
      max={schema.maximum}
      step={fraction ? 0.05 : 1}
      allowDecimal={!whole}
      hideControls={!whole && !fraction}
      value={value ?? ""}
      onChange={(next) => set(typeof next === "number" ? next : undefined)}
      {...useFaultProps(path)}
    />
  );
}

function Tags({ path, label, help, given, known }: Given & { known?: "guards" }) {
  const { t } = useTranslation("flowPanels");
  const { value = [], set } = useWithDefault<string[]>(path, given);
  const props = useFaultProps(path);
  if (known) return <CatalogField kind={known} many path={path} label={label} description={help} />;
  return (
    <TagsInput
      label={label}
      description={help}
      placeholder={value.length > 0 ? undefined : t("typeAndEnter")}
      value={[...value]}
      onChange={set}
      acceptValueOnBlur
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}

/** An object within: its fields, begun first where it may be left out. */
function Inner({ path, label, schema, optional }: { path: Path; label: string; schema: Schema; optional: boolean }) {
  const { t } = useTranslation("flowPanels");
  const { root, flow } = useForm();
  const except = pointless(schema, valueAt(flow, [...path, "type"]));
  const fields = (
    <fieldset className={classes.group} data-pointer={pointerOf(path)}>
      <legend>{label}</legend>
      <SchemaForm schema={schema} path={path} except={except} />
      <GroupFaults path={path} />
    </fieldset>
  );
  if (!optional) return fields;
  return (
    <Optional path={path} begin={blank(schema, root)} add={t("addNamed", { name: label })}>
      {fields}
    </Optional>
  );
}

function PlainMap({ path, label, help, schema }: { path: Path; label: string; help?: string; schema: Schema }) {
  const { t } = useTranslation("flowPanels");
  const { root } = useForm();
  const values = valuesOf(schema, root);
  const variables = Object.keys(schema.patternProperties ?? {}).some((pattern) => pattern.startsWith("^(slots"));
  const texts = values.type === "string";
  return (
    <Pairs
      path={path}
      label={label}
      description={help}
      variables={variables}
      fresh={variables ? "slots.new" : "name"}
      add={t("addField")}
      keyLabel={t(variables ? "variable" : "fieldName")}
      valueLabel={t("fieldValue")}
      value={
        texts
          ? (key, _, __) => <LineField path={[...path, key]} label={`${t("fieldValue")}: ${key}`} hidden keep />
          : undefined
      }
    />
  );
}

function PlainList({ path, label, help, schema }: { path: Path; label: string; help?: string; schema: Schema }) {
  const { t } = useTranslation("flowPanels");
  const { edit, root, node } = useForm();
  const { value = [] } = useField<unknown[]>(path);
  const key = node ?? "";
  const ids = value.flatMap((one) => pathIds(one));
  const items = schema.items ? resolve(schema.items, root) : {};
  const { widget, schema: inner } = shapeOf(items, root);
  const isStep = inner.properties?.after !== undefined && inner.properties.say !== undefined;
  if (isStep) return <StepsField path={path} label={label} description={help} timed={path.at(-1) === "no_input"} />;
  const named = inner.properties?.id !== undefined;
  const entry = (at: number) =>
    widget === "object" ? (
      <div className={classes.fields}>
        {named && (
          <KeyInput
            label={t("field.id")}
            hidden={false}
            value={ids[at] ?? ""}
            taken={ids}
            check={isKey}
            onChange={(id) => edit((now) => withId(now, key, [...path, at], id))}
          />
        )}
        <SchemaForm schema={inner} path={[...path, at]} except={named ? ["id"] : []} />
        <GroupFaults path={[...path, at]} />
      </div>
    ) : (
      <SchemaField
        field={{ name: String(at + 1), schema: items, required: true, advanced: false }}
        path={[...path, at]}
      />
    );
  const begin = () => {
    const made = blank(items, root);
    const fresh = named && isRecord(made) ? { ...made, id: freeId(ids, "item") } : made;
    edit((now) => withValue(now, [...path, value.length], fresh));
  };
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{label}</p>
      {help && <p className={classes.help}>{help}</p>}
      {widget === "check" ? (
        <ChecksList path={path} />
      ) : (
        <Sortable
          count={value.length}
          nameOf={(at) => `${label} ${at + 1}`}
          body={entry}
          onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
          onRemove={(at) => edit((now) => without(now, key, path, at))}
          onAdd={begin}
          add={t("add")}
          least={schema.minItems}
          most={schema.maxItems}
        />
      )}
      <GroupFaults path={path} />
    </div>
  );
}

function pathIds(value: unknown): string[] {
  const id = valueAt(value, ["id"]);
  return typeof id === "string" ? [id] : [];
}
