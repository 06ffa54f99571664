import { expect, test } from "vitest";
import { plainWords } from "./plainWords";

test.each([
  ["LOW_QUALITY", "low quality"],
  ["partner_solutions", "partner solutions"],
  ["ADULT", "adult"],
  ["TIER_2K", "TIER_2K"],
  ["Paused for 3 hours.", "Paused for 3 hours."],
  ["OTP", "OTP"],
])("constants become words, the rest stays: %s", (given, words) => {
  expect(plainWords(given)).toBe(words);
});
