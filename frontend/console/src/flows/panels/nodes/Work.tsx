/** Forms of nodes that get something done, in the order in which builders think of it. */
import { useTranslation } from "react-i18next";
import { useField } from "../form/context";
import { Fold } from "../form/Fold";
import classes from "../form/Form.module.css";
import { BodyField, Pairs } from "../form/Pairs";
import { DurationField, Optional } from "../form/Picks";
import { SayField } from "../form/Say";
import { Fields } from "../form/SchemaForm";
import { LineField } from "../form/Texts";
import { IntentsList } from "./Intents";

interface Props {
  node: string;
}

export function RouterForm({ node }: Props) {
  const { t } = useTranslation("flowPanels");
  return (
    <>
      <IntentsList path={["nodes", node, "intents"]} />
      <Fields node={node} names={["wait"]} />
      <Fold title={t("advanced")} path={["nodes", node]} names={["using", "model", "threshold"]}>
        <Fields node={node} names={["using", "model", "threshold"]} />
      </Fold>
    </>
  );
}

export function HttpForm({ node }: Props) {
  const { t } = useTranslation("flowPanels");
  const path = ["nodes", node];
  const { value: method = "GET" } = useField<string>([...path, "method"]);
  return (
    <>
      <Fields node={node} names={["connection"]} />
      <div className={classes.request}>
        <Fields node={node} names={["method", "path"]} />
      </div>
      {method !== "GET" && <BodyField path={[...path, "json"]} label={t("field.json")} description={t("help.json")} />}
      <Pairs
        path={[...path, "map"]}
        label={t("field.map")}
        description={t("help.map")}
        variables
        fresh="slots.new"
        begin="body."
        add={t("addMap")}
        keyLabel={t("variable")}
        valueLabel={t("fromReply")}
        value={(key) => <LineField path={[...path, "map", key]} label={`${t("fromReply")}: ${key}`} hidden mono keep />}
      />
      <Fold title={t("advanced")} path={path} names={["timeout_s", "retry", "effect", "repeatable"]}>
        <Fields node={node} names={["timeout_s", "retry", "effect", "repeatable"]} />
      </Fold>
    </>
  );
}

export function LeadForm({ node }: Props) {
  const { t } = useTranslation("flowPanels");
  return (
    <>
      <div className={classes.pair}>
        <Fields node={node} names={["pipeline", "stage"]} />
      </div>
      <Fields node={node} names={["fields", "tags"]} />
      <Fold title={t("advanced")} path={["nodes", node]} names={["dedupe", "owner"]}>
        <Fields node={node} names={["dedupe", "owner"]} />
      </Fold>
    </>
  );
}

export function HandoffForm({ node }: Props) {
  const { t } = useTranslation("flowPanels");
  const path = ["nodes", node];
  return (
    <>
      <Fields node={node} names={["queue"]} />
      <SayField path={[...path, "say"]} label={t("field.handoff_say")} optional lines={2} />
      <div>
        <p className={classes.label}>{t("field.unavailable")}</p>
        <p className={classes.help}>{t("help.unavailable")}</p>
        <Optional path={[...path, "unavailable"]} begin={{ say: [{ kind: "text", text: {} }] }} add={t("saySomething")}>
          <SayField path={[...path, "unavailable", "say"]} label={t("field.say")} lines={2} />
        </Optional>
      </div>
      <DurationField path={[...path, "sla"]} label={t("field.sla")} description={t("help.sla")} optional />
      <Fold title={t("advanced")} path={path} names={["priority", "skill", "summary"]}>
        <Fields node={node} names={["priority", "skill", "summary"]} />
      </Fold>
    </>
  );
}
