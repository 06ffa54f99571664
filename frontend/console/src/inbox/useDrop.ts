/** Files dragged over a conversation; words that are dragged are left to where they fall. */
import { type DragEvent, useRef, useState } from "react";
import { filesIn } from "./composer/attaching";

export function useDrop(onFiles: (files: File[]) => void) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const carries = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  const enter = (by: number) => {
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  };
  return {
    over,
    on: {
      onDragEnter: (event: DragEvent) => carries(event) && enter(1),
      onDragLeave: (event: DragEvent) => carries(event) && enter(-1),
      onDragOver: (event: DragEvent) => carries(event) && event.preventDefault(),
      onDrop: (event: DragEvent) => {
        if (!carries(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        onFiles(filesIn(event.dataTransfer));
      },
    },
  };
}
