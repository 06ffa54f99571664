import { describe, expect, it } from "vitest";
import { contrast, parseHex, type Rgb, readableOn, textOn, toHex } from "./contrast";
import { initials } from "./people";

const hex = (value: string): Rgb => parseHex(value) ?? [0, 0, 0];

describe("contrast", () => {
  it("reads hex colours and refuses the rest", () => {
    expect(parseHex("#0e6f8c")).toEqual([14, 111, 140]);
    expect(toHex(hex("fff"))).toBe("#ffffff");
    for (const bad of ["", "red", "#12", "url(x)", null]) expect(parseHex(bad)).toBeNull();
  });

  it("agrees with the known ends of the scale", () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
    expect(contrast(hex("#777777"), [255, 255, 255])).toBeCloseTo(4.48, 2);
  });

  it("makes every accent readable, as a fill and as text, in both themes", () => {
    for (let r = 0; r <= 255; r += 51) {
      for (let g = 0; g <= 255; g += 51) {
        for (let b = 0; b <= 255; b += 51) {
          const accent: Rgb = [r, g, b];
          expect(contrast(textOn(accent), accent)).toBeGreaterThanOrEqual(4.5);
          for (const surface of [hex("#ffffff"), hex("#10151c")]) {
            expect(contrast(readableOn(surface, accent), surface)).toBeGreaterThanOrEqual(4.5);
          }
        }
      }
    }
  });

  it("leaves an accent alone that reads well already", () => {
    expect(readableOn([255, 255, 255], hex("#0e6f8c"))).toEqual(hex("#0e6f8c"));
  });
});

describe("initials", () => {
  it("takes the first and the last word, whatever the script", () => {
    expect(["Ayşe Demir", "mehmet", "Айгерім Н.", "نورة العتيبي", "  ", null].map(initials)).toEqual([
      "AD",
      "M",
      "АН",
      "نا",
      "",
      "",
    ]);
  });
});
