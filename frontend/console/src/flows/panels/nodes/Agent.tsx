/** A model that talks: what it is told, what it may use, by which exits it leaves, what it may spend. */
import { ActionIcon } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useField, useForm } from "../form/context";
import { GroupFaults } from "../form/Faults";
import { Fold } from "../form/Fold";
import classes from "../form/Form.module.css";
import { KeyInput, Pairs } from "../form/Pairs";
import { Optional } from "../form/Picks";
import { Fields } from "../form/SchemaForm";
import { AddButton, LineField } from "../form/Texts";
import { type Path, pointerOf, withKey, withValue } from "../model/path";
import { freeId, isKey } from "../model/ports";

export const BUDGET = { turns: 6, llm_calls: 10, tool_calls: 8, seconds: 40 };

export function AgentForm({ node }: { node: string }) {
  const { t } = useTranslation("flowPanels");
  const path = ["nodes", node];
  return (
    <>
      <LineField
        path={[...path, "instructions"]}
        label={t("field.instructions")}
        description={t("help.instructions")}
        lines={6}
        holes
        keep
        maxLength={8000}
      />
      <Exits node={node} path={[...path, "exits"]} />
      <Fields node={node} names={["tools", "knowledge"]} />
      <Pairs
        path={[...path, "collect"]}
        label={t("field.collect")}
        description={t("help.collect")}
        variables
        fresh="slots.new"
        add={t("addCollect")}
        keyLabel={t("variable")}
        valueLabel={t("hint")}
        value={(key) => <LineField path={[...path, "collect", key]} label={`${t("hint")}: ${key}`} hidden keep />}
      />
      <div>
        <p className={classes.label}>{t("field.budget")}</p>
        <p className={classes.help}>{t("help.budget")}</p>
        <Optional path={[...path, "budget"]} begin={BUDGET} add={t("setBudget")}>
          <div className={classes.pair}>
            <Fields node={node} under={["budget"]} names={["turns", "llm_calls", "tool_calls", "seconds", "usd"]} />
          </div>
        </Optional>
      </div>
      <Fold title={t("advanced")} path={path} names={["model", "guards", "offline"]}>
        <Fields node={node} names={["model", "guards", "offline"]} />
      </Fold>
    </>
  );
}

/** Exits are offered to the model with the words that say when. */
function Exits({ node, path }: { node: string; path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit, flow } = useForm();
  const { value = {} } = useField<Record<string, string>>(path);
  const keys = Object.keys(value);
  const rename = (from: string, to: string) =>
    edit((now) => {
      const made = withValue(now, path, withKey(value, from, to));
      const lines = flow.nodes[node]?.to;
      return lines?.[from] ? withValue(made, ["nodes", node, "to"], withKey(lines, from, to)) : made;
    });
  const drop = (key: string) =>
    edit((now) => {
      const rest = Object.fromEntries(Object.entries(value).filter(([each]) => each !== key));
      return withValue(
        withValue(now, path, keys.length === 1 ? undefined : rest),
        ["nodes", node, "to", key],
        undefined,
      );
    });
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.exits")}</p>
      <p className={classes.help}>{t("help.exits")}</p>
      <div className={classes.pairs}>
        {keys.map((key, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a key changes while it is typed.
          <div key={at} className={classes.entry}>
            <KeyInput
              label={t("exitNo", { n: at + 1 })}
              value={key}
              taken={[...keys, "budget", "error"]}
              check={isKey}
              onChange={(to) => rename(key, to)}
            />
            <LineField path={[...path, key]} label={t("when", { name: key })} hidden keep placeholder={t("whenHint")} />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t("removeIt", { name: key })}
              onClick={() => drop(key)}
            >
              <Trash2 size={15} />
            </ActionIcon>
          </div>
        ))}
      </div>
      <GroupFaults path={path} />
      <AddButton
        icon={<Plus size={14} />}
        onClick={() => edit((now) => withValue(now, [...path, freeId(keys, "exit")], ""))}
      >
        {t("addExit")}
      </AddButton>
    </div>
  );
}
