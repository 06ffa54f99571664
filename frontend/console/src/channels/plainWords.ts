/** A provider's constant as words (`LOW_QUALITY` → "low quality"); sentences, and limits such as `TIER_2K`, as they are. */
export function plainWords(given: string): string {
  const isConstant = /^[A-Za-z]+(_[A-Za-z]+)+$/.test(given) || /^[A-Z]{4,}$/.test(given);
  return isConstant ? given.toLowerCase().replaceAll("_", " ") : given;
}
