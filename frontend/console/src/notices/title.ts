/** What the tab is called: how many wait for a person stands first, where a narrow tab still shows it. Pure. */
export function titleOf(waiting: number | undefined): string {
  return waiting ? `(${waiting > 99 ? "99+" : waiting}) Frontdesk` : "Frontdesk";
}
