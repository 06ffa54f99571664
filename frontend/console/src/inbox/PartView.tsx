/** One part of a message as staff see it. Text is text: links are made of spans, never of markup. */
import type { MediaPart, Part } from "@frontdesk/shared";
import { linkify, safeUrl } from "@frontdesk/shared/linkify";
import { ContactRound, FileText, type LucideIcon, MapPin, SquareArrowOutUpRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CustomerFile } from "./CustomerFile";
import classes from "./PartView.module.css";

interface Props<P extends Part = Part> {
  part: P;
  bubble: string;
  /** Where the server hands out this file, below /api/v1. */
  file?: string;
}

/** What is shown of an address-book entry, in this order. */
const LISTED = ["phones", "emails", "addresses", "urls", "birthday"] as const;

export function PartView({ part, bubble, file }: Props) {
  const { t } = useTranslation();
  switch (part.kind) {
    case "text":
      return <Text text={part.text} bubble={bubble} />;
    case "choices":
      return (
        <>
          <Text text={part.body} bubble={bubble} />
          <ul className={classes.options}>
            {part.options.map((option) => (
              <li key={option.id} title={option.description ?? undefined}>
                <bdi>{option.label}</bdi>
              </li>
            ))}
          </ul>
        </>
      );
    case "media":
      if (!file || part.error) return <Media part={part} bubble={bubble} />;
      return (
        <>
          <CustomerFile part={part} path={file} bubble={bubble} />
          {part.caption && <Text text={part.caption} bubble={bubble} />}
        </>
      );
    case "location": {
      const place = `${part.latitude},${part.longitude}`;
      const map = `https://www.openstreetmap.org/?mlat=${part.latitude}&mlon=${part.longitude}#map=17/${part.latitude}/${part.longitude}`;
      return (
        <Attachment
          icon={MapPin}
          title={part.name ?? t("part.location")}
          note={part.address ?? part.url ?? place}
          href={map}
          bubble={bubble}
        />
      );
    }
    case "contacts":
      return part.cards.map((card) => (
        <Attachment
          key={card.name}
          icon={ContactRound}
          title={card.name}
          note={LISTED.flatMap((name) => card[name] ?? []).join(" · ")}
          bubble={bubble}
        />
      ));
    case "cards":
      return part.cards.map((card) => (
        <Text key={card.title} text={[card.title, card.subtitle].filter(Boolean).join("\n")} bubble={bubble} />
      ));
    case "template":
      return <Text text={part.preview ?? `${t("part.template")}: ${part.name}`} bubble={bubble} />;
    case "form":
      return <Text text={part.text ?? `${t("part.form")}: ${part.name}`} bubble={bubble} />;
    case "shared":
      return (
        <Attachment
          icon={SquareArrowOutUpRight}
          title={part.title ?? t("part.shared")}
          note={part.shape}
          href={part.url}
          bubble={bubble}
        />
      );
    default:
      return <div className={`${bubble} ${classes.odd}`}>{t("part.unsupported")}</div>;
  }
}

function Text({ text, bubble }: { text: string; bubble: string }) {
  return (
    <div className={bubble} dir="auto">
      {linkify(text).map((span, at) =>
        span.href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans of a fixed text never change places
          <a key={at} href={span.href} target="_blank" rel="noopener noreferrer nofollow">
            {span.text}
          </a>
        ) : (
          span.text
        ),
      )}
    </div>
  );
}

function Media({ part, bubble }: Props<MediaPart>) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  const url = broken ? null : safeMedia(part.url);
  const caption = part.caption ? <Text text={part.caption} bubble={bubble} /> : null;
  if (!url)
    return (
      <>
        <Attachment
          icon={FileText}
          title={part.filename ?? t("part.file")}
          note={part.error ?? t("part.noMedia")}
          bubble={bubble}
        />
        {caption}
      </>
    );
  if (part.media === "image" || part.media === "sticker") {
    return (
      <>
        <a className={classes.media} href={url} target="_blank" rel="noopener noreferrer">
          <img src={url} alt={part.caption ?? t("part.image")} loading="lazy" onError={() => setBroken(true)} />
        </a>
        {caption}
      </>
    );
  }
  // biome-ignore-start lint/a11y/useMediaCaption: what customers send has no captions
  if (part.media === "video")
    return (
      <>
        <video className={classes.media} src={url} controls preload="metadata" />
        {caption}
      </>
    );
  if (part.media === "audio" || part.media === "voice")
    return (
      <>
        <audio src={url} controls preload="metadata" />
        {caption}
      </>
    );
  // biome-ignore-end lint/a11y/useMediaCaption: what customers send has no captions
  return (
    <>
      <Attachment
        icon={FileText}
        title={part.filename ?? t("part.file")}
        note={part.mime ?? ""}
        href={url}
        bubble={bubble}
      />
      {caption}
    </>
  );
}

function safeMedia(url: string | null | undefined): string | null {
  return url?.startsWith("data:image/") ? url : safeUrl(url, location.href);
}

function Attachment({
  icon: Icon,
  title,
  note,
  href,
  bubble,
}: {
  icon: LucideIcon;
  title: string;
  note: string;
  href?: string | null;
  bubble: string;
}) {
  const target = safeUrl(href, location.href);
  const inner = (
    <>
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      <span>
        <bdi>{title}</bdi>
        <small>{note}</small>
      </span>
    </>
  );
  const look = `${bubble} ${classes.attachment}`;
  if (!target) return <div className={look}>{inner}</div>;
  return (
    <a className={look} href={target} target="_blank" rel="noopener noreferrer">
      {inner}
    </a>
  );
}
