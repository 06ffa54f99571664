/** What a message consists of; mirrors the server's typed parts. Unknown kinds must be shown as unsupported. */

export interface TextPart {
  kind: "text";
  text: string;
}

export type MediaKind = "image" | "video" | "audio" | "voice" | "document" | "sticker";

export interface MediaPart {
  kind: "media";
  media: MediaKind;
  url?: string | null;
  /** A file that is kept at the server. */
  file?: string | null;
  mime?: string | null;
  filename?: string | null;
  caption?: string | null;
  error?: string | null;
}

export interface LocationPart {
  kind: "location";
  latitude: number;
  longitude: number;
  name?: string | null;
  address?: string | null;
  url?: string | null;
}

export interface ContactsPart {
  kind: "contacts";
  cards: {
    name: string;
    phones?: string[];
    emails?: string[];
    addresses?: string[];
    urls?: string[];
    birthday?: string | null;
  }[];
}

export interface Option {
  id: string;
  label: string;
  description?: string | null;
}

export interface ChoicesPart {
  kind: "choices";
  body: string;
  options: Option[];
  header?: string | null;
  footer?: string | null;
  menu_label?: string | null;
}

export interface CardButton {
  label: string;
  id?: string | null;
  url?: string | null;
}

export interface Card {
  title: string;
  subtitle?: string | null;
  image_url?: string | null;
  buttons?: CardButton[];
}

export interface CardsPart {
  kind: "cards";
  cards: Card[];
}

export interface TemplatePart {
  kind: "template";
  name: string;
  language: string;
  params?: string[];
  preview?: string | null;
}

export interface FormPart {
  kind: "form";
  name: string;
  data?: Record<string, unknown>;
  text?: string | null;
}

export interface SharedPart {
  kind: "shared";
  shape: string;
  url?: string | null;
  title?: string | null;
}

export interface UnsupportedPart {
  kind: "unsupported";
  what: string;
  note?: string | null;
}

export type Part =
  | TextPart
  | MediaPart
  | LocationPart
  | ContactsPart
  | ChoicesPart
  | CardsPart
  | TemplatePart
  | FormPart
  | SharedPart
  | UnsupportedPart;
