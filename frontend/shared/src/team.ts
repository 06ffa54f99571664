/** Who works here, how they get in, and with what: the HTTP interface under /api/v1. */

import type { Assignment } from "./assign";
import type { Role } from "./console";

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  active: boolean;
  since: string;
  seen_at: string | null;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  locale: string;
  invited_at: string;
  expires_at: string;
}

export interface Device {
  id: string;
  browser: string | null;
  system: string | null;
  signed_in_at: string;
  seen_at: string;
  /** The one that asks. */
  current: boolean;
}

export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  created_at: string;
}

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
