/** A person: who they are, what they told and where, what was said, and who turned out to be the same. */
import type { Profile } from "@frontdesk/shared";
import { Anchor, Button, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { ArrowLeft, Download, Merge, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { download } from "../api/download";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useNow } from "../app/clock";
import { useContactName } from "../app/contact";
import { useFieldName } from "../app/fieldName";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { ProblemState, useTellProblem } from "../app/Problem";
import { dateTime, exactTime, shortAgo } from "../app/time";
import { Value } from "../app/Value";
import { money, readablePhone } from "../leads/stage";
import { placeOf } from "../search/places";
import { Block } from "../settings/Block";
import { mayGrant } from "../settings/may";
import classes from "./Contacts.module.css";
import { EraseModal, MergeModal } from "./Dialogs";
import { Notes, Tags } from "./Notes";
import { useMerge, useProfile, useUnmerge } from "./queries";

interface Props {
  id: string;
  /** The note that was looked for. */
  note: string | null;
}

export function ContactPage({ id, note }: Props) {
  const { t } = useTranslation();
  const profile = useProfile(id);
  return (
    <Page
      title=""
      tools={
        <Anchor component={Link} to="/contacts" size="sm" className={classes.name}>
          <ArrowLeft size={16} className={classes.back} aria-hidden="true" />
          {t("nav2.contacts")}
        </Anchor>
      }
    >
      {profile.isPending && <Loading />}
      {profile.isError && <ProblemState error={profile.error} onRetry={() => profile.refetch()} />}
      {profile.data && <Shown key={id} profile={profile.data} note={note} />}
    </Page>
  );
}

function Loading() {
  return (
    <div aria-hidden="true">
      <div className={classes.top}>
        <Skeleton circle height={48} />
        <div>
          <Skeleton height={20} width={220} />
          <Skeleton height={12} width={160} mt={10} />
        </div>
      </div>
      <div className={classes.columns}>
        <div>
          <Skeleton height={180} radius={12} />
          <Skeleton height={120} radius={12} />
        </div>
        <div>
          <Skeleton height={96} radius={12} />
          <Skeleton height={160} radius={12} />
        </div>
      </div>
    </div>
  );
}

/** Joins another contact into this one, with a way back. */
function useJoin(profile: Profile) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const merge = useMerge(profile.id);
  const undo = useUnmerge();
  return (other: string) =>
    merge.mutate(other, {
      onError: tell,
      onSuccess: ({ merge_id }) =>
        notifications.show({
          message: (
            <>
              {t("contacts.joined")}{" "}
              <Button variant="subtle" size="compact-sm" onClick={() => undo.mutate(merge_id, { onError: tell })}>
                {t("settings.undo")}
              </Button>
            </>
          ),
          autoClose: 10_000,
        }),
    });
}

function Shown({ profile, note }: { profile: Profile; note: string | null }) {
  const { t, i18n } = useTranslation();
  const me = useSignedIn();
  const nameOf = useContactName();
  const tell = useTellProblem();
  const join = useJoin(profile);
  const [merging, merge] = useDisclosure(false);
  const [erasing, erase] = useDisclosure(false);
  const isAdmin = mayGrant(me.role, "admin");
  const name = nameOf(profile, profile.channels[0] ?? "widget");
  return (
    <>
      <header className={classes.top}>
        <Avatar name={profile.name} size={48} />
        <div>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <p>
            {profile.channels.map((channel) => (
              <ChannelGlyph key={channel} channel={channel} size={16} />
            ))}
            <span>{t("contacts.first", { at: dateTime(profile.created_at, i18n.language) })}</span>
            {profile.opted_out && <span className={classes.out}>{t("contacts.optedOut")}</span>}
          </p>
        </div>
        <div className={classes.actions} style={{ flex: "none" }}>
          <Button variant="default" leftSection={<Merge size={16} />} onClick={merge.open}>
            {t("contacts.join")}
          </Button>
          {isAdmin && (
            <>
              <Button
                variant="default"
                leftSection={<Download size={16} />}
                onClick={() => void download(`contacts/${profile.id}/export`, `contact-${profile.id}.json`).catch(tell)}
              >
                {t("board.export")}
              </Button>
              <Button variant="default" leftSection={<Trash2 size={16} />} onClick={erase.open}>
                {t("contacts.erase")}
              </Button>
            </>
          )}
        </div>
      </header>
      {profile.same_key.map((twin) => (
        <div key={twin.id} className={classes.twin}>
          <span>{t("contacts.sameKey", { name: twin.name ?? t("inbox.noName") })}</span>
          <Button size="xs" onClick={() => join(twin.id)}>
            {t("contacts.joinThem")}
          </Button>
        </div>
      ))}
      <div className={classes.columns}>
        <div>
          <Facts profile={profile} />
          <Talks profile={profile} />
          <ItsLeads profile={profile} />
        </div>
        <div>
          <Tags id={profile.id} tags={profile.tags} />
          <Notes profile={profile} at={note} />
          <Identities profile={profile} />
          <Consents profile={profile} />
          <Merged profile={profile} />
        </div>
      </div>
      <MergeModal opened={merging} onClose={merge.close} profile={profile} onPick={join} />
      <EraseModal opened={erasing} onClose={erase.close} profile={profile} name={name} />
    </>
  );
}

