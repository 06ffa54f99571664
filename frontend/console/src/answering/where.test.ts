import type { ChannelAccount } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { type Choosable, whereAnswers } from "./where";

const account = (name: string, flow: ChannelAccount["flow"], status: ChannelAccount["status"] = "active") =>
  ({ id: name, channel: "widget", name, provider_id: name, status, reason: null, flow }) as ChannelAccount;
const flow = (more: Partial<Choosable> = {}): Choosable => ({
  id: "mine",
  name: "Mine",
  kind: "main",
  published: true,
  default: false,
  ...more,
});
const other = { id: "other", name: "Other" };

describe("where a flow answers", () => {
  it("is nowhere while no connected account has it", () => {
    expect(whereAnswers(flow(), [account("A", null), account("B", other)])).toEqual({ where: "nowhere", names: [] });
    expect(whereAnswers(flow(), [account("A", { id: "mine", name: "" }, "disconnected")]).where).toBe("nowhere");
  });

  it("is where it was chosen", () => {
    const accounts = [account("A", { id: "mine", name: "Mine" }), account("B", null)];
    expect(whereAnswers(flow(), accounts)).toEqual({ where: "here", names: ["A"] });
  });

  it("is wherever nothing else is chosen for the default one", () => {
    const accounts = [account("A", null), account("B", other)];
    expect(whereAnswers(flow({ default: true }), accounts)).toEqual({ where: "everywhere", names: ["A"] });
    expect(whereAnswers(flow({ default: true }), [account("B", other)]).where).toBe("unused");
  });

  it("is in others for a part", () => {
    expect(whereAnswers(flow({ kind: "sub" }), []).where).toBe("part");
  });
});
