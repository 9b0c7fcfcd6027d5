"use client";

import { useEffect, useRef } from "react";

/**
 * Does something at once or, while the mouse or a finger is down, as soon as it is lifted: what moves
 * in between takes the click away from what was pressed.
 */
export function useAfterPress(): (act: () => void) => void {
  const isDown = useRef(false);

  useEffect(() => {
    function follow({ type }: Event) {
      isDown.current = type === "mousedown";
    }
    const events = ["mousedown", "mouseup", "dragend"];
    for (const event of events) document.addEventListener(event, follow, true);
    return () => {
      for (const event of events) document.removeEventListener(event, follow, true);
    };
  }, []);

  return (act) => {
    if (isDown.current) document.addEventListener("mouseup", act, { capture: true, once: true });
    else act();
  };
}
