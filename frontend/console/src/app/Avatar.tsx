import { initials } from "@frontdesk/shared/people";
import { User } from "lucide-react";
import classes from "./Avatar.module.css";

/** Six quiet tints; the name alone decides which. */
function tint(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}

export function Avatar({ name, size = 32 }: { name: string | null; size?: number }) {
  const letters = /^\p{L}/u.test(name ?? "") ? initials(name) : "";
  return (
    <span
      className={classes.root}
      data-tint={tint(name ?? "")}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.35) }}
      aria-hidden="true"
    >
      {letters || <User size={Math.round(size * 0.5)} />}
    </span>
  );
}
