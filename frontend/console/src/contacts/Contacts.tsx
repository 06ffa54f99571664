import type { ContactItem } from "@frontdesk/shared";
import { Button, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { BookUser, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useNow } from "../app/clock";
import { useContactName } from "../app/contact";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { ProblemState } from "../app/Problem";
import { exactTime, shortAgo } from "../app/time";
import table from "../leads/Leads.module.css";
import classes from "./Contacts.module.css";
import { useContacts } from "./queries";

export function Contacts() {
  const { t } = useTranslation();
  const { simulator_url } = useSignedIn();
  const [q, setQ] = useState("");
  const [words] = useDebouncedValue(q.trim(), 250);
  const found = useContacts(words);
  const contacts = found.data?.pages.flatMap((page) => page.items) ?? [];
  const none = found.isSuccess && contacts.length === 0;
  const search = (!none || q !== "") && (
    <TextInput
      className={classes.search}
      value={q}
      onChange={(event) => setQ(event.currentTarget.value)}
      placeholder={t("contacts.search")}
      aria-label={t("contacts.search")}
      leftSection={<Search size={16} />}
    />
  );
  return (
    <Page title={t("nav2.contacts")} tools={search}>
      {found.isPending && <Skeleton height={240} />}
      {found.isError && <ProblemState error={found.error} onRetry={() => found.refetch()} />}
      {none && words === "" && (
        <EmptyState
          icon={BookUser}
          title={t("contacts.emptyTitle")}
          text={t("contacts.emptyText")}
          action={
            simulator_url && (
              <Button component="a" href={simulator_url} target="_blank" rel="noreferrer">
                {t("inbox.emptyAction")}
              </Button>
            )
          }
        />
      )}
      {none && words !== "" && (
        <p className={table.none}>
          {t("contacts.noMatch", { q: words })} {t("contacts.how")}
        </p>
      )}
      {contacts.length > 0 && <Table contacts={contacts} />}
      {found.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          mx="auto"
          loading={found.isFetchingNextPage}
          onClick={() => found.fetchNextPage()}
        >
          {t(words ? "contacts.searchOn" : "inbox.more")}
        </Button>
      )}
    </Page>
  );
}

function Table({ contacts }: { contacts: ContactItem[] }) {
  const { t, i18n } = useTranslation();
  const [, navigate] = useLocation();
  const now = useNow();
  const nameOf = useContactName();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t("leads.name")}</th>
          <th scope="col" data-column="channels">
            {t("contacts.channels")}
          </th>
          <th scope="col" data-column="tags">
            {t("leads.tags")}
          </th>
          <th scope="col" data-column="created">
            {t("contacts.since")}
          </th>
        </tr>
      </thead>
      <tbody>
        {contacts.map((contact) => (
          <tr key={contact.id} onClick={() => navigate(`/contacts/${contact.id}`)}>
            <td data-column="name">
              <span className={classes.name}>
                <Avatar name={contact.name} size={28} />
                <Link to={`/contacts/${contact.id}`} onClick={(event) => event.stopPropagation()}>
                  <bdi>{nameOf(contact, contact.channels[0] ?? "widget")}</bdi>
                </Link>
                {contact.opted_out && <span className={classes.out}>{t("contacts.optedOut")}</span>}
              </span>
            </td>
            <td data-column="channels">
              <span className={classes.glyphs}>
                {contact.channels.map((channel) => (
                  <ChannelGlyph key={channel} channel={channel} size={18} />
                ))}
              </span>
            </td>
            <td data-column="tags">
              {contact.tags.map((tag) => (
                <span key={tag} className={table.tag}>
                  <bdi>{tag}</bdi>
                </span>
              ))}
            </td>
            <td data-column="created">
              <time
                className="tabular"
                dateTime={contact.created_at}
                title={exactTime(contact.created_at, i18n.language)}
              >
                {shortAgo(contact.created_at, now, i18n.language)}
              </time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
