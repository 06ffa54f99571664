/** The flow editor: what can be added at one edge, the flow in the middle, the form of what is chosen at the other. */

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { addStep } from "./actions";
import { Canvas } from "./canvas/Canvas";
import { type Place, START } from "./change";
import { SessionProvider, useFlow, useSession, useUi } from "./context";
import classes from "./Editor.module.css";
import { checkDraft } from "./queries";
import { Side } from "./Side";
import { Palette, StepPicker } from "./Steps";
import type { Session } from "./session";
import { Toolbar } from "./Toolbar";
import { useKeys } from "./useKeys";

const dialogs = () => import("./Dialogs");
const PublishDialog = lazy(() => dialogs().then((module) => ({ default: module.PublishDialog })));
const HistoryDialog = lazy(() => dialogs().then((module) => ({ default: module.HistoryDialog })));
const MoveDialog = lazy(() => import("./moving/MoveDialog").then((module) => ({ default: module.MoveDialog })));
const MergeDialog = lazy(() => import("./MergeDialog").then((module) => ({ default: module.MergeDialog })));
const KeysDialog = lazy(() => dialogs().then((module) => ({ default: module.KeysDialog })));
const Outline = lazy(() => import("./Outline").then((module) => ({ default: module.Outline })));
const Problems = lazy(() => import("./Problems").then((module) => ({ default: module.Problems })));
const Search = lazy(() => import("./Search").then((module) => ({ default: module.Search })));

export const PHONE = "(max-width: 48em)";
const REST = 500;

export function Editor({ session }: { session: Session }) {
  return (
    <SessionProvider value={session}>
      <ReactFlowProvider>
        <Desk />
      </ReactFlowProvider>
    </SessionProvider>
  );
}

function Desk() {
  const session = useSession();
  const { view, picking, searching, problems, dialog, moving } = useStore(
    session.ui,
    useShallow(({ view, picking, searching, problems, dialog, moving }) => ({
      view,
      picking,
      searching,
      problems,
      dialog,
      moving,
    })),
  );
  const saving = useSyncExternalStore(session.saver.subscribe, () => session.saver.now);
  const { screenToFlowPosition } = useReactFlow();
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const centre = useCallback((): Place => {
    const { x, y } = screenToFlowPosition({ x: innerWidth / 2 - 100, y: innerHeight / 2 - 60 });
    return [x, y];
  }, [screenToFlowPosition]);
  useKeys(session, centre);
  useChecks(session);
  useEffect(() => {
    if (phone) session.ui.setState({ view: "outline" });
  }, [phone, session]);
  return (
    <div className={classes.root}>
      <Toolbar saving={saving} phone={phone} />
      <div className={classes.body}>
        {view === "canvas" && <Palette />}
        <div className={classes.middle}>
          {view === "canvas" ? (
            <>
              <Canvas />
              <Empty />
            </>
          ) : (
            <Suspense>
              <Outline />
            </Suspense>
          )}
          <Suspense>{problems && <Problems />}</Suspense>
        </div>
        <Side />
      </div>
      {picking && <StepPicker />}
      <Suspense>
        {searching && <Search />}
        {dialog === "publish" && <PublishDialog />}
        {dialog === "history" && <HistoryDialog />}
        {moving !== null && <MoveDialog from={moving} />}
        {dialog === "keys" && <KeysDialog />}
        {saving.state === "clash" && <MergeDialog clashes={saving.clashes} who={saving.who} />}
      </Suspense>
    </div>
  );
}

/** Look for faults once the document rests. */
function useChecks(session: Session): void {
  const flow = useFlow();
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      // A check that fails is made again after the next change; saving tells what is wrong with the way there.
      checkDraft(session.id, flow).then(
        (issues) => {
          if (!gone) session.ui.setState({ issues });
        },
        () => undefined,
      );
    }, REST);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [flow, session]);
}

/** What an empty canvas says: where one begins. */
function Empty() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const empty = Object.keys(useFlow().nodes).length === 0;
  const types = useUi(() => session.types);
  if (!empty) return null;
  const begin = ["message", "ask", "agent"].filter((type) => types.some((each) => each.type === type));
  return (
    <div className={classes.empty}>
      <h2>{t("empty.title")}</h2>
      <p>{t("empty.text")}</p>
      <div>
        {begin.map((type) => (
          <Button
            key={type}
            variant={type === "message" ? "filled" : "default"}
            onClick={() => addStep(session, type, { exit: { node: START, port: "" }, place: [0, 0] })}
          >
            {t(`begin.${type as "message"}`)}
          </Button>
        ))}
      </div>
      <p className={classes.hint}>{t("empty.hint")}</p>
    </div>
  );
}
