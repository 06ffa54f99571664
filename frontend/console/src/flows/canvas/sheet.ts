/** A sheet over the drawing's lines, on which those of what is dragged are drawn meanwhile. */
import classes from "./Canvas.module.css";
import { curveOf, type Ends } from "./curve";
import type { Drawing, Part, Places } from "./glide";

const SVG = "http://www.w3.org/2000/svg";

interface Line {
  source: string;
  target: string;
  ends: Ends;
}

/** Take the lines of these cards out of the drawing. */
export function layLines(drawing: Drawing, cards: Places): Part {
  const { domNode, edges } = drawing.getState();
  const sheet = sheetOf(drawing);
  const drawn = partsOf<SVGGElement>(domNode, ".react-flow__edge", "id");
  const tools = partsOf<HTMLElement>(domNode, "[data-line]", "line");
  const covered: ElementCSSInlineStyle[] = [];
  // Those that look the same are one path: each costs the browser a look of its own.
  const looks = new Map<string, Line[]>();
  for (const { id, source, target } of edges) {
    const line = cards.has(source) || cards.has(target) ? drawn.get(id) : undefined;
    const path = line?.querySelector<SVGPathElement>(".react-flow__edge-path");
    if (!line?.ownerSVGElement || !path) continue;
    const tool = tools.get(id);
    covered.push(line.ownerSVGElement, ...(tool ? [tool] : []));
    const look = line.getAttribute("class") ?? "";
    looks.set(look, [...(looks.get(look) ?? []), { source, target, ends: endsOf(path) }]);
  }
  const paths = [...looks].map(([look, lines]) => ({ lines, path: pathOn(sheet, look) }));
  for (const { style } of covered) style.visibility = "hidden";
  // Below all cards: above them it would have the browser put every layer in order again.
  domNode?.querySelector(".react-flow__edges")?.append(sheet);
  return {
    follow: (by) => {
      const curve = ({ source, target, ends }: Line) => curveOf(moved(ends, by.get(source), by.get(target)))[0];
      for (const { path, lines } of paths) path.setAttribute("d", lines.map(curve).join(""));
    },
    release: () => {
      sheet.remove();
      for (const { style } of covered) style.visibility = "";
    },
  };
}

function pathOn(sheet: SVGSVGElement, look: string): SVGPathElement {
  const group = sheet.appendChild(document.createElementNS(SVG, "g"));
  const path = group.appendChild(document.createElementNS(SVG, "path"));
  group.setAttribute("class", look);
  path.setAttribute("class", "react-flow__edge-path");
  return path;
}

/** As large as what is seen: where the view moves, the sheet is laid anew. */
function sheetOf(drawing: Drawing): SVGSVGElement {
  const { transform, width, height } = drawing.getState();
  const [left, top, zoom] = transform;
  const [x, y, w, h] = [-left / zoom, -top / zoom, width / zoom, height / zoom].map(String);
  const sheet = document.createElementNS(SVG, "svg");
  sheet.setAttribute("class", classes.sheet ?? "");
  sheet.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
  Object.assign(sheet.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
  // With bounds that never change the browser draws the sheet alone; else it looks at every layer again.
  const bounds = sheet.appendChild(document.createElementNS(SVG, "rect"));
  for (const [name, value] of Object.entries({ x, y, width: w, height: h, "fill-opacity": 0 }))
    bounds.setAttribute(name, String(value));
  return sheet;
}

function partsOf<T extends HTMLElement | SVGElement>(root: HTMLElement | null, what: string, name: string) {
  return new Map([...(root?.querySelectorAll<T>(what) ?? [])].map((part) => [part.dataset[name] ?? "", part]));
}

function endsOf(path: SVGPathElement): Ends {
  const [from, to] = [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())];
  return { sourceX: from.x, sourceY: from.y, targetX: to.x, targetY: to.y };
}

const STILL = { x: 0, y: 0 };

function moved({ sourceX, sourceY, targetX, targetY }: Ends, source = STILL, target = STILL): Ends {
  return {
    sourceX: sourceX + source.x,
    sourceY: sourceY + source.y,
    targetX: targetX + target.x,
    targetY: targetY + target.y,
  };
}
