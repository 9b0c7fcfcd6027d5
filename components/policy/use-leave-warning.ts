"use client";

import { useEffect } from "react";
import { useUnloadWarning } from "#components/use-unload-warning.ts";

const question = "Leave this page and lose the changes that are not saved?";

/** Asks before a link, the way back or closing the tab drops what is not saved. */
export function useLeaveWarning(isDirty: boolean): void {
  useUnloadWarning(isDirty);
  useEffect(() => {
    if (!isDirty) return;
    const listening = new AbortController();
    const { signal } = listening;
    // Links and the history lead through the dashboard without unloading anything.
    window.addEventListener(
      "click",
      (event) => {
        if (!followsLink(event) || window.confirm(question)) return;
        event.preventDefault();
        event.stopPropagation();
      },
      { capture: true, signal },
    );
    // Where a browser does not have the Navigation API yet, its back button does not ask.
    window.navigation?.addEventListener(
      "navigate",
      (event) => {
        if (goesBack(event) && !window.confirm(question)) event.preventDefault();
      },
      { signal },
    );
    return () => listening.abort();
  }, [isDirty]);
}

/** Whether a click follows a link to another page in this tab. */
function followsLink(event: MouseEvent): boolean {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return false;
  }
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.download !== "") {
    return false;
  }
  return isElsewhere(link);
}

/** Whether the history leads to another page; one outside the dashboard is asked for on unload. */
function goesBack({ navigationType, cancelable, destination }: NavigateEvent): boolean {
  return (
    navigationType === "traverse" &&
    cancelable &&
    destination.sameDocument &&
    isElsewhere(new URL(destination.url))
  );
}

function isElsewhere({ pathname, origin }: Pick<URL, "pathname" | "origin">): boolean {
  return pathname !== window.location.pathname || origin !== window.location.origin;
}
