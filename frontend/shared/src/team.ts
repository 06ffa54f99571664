/** Who works here, how they get in, and with what: the HTTP interface under /api/v1. */

import type { Answer, Narrow } from "./answers";
import type { Assignment } from "./assign";
import type { Role } from "./console";

export type Member = Narrow<"MemberView", { role: Role }>;

export type Invitation = Narrow<"InvitationView", { role: Role }>;

export type Device = Answer<"DeviceView">;

export type ApiKey = Narrow<"KeyView", { role: Role }>;

/** What a mailed link is for. */
export interface Ticket {
  kind: "invitation" | "password";
  email: string;
  business: string | null;
  role: Role | null;
  /** The person signs in with the password that they have. */
  has_password: boolean;
}

export interface OpenHours {
  /** 0 is Monday. */
  day: number;
  start: string;
  end: string;
}

/** A tenant's rules; those that have no page yet are kept as they came. */
export interface Policy {
  timezone: string;
  /** Empty: always open. */
  hours: OpenHours[];
  holidays: string[];
  assignment?: Assignment;
  [rule: string]: unknown;
}
