import { signsOf } from "./commands";

/** Keys as they look. */
export function Keys({ combo }: { combo: string }) {
  return (
    <span dir="ltr" style={{ whiteSpace: "nowrap" }}>
      {signsOf(combo).map((sign) => (
        <kbd key={sign} style={{ marginInlineStart: 2 }}>
          {sign}
        </kbd>
      ))}
    </span>
  );
}
