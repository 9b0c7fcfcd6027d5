/** An answer of Callgate that an agent or its developer may meet. */
export interface Refusal {
  id: string;
  title: string;
  /** Where it stands: a tool result with `isError`, a JSON-RPC error, or an HTTP status. */
  form: string;
  /** Its words, of an example; a test holds them against what the proxy says. */
  example: string;
  means: string;
  what: string;
}

/** Every refusal, in the order of how often people meet them. */
export const refusals: readonly Refusal[] = [
  {
    id: "denied",
    title: "Denied by a rule",
    form: "HTTP 200, tool result with isError, outcome denied",
    example:
      'Blocked by policy: agent "ci-runner" may not make this call of valkey_write on server "valkey". Reason: Ask #platform first. Rule: tools.valkey_write[0]. The action was not performed. Do not retry with the same arguments; ask an administrator of the org if this is needed. Decision 0199.',
    means: "A rule of the server’s policy denies this tool, or this tool with these arguments.",
    what: "Do not repeat the call. With another tool or other arguments it may pass; the rule and the decision are named, and people with access find both under Calls.",
  },
  {
    id: "rate-limited",
    title: "Over a limit",
    form: "HTTP 200, tool result with isError, outcome rate_limited",
    example:
      "Rate limit reached: valkey_write may be called 10 times in 60 seconds (rule tools.valkey_write). The action was not performed. Wait 17 seconds, then retry once. Decision 0199.",
    means: "Every slot of a rolling window is taken. Refused calls take none.",
    what: "Wait the seconds it names, then call again. retryAfterMs in _meta says the same for programs.",
  },
  {
    id: "approval-required",
    title: "Waiting for approval",
    form: "HTTP 200, tool result with isError, outcome approval_required",
    example:
      'Approval required and not yet given: valkey_write on server "valkey" waits for a person at https://callgate.example/orgs/acme/approvals/0200 . The action was not performed. When it is approved, call valkey_write again with exactly the same arguments; it then runs once. Until then do not retry more often than every 60 seconds. Approval 0200. Decision 0199.',
    means:
      "A person has to approve exactly this call. The call was held for a while and nobody decided.",
    what: "Tell the person, keep the arguments, and repeat the same call later: it joins the same request, and once approved it runs, once.",
  },
  {
    id: "approvals-full",
    title: "Too many calls wait for approval",
    form: "HTTP 200, tool result with isError, outcome approvals_full",
    example:
      'Approval required, and nobody was asked: valkey_write on server "valkey" needs a person\'s approval. Reason: 20 calls of this agent wait for a person already. The action was not performed. Do not try other arguments; wait until some are decided, at least 60 seconds, then call valkey_write once. Rule: tools.valkey_write. Decision 0199.',
    means:
      "An agent may have 20 requests waiting at a time, so that one in a loop does not bury what people have to read.",
    what: "Stop trying other arguments. Ask whoever approves to decide what waits; each decision, and each request that expires, makes room for one.",
  },
  {
    id: "unknown-tool",
    title: "Hidden or unknown tool",
    form: "HTTP 200, JSON-RPC error −32602",
    example: "Unknown tool: valkey_admin",
    means:
      "The server has no such tool, or its policy hides it; the two cannot be told apart. A tool whose definition has changed is unknown until a person has reviewed it.",
    what: "List the tools again. If the tool should be there, ask whoever manages the server in Callgate.",
  },
  {
    id: "not-permitted",
    title: "Prompt or resource denied",
    form: "HTTP 200, JSON-RPC error 403",
    example:
      'Blocked by policy: agent "ci-runner" may not use the resource file:///etc/passwd of server "valkey". Reason: Ask #platform first. Rule: resources.file:///etc/*. Nothing was sent to the server. Do not retry; ask an administrator of the org if this is needed. Decision 0199.',
    means: "A rule under prompts or resources denies it.",
    what: "Do not repeat it; ask for the rule to be changed if it is needed.",
  },
  {
    id: "upstream",
    title: "The server could not answer",
    form: "HTTP 200, tool result with isError, outcome upstream_error",
    example:
      'Server "valkey" could not answer: it did not answer in time. The action may or may not have been performed; check before you repeat it. Decision 0199.',
    means:
      "The call was allowed and went on, and the server behind Callgate failed, hung or answered with something that is no MCP.",
    what: "Check whether it happened before you repeat it: the text says when nothing was sent. The server’s page in Callgate shows what is wrong.",
  },
  {
    id: "unauthenticated",
    title: "No valid token",
    form: "HTTP 401 with WWW-Authenticate: Bearer",
    example:
      "The agent token is missing, malformed, expired or revoked. Send Authorization: Bearer cg_agt_… ; an administrator of the org can issue a new token on the agent's page.",
    means: "The Authorization header is missing, or its token is not, or no longer, good.",
    what: "Rotate the agent’s token in Callgate and put the new one into the client’s configuration. No OAuth is involved.",
  },
  {
    id: "not-found",
    title: "No such server",
    form: "HTTP 404",
    example: "There is no such server for this agent token.",
    means: "The address is wrong, the server was removed, or this agent was not granted it.",
    what: "Copy the address from “Connect an agent”, and check the agent’s servers.",
  },
  {
    id: "session",
    title: "Session over",
    form: "HTTP 404, JSON-RPC error −32001",
    example: "Session not found",
    means:
      "The MCP session has ended: its program stopped, it was idle too long, or the token was revoked.",
    what: "Clients start a new session by themselves; restart yours if it does not.",
  },
  {
    id: "revision",
    title: "MCP revision too old",
    form: "JSON-RPC error −32602 to initialize; HTTP 400, JSON-RPC error −32000 to what comes after it",
    example:
      "Unsupported protocol version: 2025-03-26. This org accepts MCP 2025-06-18 or newer. No session was opened. Update the agent's MCP client, or ask an administrator of the org to lower the minimum.",
    means:
      "The org has set the oldest MCP revision its agents may speak, and this client, or the server it was to talk to, agreed to an older one. A request without a session and MCP-Protocol-Version counts as 2025-03-26.",
    what: "Update the client, then start a new session; data.supported lists what is accepted. Owners and admins set the minimum under Settings.",
  },
  {
    id: "unavailable",
    title: "Callgate cannot decide",
    form: "HTTP 503 with Retry-After",
    example:
      "Callgate cannot decide or record calls right now, so nothing was forwarded. Retry in 5 seconds.",
    means:
      "The database cannot be reached or the proxy is overloaded. What cannot be decided and recorded is refused.",
    what: "Retry after the seconds it names. Operators: see operations.",
  },
];
