import type { AccountStatus, ChannelAccount } from "@frontdesk/shared";
import { Button, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { CircleCheck, CirclePause, CircleX, type LucideIcon, Plug, PlugZap, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { AnswersWith, nameOf } from "../answering/AnswersWith";
import { useChannels, useCheckChannel } from "../api/queries";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { Copyable } from "../app/Copyable";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { ProblemState, useTellProblem } from "../app/Problem";
import { mayGrant } from "../settings/may";
import classes from "./Channels.module.css";
import { ConnectModal } from "./ConnectModal";
import { News } from "./News";

const HEALTH: Record<AccountStatus, LucideIcon> = {
  active: CircleCheck,
  paused: CirclePause,
  reconnect: PlugZap,
  disconnected: CircleX,
};

export function Channels() {
  const { t } = useTranslation();
  const channels = useChannels();
  const [connecting, { open, close }] = useDisclosure(false);
  const connect = (
    <Button leftSection={<Plug size={16} />} onClick={open}>
      {t("channels.connect")}
    </Button>
  );
  const some = (channels.data?.length ?? 0) > 0;
  return (
    <Page title={t("channels.title")} actions={some ? connect : null}>
      {channels.isPending && (
        <div className={classes.cards} aria-hidden="true">
          {[1, 2, 3].map((card) => (
            <Skeleton key={card} height={168} radius={12} />
          ))}
        </div>
      )}
      {channels.isError && <ProblemState error={channels.error} onRetry={() => channels.refetch()} />}
      {channels.isSuccess && !some && (
        <EmptyState icon={Plug} title={t("channels.emptyTitle")} text={t("channels.emptyText")} action={connect} />
      )}
      <ul className={classes.cards}>
        {channels.data?.map((account) => (
          <AccountCard key={account.id} account={account} onReconnect={open} />
        ))}
      </ul>
      <ConnectModal opened={connecting} onClose={close} />
    </Page>
  );
}

function AccountCard({ account, onReconnect }: { account: ChannelAccount; onReconnect: () => void }) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const check = useCheckChannel();
  const mayChoose = mayGrant(useSignedIn().role, "admin");
  const { channel, name, status, reason, provider_id: providerId } = account;
  const Health = HEALTH[status] ?? CircleX;
  const broken = status === "reconnect" || status === "disconnected";
  const snippet = `<script async src="${location.origin}/widget.js" data-widget="${providerId}"></script>`;
  return (
    <li className={classes.card} data-status={status}>
      <header>
        <ChannelGlyph channel={channel} size={36} />
        <div>
          <h2>
            <bdi>{name}</bdi>
          </h2>
          <p>{t(`kind.${channel}`)}</p>
        </div>
        <span className={classes.health} data-status={status}>
          <Health size={14} aria-hidden="true" />
          {t(`channels.${status}`)}
        </span>
      </header>
      <p className={classes.hint}>
        {reason && <strong>{reason}. </strong>}
        {t(`channels.${status}Hint`)}
      </p>
      {channel === "widget" && status === "active" && (
        <div className={classes.embed}>
          <p>{t("channels.embed")}</p>
          <Copyable text={snippet} />
        </div>
      )}
      {mayChoose && <AnswersWith account={account} />}
      <dl>
        {!mayChoose && (
          <div>
            <dt>{t("channels.flow")}</dt>
            <dd>{nameOf(account) ?? t("channels.noFlow")}</dd>
          </div>
        )}
        <div>
          <dt>{t("channels.id")}</dt>
          <dd className="tabular" dir="ltr">
            {providerId}
          </dd>
        </div>
      </dl>
      {channel !== "widget" && <News account={account.id} provider={t(`kind.${channel}`)} />}
      <footer>
        {broken && (
          <Button size="xs" onClick={onReconnect}>
            {t("channels.again")}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          leftSection={<RefreshCw size={14} />}
          loading={check.isPending}
          onClick={() => check.mutate(account.id, { onError: tell })}
        >
          {t(check.isSuccess ? "channels.checked" : "channels.check")}
        </Button>
      </footer>
    </li>
  );
}
