/** Opens one flow: reads it, takes up what this browser kept of an earlier visit, and follows what others do to it. */
import { Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSignedIn } from "../app/me";
import { ProblemState } from "../app/Problem";
import type { Place } from "./change";
import type { NodeType } from "./document";
import { keeperOf, readDraft } from "./drafts";
import { Editor, PHONE } from "./Editor";
import classes from "./Editor.module.css";
import { type FlowDetail, isAway, putDraft, useFlowDetail, useNodeTypes } from "./queries";
import { openSession, type Session } from "./session";

export function FlowPage({ id }: { id: string }) {
  const tenant = useSignedIn().tenant.id;
  const flow = useFlowDetail(id);
  const types = useNodeTypes();
  const [opened, setOpened] = useState<Opened | null>(null);
  useEffect(() => {
    if (opened || !flow.data || !types.data) return;
    const { data } = flow;
    const found = types.data;
    let gone = false;
    placesFor(data).then((auto) => {
      if (!gone) setOpened(open(tenant, data, found, auto));
    });
    return () => {
      gone = true;
    };
  }, [tenant, opened, flow, types.data]);
  useEffect(() => opened?.stop, [opened]);
  useEffect(() => {
    if (opened && flow.data) opened.session.saver.notice({ document: flow.data.document, etag: flow.data.etag });
  }, [opened, flow.data]);
  useNews(opened?.session);
  const failed = flow.error ?? types.error;
  if (opened) return <Editor session={opened.session} />;
  if (failed)
    return <ProblemState error={failed} onRetry={() => (flow.error ? flow.refetch() : types.refetch())} page />;
  return (
    <div className={classes.root} aria-hidden="true">
      <div className={classes.bar}>
        <Skeleton height={20} width={220} />
      </div>
    </div>
  );
}

interface Opened {
  session: Session;
  stop: () => void;
}

function open(tenant: string, data: FlowDetail, types: readonly NodeType[], auto: Record<string, Place>): Opened {
  const { id, etag, document } = data;
  const keeper = keeperOf(tenant, id);
  const { supported, default: first } = document.locales;
  const session = openSession({
    id,
    tenant,
    types,
    stored: { document, etag },
    draft: readDraft(tenant, id),
    auto,
    locale: supported.includes(navigator.language.slice(0, 2)) ? navigator.language.slice(0, 2) : first,
    outline: matchMedia(PHONE).matches,
    ports: {
      put: (mine, over) => putDraft(id, mine, over),
      isAway,
      later: (run, ms) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      keep: keeper.keep,
    },
  });
  const again = () => void session.saver.flush();
  window.addEventListener("online", again);
  const stop = () => {
    window.removeEventListener("online", again);
    void session.saver.flush();
    keeper.stop();
  };
  return { session, stop };
}

/** A flow that was never drawn is put in order; what that takes is fetched for those alone. */
async function placesFor({ document }: FlowDetail): Promise<Record<string, Place>> {
  const lost = Object.keys(document.nodes).filter((node) => !document.ui?.pos?.[node]);
  if (lost.length === 0) return {};
  const { tidy } = await import("./canvas/layout");
  return tidy(document, new Map(), lost);
}

/** Say that somebody else's changes came in. */
function useNews(session: Session | undefined): void {
  const { t } = useTranslation("flows");
  useEffect(() => {
    if (!session) return;
    let seen = session.saver.now.merged;
    return session.saver.subscribe(() => {
      const { merged } = session.saver.now;
      if (merged === seen) return;
      seen = merged;
      notifications.show({ id: "flow-merged", message: t("saved.merged"), color: "accent", withBorder: true });
    });
  }, [session, t]);
}
