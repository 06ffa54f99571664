/** Which rows of a long list are on screen: heights are known from what rows show, so nothing is measured and nothing jumps. */
import { type RefObject, useCallback, useEffect, useMemo, useState } from "react";

const OVERSCAN = 400;

/** Return where each row begins, and behind the last one where the list ends. */
export function offsetsOf(heights: readonly number[]): number[] {
  const offsets = [0];
  for (const height of heights) offsets.push((offsets.at(-1) ?? 0) + height);
  return offsets;
}

/** Return the first row and the one behind the last that touch a stretch. */
export function rowsWithin(offsets: readonly number[], from: number, to: number): [number, number] {
  const count = offsets.length - 1;
  const rowAt = (place: number) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle + 1] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [rowAt(from), Math.min(count, rowAt(to) + 1)];
}

export interface Rows {
  /** Indexes of the rows to draw. */
  drawn: number[];
  offsets: readonly number[];
  reveal: (index: number) => void;
}

/** `kept` is drawn wherever it is: what has the focus must not go. */
export function useRows(scroller: RefObject<HTMLElement | null>, heights: readonly number[], kept: number): Rows {
  const [{ top, height }, setStretch] = useState({ top: 0, height: 800 });
  const offsets = useMemo(() => offsetsOf(heights), [heights]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => setStretch({ top: element.scrollTop, height: element.clientHeight });
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller]);
  const [first, end] = rowsWithin(offsets, top - OVERSCAN, top + height + OVERSCAN);
  const drawn = useMemo(() => {
    const found = Array.from({ length: end - first }, (_, index) => first + index);
    return kept >= 0 && kept < heights.length && (kept < first || kept >= end) ? [...found, kept] : found;
  }, [first, end, kept, heights.length]);
  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const from = offsets[index] ?? 0;
      const to = offsets[index + 1] ?? from;
      if (from < element.scrollTop) element.scrollTop = from - 8;
      else if (to > element.scrollTop + element.clientHeight) element.scrollTop = to - element.clientHeight + 8;
    },
    [scroller, offsets],
  );
  return { drawn, offsets, reveal };
}
