// Build elements and icons. Text only ever becomes text nodes: what a business sends never runs here.

export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  tick: "M1.5 6.5l3 3L11 3",
  ticks: "M1 6.5l3 3L10.5 3M6.8 8.6l.9.9L14.2 3",
  clock: "M8 4.5V8l2.2 1.4M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12",
  warn: "M8 4.5v4M8 11.2v.1M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13",
  reply: "M6.5 3.5L2.5 7.5l4 4M3 7.5h6.5a4 4 0 0 1 4 4v1",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4v.01M2.5 8v.01M2.5 12v.01",
  link: "M9.5 2.5h4v4M13.5 2.5L7.5 8.5M12 9.5v3a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h3",
  send: "M2.5 8L13.5 2.5 11 13.5 8 9.2z",
  image: "M2.5 3.5h11v9h-11zM2.5 10.5l3-3 2.5 2.5 2-2 3.5 3M10.5 6.2v.01",
  smile: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M5.5 9.5c.6 1.2 1.5 1.8 2.5 1.8s1.9-.6 2.5-1.8M6 6.2v.1M10 6.2v.1",
  plus: "M8 3v10M3 8h10",
  staff: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8M2.8 13.5c.6-2.6 2.6-4 5.2-4s4.6 1.4 5.2 4",
  block: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M3.5 3.5l9 9",
  pin: "M8 14.5s4.5-4.2 4.5-7.7a4.5 4.5 0 0 0-9 0C3.5 10.3 8 14.5 8 14.5M8 8.3a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3",
  file: "M4 1.8h5l3.5 3.5v8.9H4zM9 1.8v3.5h3.5",
  back: "M10 3L5 8l5 5",
  close: "M4 4l8 8M12 4l-8 8",
};

export function icon(name, label = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", name === "tick" || name === "ticks" ? "0 0 15.5 12" : "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const MARKS = [
  [/```([^`]+)```/, "code"],
  [/(?<![\p{L}\p{N}])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}])/u, "strong"],
  [/(?<![\p{L}\p{N}])_(?=\S)([^_\n]+?)(?<=\S)_(?![\p{L}\p{N}])/u, "em"],
  [/(?<![\p{L}\p{N}])~(?=\S)([^~\n]+?)(?<=\S)~(?![\p{L}\p{N}])/u, "s"],
];
const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/;

// WhatsApp renders its four marks; the other channels show them as typed.
export function richText(text, marks) {
  const link = LINK.exec(text);
  if (link) {
    const anchor = el("a", { href: link[0], target: "_blank", rel: "noopener noreferrer" }, link[0]);
    return [...richText(text.slice(0, link.index), marks), anchor, ...richText(text.slice(link.index + link[0].length), marks)];
  }
  for (const [pattern, tag] of marks ? MARKS : []) {
    const found = pattern.exec(text);
    if (!found) continue;
    const inside = tag === "code" ? [found[1]] : richText(found[1], marks);
    const after = text.slice(found.index + found[0].length);
    return [...richText(text.slice(0, found.index), marks), el(tag, {}, ...inside), ...richText(after, marks)];
  }
  return text ? [text] : [];
}

export function initials(name) {
  const parts = name.trim().split(/\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part));
  return parts.slice(0, 2).map((part) => [...part][0].toUpperCase()).join("") || "?";
}
