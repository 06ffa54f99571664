/** Which first steps are done, told from what is there. Pure. */
import type { ChannelAccount } from "@frontdesk/shared";

export type StepName = "phone" | "channel" | "flow" | "model" | "colleague";

export interface Facts {
  conversations: number;
  channels: ChannelAccount[];
  modelConnected: boolean;
  flowPublished: boolean;
  colleagues: number;
}

export function stepsDone({
  conversations,
  channels,
  modelConnected,
  flowPublished,
  colleagues,
}: Facts): Record<StepName, boolean> {
  return {
    phone: conversations > 0,
    channel: channels.some((account) => account.status === "active"),
    flow: flowPublished || channels.some((account) => account.flow !== null),
    model: modelConnected,
    colleague: colleagues > 0,
  };
}
