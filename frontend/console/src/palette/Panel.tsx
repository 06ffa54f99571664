/** A dialog near the top of the page, named, without a head; what lies behind it stays readable. */
import { Modal } from "@mantine/core";
import { type ReactNode, useLayoutEffect } from "react";
import classes from "./Picker.module.css";

export function Panel({ name, onClose, children }: { name: string; onClose: () => void; children: ReactNode }) {
  // At once, so that the next key finds the row that the last one was for.
  useLayoutEffect(() => {
    const from = document.activeElement;
    const page = document.getElementById("root");
    page?.toggleAttribute("inert", true);
    return () => {
      page?.toggleAttribute("inert", false);
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, []);
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={560}
      yOffset="12dvh"
      transitionProps={{ duration: 0 }}
      returnFocus={false}
    >
      <Modal.Overlay backgroundOpacity={0.25} />
      <Modal.Content aria-label={name} className={classes.panel}>
        <Modal.Body p={0}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
