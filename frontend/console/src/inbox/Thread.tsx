/** One conversation: header with the owner control, messages, composer, and its side panel. */
import { Drawer, Skeleton } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useConversation, useMarkRead } from "../api/queries";
import { useContactName } from "../app/contact";
import { useSignedIn } from "../app/me";
import { ProblemState } from "../app/Problem";
import { useCommands } from "../keys/registry";
import { BriefCard } from "./brief/BriefCard";
import { Composer, type ComposerHandle } from "./Composer";
import { GoesOn } from "./composer/GoesOn";
import { Messages } from "./Messages";
import { holderOf } from "./owner";
import { SidePanel } from "./SidePanel";
import classes from "./Thread.module.css";
import { ThreadHeader } from "./ThreadHeader";
import type { Acts } from "./useActs";
import { useDrop } from "./useDrop";
import { useHands } from "./useHands";
import { useWhy } from "./why/useWhy";
import { WhyPanel } from "./why/WhyPanel";

interface Props {
  id: string;
  /** The message that it is opened at. */
  message: string | null;
  acts: Acts;
  showDetails: boolean;
  overlay: boolean;
  onToggleDetails: () => void;
  onCloseDetails: () => void;
}

export function Thread({ id, message, acts, showDetails, overlay, onToggleDetails, onCloseDetails }: Props) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const [, navigate] = useLocation();
  const conversation = useConversation(id);
  const composer = useRef<ComposerHandle>(null);
  const why = useWhy(showDetails, onToggleDetails);
  const nameOf = useContactName();
  useMarkRead(conversation.data);
  const hands = useHands(conversation.data, acts);
  const drop = useDrop((files) => composer.current?.attach(files));
  const holder = holderOf(conversation.data?.owner ?? "agent", me.staff?.id);

  useCommands({
    reply: () => composer.current?.focus(),
    note: () => composer.current?.focus("note"),
    why: () => why.openNewest(),
    leave: () => navigate("/inbox"),
  });

  const { data } = conversation;
  const handoff = data?.handoff?.state === "done" ? null : data?.handoff;
  if (conversation.isError && !data) {
    return (
      <section className={classes.thread}>
        <ProblemState error={conversation.error} onRetry={() => conversation.refetch()} />
      </section>
    );
  }
  const side = why.turn ? (
    <WhyPanel conversation={id} turn={why.turn} onClose={overlay ? undefined : why.close} />
  ) : (
    data && <SidePanel conversation={data} />
  );
  const closeSide = () => {
    why.close();
    onCloseDetails();
  };
  const sideTitle = t(why.turn ? "why.title" : "inbox.details");
  return (
    <div className={classes.both} data-side={(showDetails && !overlay) || undefined}>
      <section className={classes.thread} data-over={drop.over || undefined} {...drop.on}>
        {drop.over && <p className={classes.drop}>{t("attach.dropHere")}</p>}
        {data ? (
          <ThreadHeader
            conversation={data}
            holder={holder}
            hands={hands}
            detailsShown={showDetails}
            onToggleDetails={onToggleDetails}
          />
        ) : (
          <HeaderSkeleton />
        )}
        {handoff && <BriefCard key={handoff.id} handoff={handoff} onUse={(text) => composer.current?.fill(text)} />}
        <Messages
          id={id}
          at={message}
          contact={data?.contact.name ?? null}
          label={data ? nameOf(data.contact, data.channel) : ""}
          why={why}
        />
        {data?.goes_on ? (
          <GoesOn id={data.goes_on} />
        ) : (
          data && <Composer ref={composer} conversation={data} holder={holder} />
        )}
      </section>
      {overlay ? (
        <Drawer opened={showDetails} onClose={closeSide} position="right" title={sideTitle} size={340}>
          {side}
        </Drawer>
      ) : (
        showDetails && (
          <aside className={classes.side} aria-label={sideTitle}>
            {side}
          </aside>
        )
      )}
    </div>
  );
}

function HeaderSkeleton() {
  return (
    <div className={classes.loading} aria-hidden="true">
      <Skeleton circle height={36} />
      <Skeleton height={12} width={160} />
    </div>
  );
}
