/** How a server answers one request of an agent, and what comes of it. */
export interface AnswerCase {
  /** Ids of the catalogue that this case is of. */
  id: string;
  title: string;
  answer: HttpAnswer;
  /** What the agent gets: a failure in these words, or an answer with these members. */
  gets: Failure | { result: unknown } | { error: unknown };
}

export interface HttpAnswer {
  /** The agent's request; a call of an allowed tool when absent. */
  method?: "tools/list" | "prompts/list" | "resources/list";
  status?: number;
  headers?: Record<string, string>;
  /** Content-Type; JSON when absent, none when null. */
  type?: string | null;
  /** Informational answers (1xx) before it. */
  informational?: number;
  /** `$id` is the request's id as JSON, `$fill` 30,000 characters, `$deep` 5,000 open brackets, `$own` the server's URL. */
  body: string;
  /** Bytes after the body, as base64. */
  bytes?: string;
  /** The answer is never finished. */
  stalls?: true;
}

export type Failure = "invalid" | "too large" | "late" | "cut off" | "unauthorized" | "unreachable";

/** A title and an answer; a bare text is the body of a JSON answer. */
export type Row = [title: string, answer: string | HttpAnswer];

/** Cases of one id that all end alike. */
export function alike(id: string, gets: Failure, rows: readonly Row[]): AnswerCase[] {
  return rows.map(([title, answer]) => ({
    id,
    title,
    answer: typeof answer === "string" ? { body: answer } : answer,
    gets,
  }));
}

/** The answer to a call that does nothing. */
export const result = '{"jsonrpc":"2.0","id":$id,"result":{"content":[]}}';

export const textOf = (text: string) => ({ content: [{ type: "text", text }] });

export const withText = (text: string) =>
  `{"jsonrpc":"2.0","id":$id,"result":${JSON.stringify(textOf(text))}}`;

/** An event stream of these messages. */
export const stream = (...messages: string[]): HttpAnswer => ({
  type: "text/event-stream",
  body: messages.map((message) => `data: ${message}\n\n`).join(""),
});
