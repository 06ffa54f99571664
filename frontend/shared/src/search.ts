/** What a search answers with. */
import type { Answer, Narrow } from "./answers";
import type { Author, ChannelType, ConversationStatus } from "./console";

/** A stretch of text; `hit` where it is what was looked for. Text, never markup. */
export type Piece = Answer<"Piece">;

export type PersonFound = Narrow<"PersonFound", { channel: ChannelType | null }>;

export type MessageFound = Narrow<"MessageFound", { channel: ChannelType; status: ConversationStatus; author: Author }>;

export interface SearchAnswer {
  people: PersonFound[];
  items: MessageFound[];
  next_cursor: string | null;
  /** False while older messages are still being indexed. */
  complete: boolean;
  event_no: number;
}
