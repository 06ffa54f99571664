/** Publishing, what was published before, which keys there are. */
import { Button, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "../answering/announce";
import { ProblemError } from "../api/http";
import { Dialog } from "../app/Dialog";
import { ProblemState, useTellProblem } from "../app/Problem";
import { dateTime } from "../app/time";
import { Keys } from "../keys/Keys";
import { useSession, useUi } from "./context";
import type { Issue } from "./document";
import classes from "./Editor.module.css";
import { useNaming } from "./naming";
import { ProblemList } from "./Problems";
import { distinct } from "./problems/distinct";
import {
  checkDraft,
  type Diff,
  type FlowDetail,
  useDiff,
  usePublish,
  useRestore,
  useRollback,
  useVersions,
  type Version,
} from "./queries";

export function PublishDialog() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const tell = useTellProblem();
  const issues = useUi((ui) => ui.issues);
  const publish = usePublish(session.id);
  const [note, setNote] = useState("");
  const [ready, setReady] = useState(false);
  const close = () => session.ui.setState({ dialog: null });
  // What is published is what the server has: that comes first.
  useEffect(() => {
    void session.saver
      .flush()
      .then(() => checkDraft(session.id, session.history.store.getState().flow))
      .then((found) => session.ui.setState({ issues: found }))
      .catch(tell)
      .finally(() => setReady(true));
  }, [session, tell]);
  const errors = issues.filter(({ severity }) => severity === "error");
  const stored = session.saver.now.state === "saved";
  const versions = useVersions(session.id);
  const diff = useDiff(session.id, ready && stored && versions.data?.length ? session.saver.etag : null);
  const announce = useAnnounce();
  const done = () => {
    close();
    void announce(session.id);
  };
  const fail = (error: Error) => {
    const found = error instanceof ProblemError ? (error.problem.issues as Issue[] | undefined) : undefined;
    if (found) session.ui.setState({ issues: distinct(found) });
    else tell(error);
  };
  return (
    <Dialog opened onClose={close} title={t("publish.title")} size="lg">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate(note.trim(), { onSuccess: done, onError: fail });
        }}
      >
        <p>{errors.length > 0 ? t("publish.blocked", { n: errors.length }) : t("publish.text")}</p>
        {issues.length > 0 && <ProblemList issues={issues} onGo={close} />}
        {errors.length === 0 && diff.data && <Changes diff={diff.data} />}
        <Textarea
          label={t("publish.note")}
          placeholder={t("publish.notePlaceholder")}
          data-autofocus
          value={note}
          maxLength={500}
          autosize
          minRows={2}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button type="submit" loading={publish.isPending || !ready} disabled={errors.length > 0 || (ready && !stored)}>
          {t("publish.act")}
        </Button>
      </form>
    </Dialog>
  );
}

export function HistoryDialog() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const tell = useTellProblem();
  const versions = useVersions(session.id);
  const rollback = useRollback(session.id);
  const restore = useRestore(session.id);
  const close = () => session.ui.setState({ dialog: null });
  const say = (message: string) => () => notifications.show({ message, color: "accent", withBorder: true });
  const taken = ({ document, etag }: FlowDetail) => {
    session.saver.take({ document, etag });
    close();
  };
  const bring = async (n: number) => {
    await session.saver.flush();
    restore.mutate({ n, etag: session.saver.etag }, { onError: tell, onSuccess: taken });
  };
  return (
    <Dialog opened onClose={close} title={t("history.title")} size="lg">
      {versions.isError && <ProblemState error={versions.error} onRetry={() => versions.refetch()} />}
      {versions.data?.length === 0 && <p className={classes.quiet}>{t("history.none")}</p>}
      <ul className={classes.releases}>
        {versions.data?.map((version) => (
          <li key={version.n} data-live={version.live || undefined}>
            <VersionWords version={version} />
            <span className={classes.acts}>
              {version.live && <span className={classes.live}>{t("history.live")}</span>}
              <Button size="xs" variant="subtle" onClick={() => void bring(version.n)}>
                {t("history.edit")}
              </Button>
              {!version.live && version.conversations > 0 && (
                <Button
                  size="xs"
                  variant="subtle"
                  onClick={() => session.ui.setState({ dialog: null, moving: version.n })}
                >
                  {t("history.move")}
                </Button>
              )}
              {!version.live && version.release_id && (
                <Button
                  size="xs"
                  variant="default"
                  onClick={() =>
                    rollback.mutate(version.release_id ?? "", { onError: tell, onSuccess: say(t("history.done")) })
                  }
                >
                  {t("history.back")}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function VersionWords({ version: { n, at, author_name, note, conversations } }: { version: Version }) {
  const { t, i18n } = useTranslation("flows");
  const when = dateTime(at, i18n.language);
  const under = conversations > 0 ? t("history.under", { n: conversations }) : null;
  return (
    <div>
      <strong>
        {n} · {when}
      </strong>
      {note && <span dir="auto">{note}</span>}
      <small>{[author_name, under].filter(Boolean).join(" · ")}</small>
    </div>
  );
}

/** What publishing changes, in words. */
function Changes({ diff }: { diff: Diff }) {
  const { t } = useTranslation("flows");
  const { typeName } = useNaming();
  const steps = diff.nodes.map(({ key: id, title, type, change }) => ({
    key: `node ${id}`,
    change,
    name: title || typeName(type),
  }));
  const parts = [...diff.variables, ...diff.triggers].map(({ key, change }) => ({
    key: `part ${key}`,
    change,
    name: key,
  }));
  const fields = diff.fields.length > 0 ? [{ key: "flow", change: "changed" as const, name: t("side.flow") }] : [];
  if (diff.same) return <p>{t("publish.same")}</p>;
  return (
    <ul className={classes.changes} aria-label={t("publish.changes")}>
      {[...steps, ...parts, ...fields].map(({ key, change, name }) => (
        <li key={key} data-change={change}>
          <span>{t(`publish.${change}`)}</span> <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

const KEYS = [
  ["/", "add"],
  ["Mod+Z", "undo"],
  ["Mod+Shift+Z", "redo"],
  ["Mod+F", "search"],
  ["Mod+C", "copy"],
  ["Mod+X", "cut"],
  ["Mod+V", "paste"],
  ["Mod+D", "duplicate"],
  ["Delete", "delete"],
  ["G", "group"],
  ["Mod+A", "all"],
  ["Mod+S", "save"],
  ["Tab", "tab"],
  ["Enter", "open"],
  ["ArrowDown", "move"],
  ["Shift", "frame"],
] as const;

export function KeysDialog() {
  const { t } = useTranslation("flows");
  const session = useSession();
  return (
    <Dialog opened onClose={() => session.ui.setState({ dialog: null })} title={t("keys.title")}>
      <dl className={classes.keys}>
        {KEYS.map(([combo, name]) => (
          <div key={name}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd>
              <Keys combo={combo} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