function Facts({ profile }: { profile: Profile }) {
  const { t, i18n } = useTranslation();
  const fieldName = useFieldName();
  return (
    <Block title={t("contacts.known")}>
      <div className={classes.body}>
        {profile.known.length === 0 && <p className={classes.none}>{t("contacts.knowsNothing")}</p>}
        <dl className={classes.facts}>
          {profile.known.map((fact) => (
            <div key={fact.name}>
              <dt>{fieldName(fact.name)}</dt>
              <dd>
                <bdi>
                  <Value value={fact.value} />
                </bdi>
                {fact.at && (
                  <small>
                    {fact.conversation_id ? (
                      <Link to={placeOf(fact.conversation_id, fact.message_id)}>{t("contacts.saidThere")}</Link>
                    ) : null}{" "}
                    <time dateTime={fact.at}>{dateTime(fact.at, i18n.language)}</time>
                  </small>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Block>
  );
}

function Talks({ profile }: { profile: Profile }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  return (
    <Block title={t("inbox.list")}>
      <ul className={classes.rows}>
        {profile.talks.map((talk) => (
          <li key={talk.id}>
            <ChannelGlyph channel={talk.channel} size={24} />
            <div>
              <Link to={`/inbox/${talk.id}`}>
                <bdi>{talk.account || t(`kind.${talk.channel}`)}</bdi>
              </Link>
              <small>
                {t(`status.${talk.status}`)}
                {talk.owner_name ? ` · ${talk.owner_name}` : ""}
              </small>
            </div>
            {talk.last_at && (
              <time className="tabular" dateTime={talk.last_at} title={exactTime(talk.last_at, i18n.language)}>
                {shortAgo(talk.last_at, now, i18n.language)}
              </time>
            )}
          </li>
        ))}
      </ul>
    </Block>
  );
}

function ItsLeads({ profile }: { profile: Profile }) {
  const { t, i18n } = useTranslation();
  if (profile.leads.length === 0) return null;
  return (
    <Block title={t("leads.title")}>
      <ul className={classes.rows}>
        {profile.leads.map((lead) => (
          <li key={lead.id}>
            <div>
              <bdi>{lead.name ?? t("inbox.noName")}</bdi>
              <small>
                {lead.stage} · {dateTime(lead.created_at, i18n.language)}
              </small>
            </div>
            <span className="tabular">{money(lead.value, lead.currency, i18n.language)}</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Identities({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  return (
    <Block title={t("contacts.identities")}>
      <ul className={classes.rows}>
        {profile.keys.map((key) => (
          <li key={`${key.account}${key.kind}${key.value}`}>
            <ChannelGlyph channel={key.channel} size={20} />
            <div>
              <span dir="ltr" className="tabular">
                {key.kind === "wa_id" ? readablePhone(`+${key.value}`) : key.value}
              </span>
              <small>
                <bdi>{key.account}</bdi>
              </small>
            </div>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Consents({ profile }: { profile: Profile }) {
  const { t, i18n } = useTranslation();
  const fieldName = useFieldName();
  return (
    <Block title={t("contacts.consents")}>
      {profile.consents.length === 0 && (
        <div className={classes.body}>
          <p className={classes.none}>{t("contacts.noConsents")}</p>
        </div>
      )}
      <ul className={classes.rows}>
        {profile.consents.map((consent) => (
          <li key={`${consent.topic}${consent.at}`}>
            <div>
              <bdi className={classes.topic}>{fieldName(consent.topic)}</bdi>:{" "}
              {t(consent.granted ? "contacts.granted" : "contacts.withdrawn")}
              <small>{dateTime(consent.at, i18n.language)}</small>
            </div>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Merged({ profile }: { profile: Profile }) {
  const { t, i18n } = useTranslation();
  const tell = useTellProblem();
  const undo = useUnmerge();
  if (profile.merged.length === 0) return null;
  const apart = (id: string) =>
    undo.mutate(id, {
      onError: tell,
      onSuccess: () => notifications.show({ message: t("contacts.parted") }),
    });
  return (
    <Block title={t("contacts.merged")}>
      <ul className={classes.rows}>
        {profile.merged.map((merge) => (
          <li key={merge.id}>
            <div>
              <bdi>{merge.name ?? t("inbox.noName")}</bdi>
              <small>
                {merge.by && (
                  <>
                    <bdi>{merge.by}</bdi> ·{" "}
                  </>
                )}
                <bdi>{dateTime(merge.at, i18n.language)}</bdi>
              </small>
            </div>
            <Button size="xs" variant="default" loading={undo.isPending} onClick={() => apart(merge.id)}>
              {t("contacts.part")}
            </Button>
          </li>
        ))}
      </ul>
    </Block>
  );
}
