/** What a search answers with. */
import type { Author, ChannelType, ConversationStatus } from "./console";

/** A stretch of text; `hit` where it is what was looked for. Text, never markup. */
export interface Piece {
  text: string;
  hit: boolean;
}

export interface PersonFound {
  contact: { id: string; name: string | null };
  shown: Piece[];
  conversation_id: string | null;
  channel: ChannelType | null;
  at: string | null;
}

export interface MessageFound {
  conversation_id: string;
  message_id: string;
  contact: { id: string; name: string | null };
  channel: ChannelType;
  status: ConversationStatus;
  author: Author;
  at: string;
  shown: Piece[];
}

export interface SearchAnswer {
  people: PersonFound[];
  items: MessageFound[];
  next_cursor: string | null;
  /** False while older messages are still being indexed. */
  complete: boolean;
  event_no: number;
}
