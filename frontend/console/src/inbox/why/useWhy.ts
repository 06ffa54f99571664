/** Which turn is being explained in the side panel; the key of the thread opens the newest. */
import { useRef, useState } from "react";

export interface Why {
  turn: string | null;
  /** Show a turn, or put away the one that is shown. */
  toggle: (turn: string) => void;
  close: () => void;
  openNewest: () => void;
  /** The thread tells which turn spoke last. */
  noteNewest: (turn: string | null) => void;
}

export function useWhy(shown: boolean, onShow: () => void): Why {
  const [turn, setTurn] = useState<string | null>(null);
  const newest = useRef<string | null>(null);
  const opener = useRef<Element | null>(null);
  const open = (wanted: string) => {
    if (!turn) opener.current = document.activeElement;
    setTurn(wanted);
    if (!shown) onShow();
  };
  const close = () => {
    setTurn(null);
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  const toggle = (wanted: string) => (turn === wanted && shown ? close() : open(wanted));
  return {
    turn,
    toggle,
    close,
    openNewest: () => newest.current && toggle(newest.current),
    noteNewest: (spoke) => {
      newest.current = spoke;
    },
  };
}
