export interface ErrorWords {
  title: string;
  description: string;
}

/**
 * What an error page says: the words of a failure that people can act on, which travel in the
 * digest as "code;message", or that something is broken and how to name it to the operator.
 */
export function errorWords(error: unknown): ErrorWords {
  const digest = digestOf(error);
  const [, message] = /^[a-z_]+;(.+)$/s.exec(digest) ?? [];
  if (message) return { title: "This cannot be shown", description: message };
  const place = digest === "" ? "" : ` under ${digest}`;
  return {
    title: "This page could not be read",
    description: `Nothing was changed. Try again; if it stays so, the operator finds the reason in the log${place}.`,
  };
}

function digestOf(error: unknown): string {
  const has = typeof error === "object" && error !== null && "digest" in error;
  return has && typeof error.digest === "string" ? error.digest : "";
}
