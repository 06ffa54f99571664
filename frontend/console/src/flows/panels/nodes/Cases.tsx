/** Cases of a condition: rows of variable, comparison and value, in groups; or an expression. */
import { ActionIcon, SegmentedControl, Select } from "@mantine/core";
import { FolderPlus, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useField, useForm } from "../form/context";
import { Expression } from "../form/Expression";
import { GroupFaults, useFaultProps } from "../form/Faults";
import classes from "../form/Form.module.css";
import { KeyInput } from "../form/Pairs";
import { VariableField } from "../form/Picks";
import { Sortable } from "../form/Sortable";
import { ValueInput } from "../form/Values";
import { isRecord, type Path, pointerOf, valueAt, withValue } from "../model/path";
import { freeId, isKey, moved, withId, without } from "../model/ports";
import { operatorsOf, type Row, type RowGroup, sentenceOf } from "../model/rows";
import { reordered } from "../model/texts";
import { specOf } from "../model/variables";
import own from "./Cases.module.css";

interface Case extends RowGroup {
  id: string;
  expr?: string;
}

export function CasesList({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit, node } = useForm();
  const { value = [] } = useField<Case[]>(path);
  const ids = value.map(({ id }) => id);
  const key = node ?? "";
  const say = useSentence();
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.cases")}</p>
      <p className={classes.help}>{t("help.cases")}</p>
      <Sortable
        count={value.length}
        nameOf={(at) => value[at]?.id ?? ""}
        open
        head={(at) => (
          <div className={own.case}>
            <KeyInput
              label={t("caseNo", { n: at + 1 })}
              value={value[at]?.id ?? ""}
              taken={[...ids, "else"]}
              check={isKey}
              onChange={(id) => edit((now) => withId(now, key, [...path, at], id))}
            />
            <p className={own.sentence}>{say(value[at])}</p>
          </div>
        )}
        body={(at) => <CaseBody path={[...path, at]} />}
        onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
        onRemove={(at) => edit((now) => without(now, key, path, at))}
        onAdd={() =>
          edit((now) =>
            withValue(now, [...path, value.length], {
              id: freeId(ids, "case"),
              all: [{ var: "", op: "eq", value: "" }],
            }),
          )
        }
        add={t("addCase")}
        least={1}
        most={20}
      />
      <p className={classes.note}>{t("elseNote")}</p>
      <GroupFaults path={path} />
    </div>
  );
}

/** A case in words, as the canvas might show it. */
function useSentence() {
  const { t } = useTranslation("flowPanels");
  return (one: Case | undefined): string =>
    one?.expr !== undefined
      ? one.expr
      : sentenceOf(one ?? {}, {
          op: (op) => t(`op.${op}`),
          and: t("and"),
          or: t("or"),
          yes: t("yes"),
          no: t("no"),
        });
}

function CaseBody({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value } = useField<Case>(path);
  const byExpression = value?.expr !== undefined;
  const switchTo = (mode: string) =>
    edit((now) => {
      const id = valueAt(now, [...path, "id"]);
      return withValue(now, path, mode === "expr" ? { id, expr: "" } : { id, all: [{ var: "", op: "eq", value: "" }] });
    });
  const both = (value?.all?.length ?? 0) > 0 && (value?.any?.length ?? 0) > 0;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t("decidedBy")}
        data={[
          { value: "rows", label: t("byRows") },
          { value: "expr", label: t("byExpression") },
        ]}
        value={byExpression ? "expr" : "rows"}
        onChange={switchTo}
      />
      {byExpression && <Expression path={[...path, "expr"]} label={t("field.expr")} />}
      {byExpression && !value?.all?.length && !value?.any?.length ? null : both ? (
        <>
          <Rows path={[...path, "all"]} side="all" />
          <p className={own.and}>{t("and")}</p>
          <Rows path={[...path, "any"]} side="any" />
        </>
      ) : (
        <Group path={path} depth={0} />
      )}
      <GroupFaults path={path} />
    </>
  );
}

/** Rows of which all, or any, must hold. */
function Group({ path, depth }: { path: Path; depth: number }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value = {} } = useField<RowGroup>(path);
  const side = (value.any?.length ?? 0) > 0 ? "any" : "all";
  const flip = (next: string) =>
    edit((now) => {
      const group = valueAt(now, path) as RowGroup;
      const { all, any, ...rest } = group;
      return withValue(now, path, { ...rest, [next]: all?.length ? all : (any ?? []) });
    });
  return (
    <div className={depth > 0 ? own.group : own.rows}>
      <SegmentedControl
        size="xs"
        aria-label={t("howMany")}
        data={[
          { value: "all", label: t("all") },
          { value: "any", label: t("any") },
        ]}
        value={side}
        onChange={flip}
      />
      <Rows path={[...path, side]} side={side} depth={depth} />
    </div>
  );
}

