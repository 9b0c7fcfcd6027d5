import type { IncomingHttpHeaders } from "node:http";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { Exchange, ProxyState } from "#proxy/exchange.ts";
import { modernRevision } from "#proxy/receive/era.ts";
import { findTooOld } from "#proxy/receive/minimum.ts";
import { toolNameOf } from "./names.ts";
import type { AggregateAccess, AggregatePart, AggregateSession, GrantedServer } from "./ports.ts";

/** One request of an agent to all its servers. */
export type Visit = SessionVisit | ModernVisit;

/** One in a session. */
export type SessionVisit = Arrived & { session: AggregateSession };

/** One of revision 2026-07-28, which stands for itself. */
export type ModernVisit = Arrived & {
  session: null;
  /** Fires when the agent goes away, which cancels what it asked for. */
  gone: AbortSignal;
};

interface Arrived {
  state: ProxyState;
  reply: AgentReply;
  headers: IncomingHttpHeaders;
  authorization: string | undefined;
  orgSlug: string;
  access: AggregateAccess;
  bodyBytes: number;
  receivedAt: number;
  leaveShare(): void;
}

/** Why a server cannot be used now, for the agent. */
export interface Problem {
  problem: string;
}

/**
 * The exchange with one server that a request becomes. Token, grant and session are read anew, or
 * recalled for what goes through admission.
 *
 * @param part the session's part with the server; null for a request that stands for itself
 */
export async function exchangeWith(
  visit: Visit,
  server: GrantedServer,
  part: Pick<AggregatePart, "sessionId" | "protocolRevision"> | null,
  reply: AgentReply,
  recall: boolean,
): Promise<Exchange | Problem> {
  const { state, authorization, orgSlug, bodyBytes, receivedAt, leaveShare } = visit;
  const presented = {
    authorization,
    orgSlug,
    serverSlug: server.slug,
    sessionId: part?.sessionId ?? undefined,
  };
  const spoken = {
    era: part === null ? ("modern" as const) : ("legacy" as const),
    headers: headersFor(visit.headers, part?.protocolRevision ?? modernRevision),
    visit,
  };
  const recalled = recall ? state.authenticator.recall(presented) : null;
  // No refusal rests on what was seen earlier.
  const found =
    recalled && !findTooOld(recalled, spoken)
      ? ({ kind: "access", access: recalled } as const)
      : await state.authenticator.find(presented);
  if (found.kind !== "access") return gone(server);
  const { access } = found;
  const tooOld = findTooOld(access, spoken);
  if (tooOld) {
    const { revision, minimum } = tooOld;
    return {
      problem: `Server "${server.slug}" speaks MCP ${revision} with this agent; the org accepts ${minimum} or newer.`,
    };
  }
  const gate = await state.gates.find(access);
  if (!gate) return gone(server);
  state.touch(access, null);
  return {
    ...spoken,
    state,
    presented,
    access,
    gate,
    reply,
    bodyBytes,
    receivedAt,
    leaveShare,
    shownName: (name) => toolNameOf({ serverSlug: server.slug, name }) ?? name,
  };
}

/** The server is not the agent's any more, or is no more. */
export function gone({ slug }: GrantedServer): Problem {
  return { problem: `Server "${slug}" is not open to this agent any more.` };
}

/** The agent's headers as they would be at this server alone. */
export function headersFor(headers: IncomingHttpHeaders, revision: string): IncomingHttpHeaders {
  const { "mcp-session-id": _session, "last-event-id": _event, ...kept } = headers;
  return { ...kept, "mcp-protocol-version": revision };
}
