/** How each kind of part looks. */
import type { Card, ChoicesPart, MediaPart, Part } from "@frontdesk/shared";
import { linkify, safeUrl } from "@frontdesk/shared/linkify";
import { h, ICONS, icon } from "../dom";
import type { Words } from "../i18n";

export interface PartContext {
  words: Words;
  /** Options may be tapped: this is the question on the table. */
  live: boolean;
  onTap: (payload: string, title: string) => void;
}

export function renderPart(part: Part, context: PartContext): Node {
  const { words } = context;
  switch (part.kind) {
    case "text":
      return textBlock(part.text);
    case "choices":
      return choices(part, context);
    case "media":
      return media(part, words);
    case "location": {
      const place = `${part.latitude},${part.longitude}`;
      return attachment(
        ICONS.pin,
        part.name ?? place,
        part.address ?? place,
        `https://www.openstreetmap.org/?mlat=${part.latitude}&mlon=${part.longitude}#map=17/${part.latitude}/${part.longitude}`,
        words.openMap,
      );
    }
    case "contacts":
      return h(
        "div",
        { class: "stack" },
        ...part.cards.map((card) => {
          const lines = [...(card.phones ?? []), ...(card.emails ?? [])].join("\n");
          return h("div", { class: "bubble" }, h("strong", { dir: "auto" }, card.name), lines && linked(`\n${lines}`));
        }),
      );
    case "cards":
      return h("div", { class: "cards", role: "list" }, ...part.cards.map((card) => cardBlock(card, context)));
    case "shared":
      return part.url
        ? attachment(ICONS.file, part.title ?? words.shared, words.shared, part.url, "")
        : textBlock(part.title ?? words.shared);
    case "template":
      return textBlock(part.preview ?? words.unsupported);
    case "form":
      return textBlock(part.text ?? part.name);
    default:
      return h("div", { class: "bubble odd" }, words.unsupported);
  }
}

export function textBlock(text: string, head?: string | null): HTMLElement {
  return h("div", { class: "bubble", dir: "auto" }, head && h("strong", { class: "head" }, head), linked(text));
}

function linked(text: string): Node {
  const pieces = document.createDocumentFragment();
  for (const span of linkify(text)) {
    pieces.append(
      span.href
        ? h("a", { href: span.href, target: "_blank", rel: "noopener noreferrer nofollow" }, span.text)
        : span.text,
    );
  }
  return pieces;
}

function choices(part: ChoicesPart, { live, onTap }: PartContext): Node {
  const detailed = part.options.some((option) => option.description);
  return h(
    "div",
    { class: "stack" },
    (part.header || part.body) && textBlock(part.body, part.header),
    h(
      "div",
      { class: detailed ? "options" : "chips", role: "group", "aria-label": part.body },
      ...part.options.map((option) =>
        h(
          "button",
          {
            type: "button",
            class: live ? "chip" : "chip old",
            dir: "auto",
            click: () => onTap(option.id, option.label),
          },
          h("span", {}, option.label),
          option.description && h("small", {}, option.description),
        ),
      ),
    ),
    part.footer && h("small", { class: "foot", dir: "auto" }, part.footer),
  );
}

function media(part: MediaPart, words: Words): Node {
  const url = safeUrl(part.url, location.href);
  const caption = part.caption ? textBlock(part.caption) : null;
  const name = part.filename ?? part.caption;
  if (!url) return h("div", { class: "bubble odd" }, words.unsupported);
  switch (part.media) {
    case "image":
    case "sticker": {
      const picture = h("img", { src: url, alt: name ?? words.image, loading: "lazy", decoding: "async" });
      const shape = part.media === "sticker" ? "media sticker" : "media";
      return h(
        "div",
        { class: "stack" },
        h("a", { class: shape, href: url, target: "_blank", rel: "noopener noreferrer" }, picture),
        caption,
      );
    }
    case "video":
      return h(
        "div",
        { class: "stack" },
        h("video", {
          class: "media",
          src: url,
          controls: true,
          preload: "metadata",
          "aria-label": name ?? words.video,
        }),
        caption,
      );
    case "audio":
    case "voice":
      return h(
        "div",
        { class: "stack" },
        h("audio", { src: url, controls: true, preload: "metadata", "aria-label": name ?? words.audio }),
        caption,
      );
    default:
      return h(
        "div",
        { class: "stack" },
        attachment(ICONS.file, part.filename ?? words.document, words.download, url, ""),
        caption,
      );
  }
}

function attachment(drawing: readonly string[], title: string, note: string, url: string, action: string): Node {
  return h(
    "a",
    {
      class: "bubble attachment",
      href: safeUrl(url, location.href) ?? undefined,
      target: "_blank",
      rel: "noopener noreferrer",
    },
    icon(...drawing),
    h(
      "span",
      {},
      h("strong", { dir: "auto" }, title),
      h("small", { dir: "auto" }, note),
      action && h("small", {}, action),
    ),
  );
}

function cardBlock(card: Card, { live, onTap }: PartContext): HTMLElement {
  const picture = safeUrl(card.image_url, location.href);
  return h(
    "div",
    { class: "card", role: "listitem" },
    picture && h("img", { src: picture, alt: "", loading: "lazy" }),
    h(
      "div",
      { class: "card-text", dir: "auto" },
      h("strong", {}, card.title),
      card.subtitle && h("small", {}, card.subtitle),
    ),
    ...(card.buttons ?? []).map((button) => {
      const url = safeUrl(button.url, location.href);
      if (url)
        return h("a", { class: "card-button", href: url, target: "_blank", rel: "noopener noreferrer" }, button.label);
      const tap = () => onTap(button.id ?? button.label, button.label);
      return h("button", { type: "button", class: live ? "card-button" : "card-button old", click: tap }, button.label);
    }),
  );
}
