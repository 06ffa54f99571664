/** What is done from the list: said in a line, with the way back, and honest about what could not be done. */
import type { BulkResult, ConversationItem } from "@frontdesk/shared";
import { notifications } from "@mantine/notifications";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRestore, useSteps } from "../api/queue";
import { useContactName } from "../app/contact";
import { useSignedIn } from "../app/me";
import { useTellProblem } from "../app/Problem";
import { Keys } from "../keys/Keys";
import type { Step } from "./steps";
import { stuckOf, whoOf } from "./stuck";
import classes from "./Undo.module.css";

export interface Acts {
  act: (items: readonly ConversationItem[], step: Step) => void;
  /** Absent where there is nothing to take back. */
  undo?: () => void;
}

const NOTICE = "acted";

export function useActs(): Acts {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const tell = useTellProblem();
  const { mutateAsync: step } = useSteps(useSignedIn().staff?.id);
  const { mutate: restore } = useRestore();
  const [last, setLast] = useState<Promise<BulkResult[]> | null>(null);
  const newest = useRef(last);
  const names = useRef(new Map<string, string>());

  const remember = useCallback((going: Promise<BulkResult[]> | null) => {
    newest.current = going;
    setLast(going);
  }, []);
  /** What is still under way is waited for: never is something older taken back instead. */
  const undo = useCallback(async () => {
    const going = newest.current;
    remember(null);
    notifications.hide(NOTICE);
    const done = (await going) ?? [];
    notifications.hide(NOTICE);
    if (done.length === 0) return;
    restore(done, {
      onError: tell,
      onSuccess: (results) => {
        const stuck = results.filter(({ ok }) => !ok);
        const who = whoOf(stuck, names.current);
        notifications.show({
          message: stuck.length > 0 ? t("queue.notUndone", { n: who }) : t("queue.undone"),
          color: stuck.length > 0 ? "red" : "accent",
          autoClose: stuck.length > 0 ? 8000 : 3000,
          withBorder: true,
        });
      },
    });
  }, [restore, tell, t, remember]);

  const act = useCallback(
    (items: readonly ConversationItem[], wanted: Step) => {
      const [first] = items;
      if (!first) return;
      for (const { id, contact, channel } of items) names.current.set(id, nameOf(contact, channel));
      const going = step({ ids: items.map(({ id }) => id), step: wanted });
      const undone = () => newest.current !== changed;
      const changed = going.then(
        (results) => results.filter(({ ok }) => ok),
        () => [],
      );
      remember(changed);
      going.then((results) => {
        if (undone()) return;
        const went = results.filter(({ ok }) => ok).length;
        const stuck = stuckOf(results, names.current);
        const whom = items.length === 1 ? nameOf(first.contact, first.channel) : t("queue.many", { n: went });
        const out = results.some(({ on_its_way }) => Boolean(on_its_way?.length));
        const words = [
          went > 0 ? `${whom}: ${t(`queue.did.${wanted.action}`)}` : "",
          out ? t("assign.gotOut") : "",
          ...stuck.map(({ held, who }) => t(held ? "queue.stuckHeld" : "queue.stuck", { n: who })),
        ];
        notifications.hide(NOTICE);
        notifications.show({
          id: NOTICE,
          message: (
            <Line
              words={words
                .filter(Boolean)
                .map((each) => each.replace(/\.$/, ""))
                .join(". ")}
              onUndo={went > 0 ? undo : undefined}
            />
          ),
          color: stuck.length > 0 ? "red" : "accent",
          autoClose: 8000,
          withBorder: true,
        });
      }, tell);
    },
    [step, tell, t, nameOf, undo, remember],
  );
  return useMemo(() => ({ act, undo: last ? undo : undefined }), [act, undo, last]);
}

function Line({ words, onUndo }: { words: string; onUndo?: () => void }) {
  const { t } = useTranslation();
  return (
    <span className={classes.line}>
      <bdi>{words}</bdi>
      {onUndo && (
        <button type="button" className={classes.undo} onClick={onUndo}>
          {t("queue.undo")} <Keys combo="Z" />
        </button>
      )}
    </span>
  );
}
