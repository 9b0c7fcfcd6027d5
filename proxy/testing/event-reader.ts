import { type SseEvent, SseReader } from "#proxy/json/sse.ts";

export interface EventReader {
  status: number;
  headers: Headers;
  /** The next event with data; null at the stream's end. */
  next(): Promise<SseEvent | null>;
  /** The next event's data as JSON. */
  message(): Promise<unknown>;
  close(): void;
}

/** The GET stream of a session, as an agent reads it. */
export async function openEvents(
  url: string,
  token: string,
  session: string | null,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const over = new AbortController();
  const response = await fetch(url, {
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
      ...(session === null ? {} : { "mcp-session-id": session }),
      ...headers,
    },
    signal: over.signal,
  });
  const body = response.body?.getReader();
  const parser = new SseReader(1_000_000);
  const waiting: SseEvent[] = [];
  const next = async (): Promise<SseEvent | null> => {
    for (;;) {
      const event = waiting.shift();
      if (event !== undefined) {
        if (event.data !== "") return event;
        continue;
      }
      const chunk = await body?.read();
      if (chunk === undefined || chunk.done) return null;
      waiting.push(...parser.push(chunk.value));
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    next,
    async message() {
      const event = await next();
      return event === null ? null : JSON.parse(event.data);
    },
    close: () => over.abort(),
  };
}
