/** Variables and the values they are given. */
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useField, useForm } from "../form/context";
import { Expression } from "../form/Expression";
import { GroupFaults } from "../form/Faults";
import classes from "../form/Form.module.css";
import { VariableField } from "../form/Picks";
import { Sortable } from "../form/Sortable";
import { ValueField } from "../form/Values";
import { type Path, pointerOf, withValue } from "../model/path";
import { moved } from "../model/ports";
import { reordered } from "../model/texts";
import { specOf } from "../model/variables";

interface Assign {
  var: string;
  value?: unknown;
  expr?: string;
}

export function AssignList({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value = [] } = useField<Assign[]>(path);
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.assign")}</p>
      <p className={classes.help}>{t("help.assign")}</p>
      <Sortable
        count={value.length}
        nameOf={(at) => value[at]?.var || t("variable")}
        body={(at) => <OneAssign path={[...path, at]} one={value[at] ?? { var: "" }} />}
        onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
        onRemove={(at) =>
          edit((now) =>
            reordered(
              now,
              path,
              value.map((_, one) => one).filter((one) => one !== at),
            ),
          )
        }
        onAdd={() => edit((now) => withValue(now, [...path, value.length], { var: "", value: "" }))}
        add={t("addAssign")}
        least={1}
        most={30}
      />
      <GroupFaults path={path} />
    </div>
  );
}

function OneAssign({ path, one }: { path: Path; one: Assign }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const byExpression = one.expr !== undefined;
  return (
    <div className={classes.fields}>
      <VariableField path={[...path, "var"]} label={t("variable")} writes />
      <SegmentedControl
        size="xs"
        aria-label={t("givenBy")}
        data={[
          { value: "value", label: t("byValue") },
          { value: "expr", label: t("byExpression") },
        ]}
        value={byExpression ? "expr" : "value"}
        onChange={(next) =>
          edit((now) =>
            withValue(now, path, next === "expr" ? { var: one.var, expr: "" } : { var: one.var, value: "" }),
          )
        }
      />
      {byExpression ? (
        <Expression path={[...path, "expr"]} label={t("field.expr")} hidden />
      ) : (
        <ValueField path={[...path, "value"]} label={t("field.value")} spec={specOf(flow, one.var)} />
      )}
      <GroupFaults path={path} />
    </div>
  );
}
