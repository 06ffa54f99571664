/** How a text and its options look on a channel, and what does not fit there. */
import { SegmentedControl } from "@mantine/core";
import { List, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isRtl } from "../../../i18n";
import type { SayPart, Text } from "../../document";
import {
  CHANNELS,
  type Channel,
  cutTo,
  mostChoices,
  REPLY,
  type Rendered,
  ROW_TITLE,
  rendered,
  type Shown,
  textLength,
} from "../model/channels";
import { type Path, valueAt } from "../model/path";
import { specOf } from "../model/variables";
import { useForm } from "./context";
import classes from "./Preview.module.css";
import { labelOf } from "./Texts";

interface Props {
  /** The node. */
  path: Path;
  options?: readonly Shown[];
}

export function ChannelPreview({ path, options = [] }: Props) {
  const { t } = useTranslation("flowPanels");
  const { flow, locale } = useForm();
  const own = (flow.channels ?? CHANNELS).filter((one): one is Channel =>
    (CHANNELS as readonly string[]).includes(one),
  );
  const [picked, setPicked] = useState<Channel | null>(null);
  const channel = picked && own.includes(picked) ? picked : own[0];
  if (!channel) return null;
  const say = (valueAt(flow, [...path, "channels", channel, "say"]) ??
    valueAt(flow, [...path, "say"]) ??
    []) as readonly SayPart[];
  const chain = [locale, ...(flow.locales.fallback?.[locale] ?? []), flow.locales.default];
  const words = (text: Text | undefined) => chain.map((one) => text?.[one]).find(Boolean) ?? labelOf(text, locale);
  const shown = options.map((option) => ({ ...option }));
  const as = rendered(channel, shown);
  return (
    <section className={classes.preview} aria-label={t("preview")}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t("previewOn")}
        data={own.map((one) => ({ value: one, label: t(`channel.${one}`) }))}
        value={channel}
        onChange={(next) => setPicked(next as Channel)}
      />
      <div className={classes.phone} data-channel={channel} lang={locale} dir={isRtl(locale) ? "rtl" : "ltr"}>
        {say.map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
          <Bubble key={at} part={part} words={words} last={at === say.length - 1} as={as} options={shown} />
        ))}
        <Taps as={as} options={shown} />
      </div>
      <Warnings channel={channel} say={say} as={as} options={shown} words={words} />
    </section>
  );
}

function Bubble({
  part,
  words,
  last,
  as,
  options,
}: {
  part: SayPart;
  words: (text: Text | undefined) => string;
  last: boolean;
  as: Rendered;
  options: readonly Shown[];
}) {
  const { t } = useTranslation("flowPanels");
  const text =
    part.text ??
    (part.caption as Text | undefined) ??
    (part.title as Text | undefined) ??
    (part.name as Text | undefined);
  const numbered = last && (as.as === "numbers" || as.as === "replies");
  return (
    <div className={classes.bubble}>
      {part.kind !== "text" && <span className={classes.media}>{t(`part.${part.kind}`)}</span>}
      <Filled text={words(text)} />
      {numbered && (
        <ol className={classes.numbers}>
          {options.map(({ id, label, description }) => (
            <li key={id}>
              {label}
              {description && ` – ${description}`}
            </li>
          ))}
        </ol>
      )}
      {last && as.as === "list" && (
        <span className={classes.menu}>
          <List size={14} aria-hidden="true" />
          {t("menu")}
        </span>
      )}
    </div>
  );
}

/** Words with what will be filled in shown as such. */
export function Filled({ text }: { text: string }) {
  const { flow, locale } = useForm();
  if (!text) return <span className={classes.empty}>…</span>;
  return text.split(/(\{\{.*?\}\})/s).map((piece, at) => {
    if (!piece.startsWith("{{")) return piece;
    const name = piece.slice(2, -2).split("|")[0]?.trim() ?? "";
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place.
      <span key={at} className={classes.hole} title={name}>
        {labelOf(specOf(flow, name)?.label, locale) || name.split(".").at(-1)}
      </span>
    );
  });
}

function Taps({ as, options }: { as: Rendered; options: readonly Shown[] }) {
  if (as.as === "none" || as.as === "numbers") return null;
  const most = as.as === "replies" ? REPLY : as.as === "list" ? ROW_TITLE : 200;
  return (
    <ul className={classes.taps} data-as={as.as}>
      {options.map(({ id, label, description }) => (
        <li key={id} data-cut={as.cut.includes(id) || undefined}>
          {cutTo(label || "…", most)}
          {as.as === "list" && (description || as.cut.includes(id)) && <small>{description || label}</small>}
        </li>
      ))}
    </ul>
  );
}

interface Said {
  channel: Channel;
  say: readonly SayPart[];
  as: Rendered;
  options: readonly Shown[];
  words: (text: Text | undefined) => string;
}

function Warnings({ channel, say, as, options, words }: Said) {
  const { t } = useTranslation("flowPanels");
  const named = (ids: readonly string[]) =>
    options
      .filter(({ id }) => ids.includes(id))
      .map(({ label }) => `“${label}”`)
      .join(", ");
  const name = t(`channel.${channel}`);
  const found: string[] = [];
  for (const part of say) {
    const { used, most, bytes } = textLength(channel, part.kind === "text" ? words(part.text) : "");
    if (used > most) found.push(t(bytes ? "limit.bytes" : "limit.text", { channel: name, used, most }));
  }
  const last = say.at(-1);
  if (
    options.length > 0 &&
    (as.as === "buttons" || as.as === "list") &&
    channel === "whatsapp" &&
    last?.kind === "text"
  ) {
    if ([...words(last.text)].length > 1024) found.push(t("limit.body", { channel: name, most: 1024 }));
  }
  if (as.as === "numbers") {
    if (as.why === "tooMany")
      found.push(t("limit.tooMany", { channel: name, n: options.length, most: mostChoices(channel) }));
    else found.push(t("limit.numbers", { channel: name, names: named(as.blame) }));
  } else if (as.as === "list" && as.why === "tooLong")
    found.push(t("limit.listLong", { channel: name, names: named(as.blame) }));
  else if (as.as === "list" && as.why === "twice")
    found.push(t("limit.twice", { channel: name, names: named(as.blame) }));
  if (as.cut.length > 0)
    found.push(t("limit.cut", { channel: name, names: named(as.cut), most: as.as === "list" ? ROW_TITLE : REPLY }));
  return found.map((each) => (
    <p key={each} className={classes.warning}>
      <TriangleAlert size={14} aria-hidden="true" />
      {each}
    </p>
  ));
}
