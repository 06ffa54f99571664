/** What is wrong with the flow; a click leads there. */
import { CloseButton } from "@mantine/core";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFlow, useSession, useUi } from "./context";
import type { Issue } from "./document";
import classes from "./Editor.module.css";
import { useNaming } from "./naming";
import { useExplain } from "./problems/useExplain";
import { nodeOf, type Session } from "./session";

/** Where a fault is mended. */
function go(session: Session, issue: Issue): void {
  const node = nodeOf(issue);
  const { nodes } = session.history.store.getState().flow;
  if (node && nodes[node]) session.show(node);
  else session.ui.setState({ side: issue.pointer.startsWith("/variables") ? "variables" : "flow" });
}

export function ProblemList({ issues, onGo }: { issues: readonly Issue[]; onGo?: () => void }) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const { nodeName } = useNaming();
  const explain = useExplain();
  const told = new Set<string>();
  return (
    <ul className={classes.problems}>
      {issues.map((issue) => {
        const node = nodeOf(issue);
        const words = explain(issue, flow);
        const key = `${node} ${words}`;
        if (told.has(key)) return null;
        told.add(key);
        const Icon = issue.severity === "error" ? CircleAlert : TriangleAlert;
        return (
          <li key={key}>
            <button
              type="button"
              onClick={() => {
                onGo?.();
                go(session, issue);
              }}
            >
              <Icon size={15} data-tone={issue.severity} role="img" aria-label={t(`problem.${issue.severity}`)} />
              <bdi className={classes.where}>{node ? nodeName(flow.nodes[node], node) : t("side.flow")}</bdi>
              <span dir="auto">{words}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function Problems() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const issues = useUi((ui) => ui.issues);
  const isEmpty = Object.keys(useFlow().nodes).length === 0;
  return (
    <section className={classes.drawer} aria-label={t("problem.title")}>
      <header>
        <h2>{t("problem.title")}</h2>
        <CloseButton aria-label={t("side.close")} onClick={() => session.ui.setState({ problems: false })} />
      </header>
      {isEmpty ? (
        <p className={classes.fine}>{t("empty.text")}</p>
      ) : issues.length === 0 ? (
        <p className={classes.fine}>
          <CircleCheck size={16} aria-hidden="true" /> {t("problem.none")}
        </p>
      ) : (
        <ProblemList issues={issues} />
      )}
    </section>
  );
}
