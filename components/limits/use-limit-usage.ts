"use client";

import { useCallback, useEffect, useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import type { LimitUsageRow } from "#lib/limits/limits.ts";

const everyMilliseconds = 5_000;

/** What is in use now, read again every 5 seconds while somebody looks. */
export function useLimitUsage(
  readUsage: Action<LimitUsageRow[]>,
  input: { server?: string; agent?: string },
  start: readonly LimitUsageRow[],
): { usage: readonly LimitUsageRow[]; refresh: () => void } {
  const [usage, setUsage] = useState(start);
  const { server, agent } = input;
  const refresh = useCallback(async () => {
    const found = await runAction(readUsage, {
      ...(server !== undefined && { server }),
      ...(agent !== undefined && { agent }),
    });
    // What was shown last stays when it cannot be read.
    if (found.ok) setUsage(found.data);
  }, [readUsage, server, agent]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void refresh();
    }, everyMilliseconds);
    return () => clearInterval(timer);
  }, [refresh]);

  return { usage, refresh: () => void refresh() };
}
