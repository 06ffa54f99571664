/** Beside the canvas: the form of the chosen step, the flow, its variables, its translations, a conversation to try it. */
import { CloseButton, Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { useFlow, useSession } from "./context";
import type { PanelProps } from "./document";
import classes from "./Editor.module.css";
import { useNaming } from "./naming";
import type { SideTab } from "./session";

const panels = () => import("./panels");
const NodePanel = lazy(() => panels().then((module) => ({ default: module.NodePanel })));
const FlowPanel = lazy(() => panels().then((module) => ({ default: module.FlowPanel })));
const VariablesPanel = lazy(() => panels().then((module) => ({ default: module.VariablesPanel })));
const TranslationsPanel = lazy(() => panels().then((module) => ({ default: module.TranslationsPanel })));
const TestChat = lazy(() => import("./chat/TestChat").then((module) => ({ default: module.TestChat })));

export function Side() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const { nodeName } = useNaming();
  const { side, issues, locale, selected } = useStore(
    session.ui,
    useShallow(({ side, issues, locale, selected }) => ({ side, issues, locale, selected })),
  );
  const chosen = selected.length === 1 ? selected[0] : undefined;
  if (!side || (side === "step" && (!chosen || !flow.nodes[chosen]))) return null;
  const props: PanelProps = { flow, edit: session.edit, issues, locale, types: session.types, show: session.show };
  const title = side === "step" && chosen ? nodeName(flow.nodes[chosen], chosen) : t(`side.${side}`);
  return (
    <aside className={classes.side} data-tab={side} aria-label={title}>
      <header className={classes.sideHead}>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <CloseButton aria-label={t("side.close")} onClick={() => session.ui.setState({ side: null })} />
      </header>
      <div className={classes.sideBody}>
        <Suspense fallback={<Waiting />}>
          <Tab side={side} chosen={chosen} props={props} />
        </Suspense>
      </div>
    </aside>
  );
}

function Tab({ side, chosen, props }: { side: SideTab; chosen: string | undefined; props: PanelProps }) {
  const { id, saver, ui } = useSession();
  if (side === "step") return chosen ? <NodePanel key={chosen} {...props} node={chosen} /> : null;
  if (side === "flow") return <FlowPanel {...props} />;
  if (side === "variables") return <VariablesPanel {...props} />;
  if (side === "translations") return <TranslationsPanel {...props} />;
  return (
    <TestChat
      {...props}
      flowId={id}
      save={() => saver.flush()}
      onLights={(passed, waiting) => ui.setState({ passed, waiting })}
    />
  );
}

function Waiting() {
  return (
    <div className={classes.waiting} aria-hidden="true">
      {[60, 100, 80, 100].map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but bars
        <Skeleton key={index} height={18} width={`${width}%`} />
      ))}
    </div>
  );
}
