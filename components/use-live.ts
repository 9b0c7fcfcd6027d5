"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { LiveState } from "./ui/live-mark.tsx";

const pollMilliseconds = 5_000;

/**
 * Follows a live route: `onMessage` gets its answer first and at every change. Where events do not
 * come through, the same address is asked every 5 s. Nothing is asked while the page is out of
 * sight, because a browser keeps only six connections to a host for all its tabs.
 *
 * @param url null: not now
 */
export function useLive<Data>(url: string | null, onMessage: (data: Data) => void): LiveState {
  const [state, setState] = useState<LiveState>(url === null ? "paused" : "live");
  const deliver = useEffectEvent(onMessage);

  useEffect(() => {
    if (url === null) {
      setState("paused");
      return;
    }
    const address = url;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setInterval> | undefined;
    let ended = false;

    function stop() {
      source?.close();
      source = null;
      clearInterval(timer);
    }

    function start() {
      stop();
      if (ended) return;
      const events = new EventSource(address);
      source = events;
      events.onopen = () => setState("live");
      // What a live route sends is JSON of the type its page asks for.
      events.onmessage = ({ data }) => deliver(JSON.parse(data) as Data);
      events.addEventListener("end", () => {
        ended = true;
        stop();
      });
      events.onerror = () => {
        // The browser comes again by itself unless the answer was no stream at all.
        if (events.readyState !== EventSource.CLOSED) return;
        setState("polling");
        clearInterval(timer);
        timer = setInterval(poll, pollMilliseconds);
      };
    }

    async function poll() {
      try {
        const response = await fetch(address, { headers: { accept: "application/json" } });
        // The same type as over events.
        if (response.ok) deliver((await response.json()) as Data);
      } catch {
        // Out of reach now; the next turn may find it again.
      }
    }

    function follow() {
      if (document.visibilityState === "visible") start();
      else stop();
    }

    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      stop();
    };
  }, [url]);

  return state;
}
