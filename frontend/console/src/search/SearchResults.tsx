/** What was found: people first, then messages, the newest first; each opens where it stands. */
import type { MessageFound, PersonFound, SearchAnswer } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { SearchX } from "lucide-react";
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useNow } from "../app/clock";
import { useContactName } from "../app/contact";
import { EmptyState } from "../app/EmptyState";
import { ProblemState } from "../app/Problem";
import { exactTime, shortAgo } from "../app/time";
import { RowsSkeleton } from "../inbox/ConversationListRows";
import { Marked } from "./Marked";
import { placeOf, placeOfFound } from "./places";
import { useSearch } from "./queries";
import classes from "./SearchResults.module.css";

export interface ResultsHandle {
  /** Go to the first of what was found; false where there is nothing. */
  enter: () => boolean;
}

interface Props {
  ref: Ref<ResultsHandle>;
  q: string;
  /** The message that is open. */
  at: string | null;
  onClear: () => void;
  /** The way back to where one types. */
  onLeave: () => void;
}

export function SearchResults({ ref, q, at, onClear, onLeave }: Props) {
  const { t } = useTranslation();
  const found = useSearch(q);
  const box = useRef<HTMLElement>(null);
  const links = () => [...(box.current?.querySelectorAll<HTMLAnchorElement>("a") ?? [])];
  useImperativeHandle(ref, () => ({
    enter: () => {
      const [first] = links();
      first?.focus();
      return first !== undefined;
    },
  }));
  const step = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const every = links();
    const from = every.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === "Escape" || (by === -1 && from === 0)) onLeave();
    else if (by && from >= 0) every[from + by]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (found.isPending) return <RowsSkeleton />;
  if (found.isError && !found.data) return <ProblemState error={found.error} onRetry={() => found.refetch()} />;
  const pages: SearchAnswer[] = found.data?.pages ?? [];
  const people = pages[0]?.people ?? [];
  const items = pages.flatMap((page) => page.items);
  const indexing = pages.some(({ complete }) => !complete);
  return (
    <search ref={box} className={classes.results} onKeyDown={step}>
      <p className="sr" role="status">
        {t("search.found", { people: people.length, messages: items.length })}
      </p>
      {indexing && <p className={classes.note}>{t("search.indexing")}</p>}
      {people.length + items.length === 0 && <Nothing q={q} onClear={onClear} />}
      {people.length > 0 && (
        <section aria-labelledby="found-people">
          <h2 id="found-people">{t("search.people")}</h2>
          <ul>
            {people.map((person) => (
              <Person key={person.contact.id} person={person} />
            ))}
          </ul>
        </section>
      )}
      {items.length > 0 && (
        <section aria-labelledby="found-messages">
          <h2 id="found-messages">{t("search.messages")}</h2>
          <ul>
            {items.map((item) => (
              <Message key={item.message_id} item={item} open={item.message_id === at} />
            ))}
          </ul>
        </section>
      )}
      {found.hasNextPage && (
        <Button
          variant="subtle"
          size="sm"
          fullWidth
          loading={found.isFetchingNextPage}
          onClick={() => found.fetchNextPage()}
        >
          {t("search.more")}
        </Button>
      )}
    </search>
  );
}

function Person({ person }: { person: PersonFound }) {
  const { contact, channel, conversation_id: talk } = person;
  const name = useContactName()(contact, channel ?? "whatsapp");
  const byNumber = person.shown.map(({ text }) => text).join("") !== contact.name;
  return (
    <li>
      <Link to={talk ? placeOf(talk) : `/contacts/${contact.id}`} className={classes.row}>
        <Avatar name={contact.name} size={28} />
        <span className={classes.text}>
          <span className={classes.top}>
            <span className={classes.name}>{byNumber ? <bdi>{name}</bdi> : <Marked pieces={person.shown} />}</span>
            <When at={person.at} />
          </span>
          {byNumber && (
            <span className={`${classes.snippet} tabular`} dir="ltr">
              <Marked pieces={person.shown} />
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}

function Message({ item, open }: { item: MessageFound; open: boolean }) {
  const { t } = useTranslation();
  const name = useContactName()(item.contact, item.channel);
  const who = item.note ? t(item.on_contact ? "search.onContact" : "search.note") : t(`author.${item.author}`);
  return (
    <li>
      <Link
        to={placeOfFound(item)}
        className={classes.row}
        data-note={item.note || undefined}
        aria-current={open ? "true" : undefined}
      >
        <ChannelGlyph channel={item.channel} size={18} />
        <span className={classes.text}>
          <span className={classes.top}>
            <bdi className={classes.name}>{name}</bdi>
            <When at={item.at} />
          </span>
          <span className={classes.snippet}>
            {item.author !== "contact" && <bdi className={classes.author}>{who}: </bdi>}
            <Marked pieces={item.shown} />
          </span>
        </span>
      </Link>
    </li>
  );
}

function When({ at }: { at: string | null }) {
  const { i18n } = useTranslation();
  const now = useNow();
  if (!at) return null;
  return (
    <time className={`${classes.time} tabular`} dateTime={at} title={exactTime(at, i18n.language)}>
      {shortAgo(at, now, i18n.language)}
    </time>
  );
}

function Nothing({ q, onClear }: { q: string; onClear: () => void }) {
  const { t } = useTranslation();
  const clear = (
    <Button variant="default" onClick={onClear}>
      {t("inbox.clearSearch")}
    </Button>
  );
  return <EmptyState icon={SearchX} title={t("inbox.emptySearch", { q })} text={t("search.help")} action={clear} />;
}
