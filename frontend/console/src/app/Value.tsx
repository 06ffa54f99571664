/** A collected value as people read it; a phone number keeps its direction. */
export function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "✓" : "✗";
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  return /^\+?[\d\s().-]{7,}$/.test(text) ? <span dir="ltr">{text}</span> : text;
}
