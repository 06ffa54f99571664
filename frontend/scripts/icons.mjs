/** Draws the product's sign, a desk bell, as the icons that phones and desktops install. `node scripts/icons.mjs` */
import { writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";

const OUT = new URL("../console/public/", import.meta.url);
const ACCENT = [14, 111, 140];
const WHITE = [255, 255, 255];
const FINE = 4;

const inBox = (x, y, { left, top, right, bottom, round }) => {
  const dx = Math.max(left + round - x, x - right + round, 0);
  const dy = Math.max(top + round - y, y - bottom + round, 0);
  return x >= left && x <= right && y >= top && y <= bottom && dx * dx + dy * dy <= round * round;
};
const inDisc = (x, y, cx, cy, r) => (x - cx) ** 2 + (y - cy) ** 2 <= r * r;
/** The bell, on a field of 32 by 32. */
const inBell = (x, y) =>
  (inDisc(x, y, 16, 21, 9) && y <= 21) ||
  inBox(x, y, { left: 5.5, top: 22.5, right: 26.5, bottom: 25.1, round: 1.3 }) ||
  inDisc(x, y, 16, 9.8, 1.9);

/** `round`: of the field's corners; `scale`: of the bell on it; `field` null draws the bell alone. */
function paint(size, { round, scale = 1, field = ACCENT }) {
  const rows = [];
  for (let row = 0; row < size; row++) {
    const line = Buffer.alloc(1 + size * 4);
    for (let column = 0; column < size; column++) {
      let sum = [0, 0, 0, 0];
      for (let part = 0; part < FINE * FINE; part++) {
        const x = ((column + ((part % FINE) + 0.5) / FINE) / size) * 32;
        const y = ((row + (Math.floor(part / FINE) + 0.5) / FINE) / size) * 32;
        const bell = inBell((x - 16) / scale + 16, (y - 16) / scale + 16);
        const on = field !== null && inBox(x, y, { left: 0, top: 0, right: 32, bottom: 32, round });
        const colour = bell ? WHITE : on ? field : null;
        if (colour) sum = [sum[0] + colour[0], sum[1] + colour[1], sum[2] + colour[2], sum[3] + 1];
      }
      const [r, g, b, hit] = sum;
      const alpha = Math.round((hit / (FINE * FINE)) * 255);
      line.set(hit ? [r / hit, g / hit, b / hit, alpha].map(Math.round) : [0, 0, 0, 0], 1 + column * 4);
    }
    rows.push(line);
  }
  return png(size, Buffer.concat(rows));
}

function png(size, pixels) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(pixels, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "ascii"), data]);
  const sized = Buffer.alloc(body.length + 8);
  sized.writeUInt32BE(data.length, 0);
  body.copy(sized, 4);
  sized.writeUInt32BE(checksum(body), body.length + 4);
  return sized;
}

function checksum(data) {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}

const save = (name, data) => writeFileSync(new URL(name, OUT), data);
save("icon-192.png", paint(192, { round: 9 }));
save("icon-512.png", paint(512, { round: 9 }));
save("icon-maskable-512.png", paint(512, { round: 0, scale: 0.72 }));
save("icon-180.png", paint(180, { round: 0, scale: 0.85 }));
save("badge-96.png", paint(96, { field: null, round: 0 }));
