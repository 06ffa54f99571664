/** Roles, the greatest first: who has one may give it and those below. The server judges the same. Pure. */
import type { Role } from "@frontdesk/shared";

export const ROLES: readonly Role[] = ["owner", "admin", "builder", "staff"];

export function mayGrant(mine: Role, other: Role): boolean {
  return ROLES.indexOf(mine) <= ROLES.indexOf(other);
}
