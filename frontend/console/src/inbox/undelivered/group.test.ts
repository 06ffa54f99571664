import type { Undelivered } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { byConversation } from "./group";

const lost = (conversation_id: string, message_id: string) => ({ conversation_id, message_id }) as Undelivered;

describe("what did not arrive", () => {
  it("stands under its conversation, a message of two requests once", () => {
    const talks = byConversation([lost("a", "1"), lost("b", "2"), lost("a", "3"), lost("a", "1")]);
    expect(talks.map((talk) => talk.map(({ message_id }) => message_id))).toEqual([["1", "3"], ["2"]]);
  });
});