function Rows({ path, side, depth = 0 }: { path: Path; side: "all" | "any"; depth?: number }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value: rows = [] } = useField<(Row | RowGroup)[]>(path);
  const keep = (at: number) => rows.map((_, one) => one).filter((one) => one !== at);
  const add = (row: Row | RowGroup) => edit((now) => withValue(now, [...path, rows.length], row));
  const fresh: Row = { var: "", op: "eq", value: "" };
  return (
    <div className={own.rows} data-pointer={pointerOf(path)}>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place.
        <div key={at} className={own.line}>
          {at > 0 && <span className={own.joint}>{t(side === "all" ? "and" : "or")}</span>}
          {isRow(row) ? <RowFields path={[...path, at]} row={row} /> : <Group path={[...path, at]} depth={depth + 1} />}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            className={own.drop}
            aria-label={t("removeIt", { name: t("rowNo", { n: at + 1 }) })}
            disabled={rows.length < 2 && depth === 0}
            onClick={() => edit((now) => reordered(now, path, keep(at)))}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </div>
      ))}
      <div className={classes.tools}>
        <button type="button" className={classes.more} onClick={() => add(fresh)}>
          <Plus size={14} aria-hidden="true" />
          {t("addRow")}
        </button>
        {depth < 2 && (
          <button
            type="button"
            className={classes.more}
            onClick={() => add({ [side === "all" ? "any" : "all"]: [fresh] })}
          >
            <FolderPlus size={14} aria-hidden="true" />
            {t("addGroup")}
          </button>
        )}
      </div>
    </div>
  );
}

const isRow = (row: Row | RowGroup): row is Row => "var" in row;

function RowFields({ path, row }: { path: Path; row: Row }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const spec = specOf(flow, row.var.split(".").slice(0, 2).join("."));
  const offered = operatorsOf(spec?.type);
  const operators = offered.includes(row.op) ? offered : [...offered, row.op];
  const props = useFaultProps([...path, "value"]);
  const op = useFaultProps([...path, "op"]);
  const many = row.op === "in" || row.op === "not_in";
  const setValue = (value: unknown) =>
    edit((now) => withValue(now, [...path, "value"], value ?? null), pointerOf([...path, "value"]));
  const setOp = (next: string) =>
    edit((now) => {
      const old = valueAt(now, [...path, "value"]);
      return withValue(withValue(now, [...path, "op"], next), [...path, "value"], fitting(next, old));
    });
  const between = Array.isArray(row.value) ? row.value : [0, 0];
  return (
    <div className={own.row}>
      <VariableField path={[...path, "var"]} label={t("variable")} hidden />
      <Select
        aria-label={t("field.op")}
        data={operators.map((each) => ({ value: each, label: t(`op.${each}`) }))}
        value={row.op}
        allowDeselect={false}
        onChange={(next) => next && setOp(next)}
        comboboxProps={{ withinPortal: true }}
        {...op}
      />
      {row.op === "between" ? (
        <div className={classes.pair}>
          {[0, 1].map((at) => (
            <ValueInput
              key={at}
              label={t(at === 0 ? "from" : "to")}
              value={between[at]}
              spec={spec}
              kinds={[spec?.type === "number" || !spec ? "number" : "text"]}
              onChange={(next) => setValue(between.map((one, place) => (place === at ? (next ?? 0) : one)))}
              input={props}
            />
          ))}
        </div>
      ) : (
        row.op !== "set" &&
        row.op !== "not_set" && (
          <ValueInput
            label={t("field.value")}
            value={row.value}
            spec={spec}
            many={many}
            onChange={setValue}
            input={props}
          />
        )
      )}
      <GroupFaults path={path} />
    </div>
  );
}

/** A value of the form that the comparison needs. */
function fitting(op: string, old: unknown): unknown {
  if (op === "set" || op === "not_set") return undefined;
  if (op === "between") return Array.isArray(old) && old.length === 2 ? old : [0, 0];
  if (op === "in" || op === "not_in") return Array.isArray(old) ? old : typeof old === "string" && old ? [old] : [];
  if (Array.isArray(old)) return old[0] ?? "";
  return old === undefined || (isRecord(old) && !("$var" in old)) ? "" : old;
}
