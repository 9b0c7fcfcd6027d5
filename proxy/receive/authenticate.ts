import { AggregateMemory } from "#proxy/aggregate/memory.ts";
import type { AggregateAccess, AggregateAnswer } from "#proxy/aggregate/ports.ts";
import type { Access, AccessAnswer, Ports } from "#proxy/ports.ts";

/** What an agent presents with each request. */
export interface Presented {
  authorization: string | undefined;
  orgSlug: string;
  serverSlug: string;
  /** The Mcp-Session-Id header. */
  sessionId: string | undefined;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const mostEntries = 10_000;

/**
 * Tells who calls. Answers may be remembered for tool calls, whose admission checks token, grant
 * and session again in its transaction; everything else asks the database each time.
 */
export class Authenticator {
  readonly #ports: Pick<Ports, "digestOfToken" | "findAccess" | "aggregates">;
  readonly #remembered = new Map<string, Access>();
  readonly #aggregates = new AggregateMemory();

  constructor(ports: Pick<Ports, "digestOfToken" | "findAccess" | "aggregates">) {
    this.#ports = ports;
  }

  /** The access as of now. */
  async find(presented: Presented): Promise<AccessAnswer> {
    const key = this.#key(presented);
    if (key === null) {
      return { kind: presented.authorization === undefined ? "no_token" : "unauthenticated" };
    }
    const { orgSlug, serverSlug } = presented;
    const sessionId = knowable(presented.sessionId);
    const answer = await this.#ports.findAccess(key.digest, orgSlug, serverSlug, sessionId ?? null);
    if (answer.kind === "access" && sessionId === undefined) {
      return { kind: "session_ended", sender: answer.access };
    }
    if (answer.kind === "access") this.#remember(key.text, answer.access);
    else this.#remembered.delete(key.text);
    return answer;
  }

  /** What the token may use at the address of all its servers, as of now. */
  async findAggregate(
    presented: Omit<Presented, "serverSlug">,
  ): Promise<AggregateAnswer | { kind: "no_token" }> {
    const key = this.#key({ ...presented, serverSlug: "" });
    if (key === null) {
      return { kind: presented.authorization === undefined ? "no_token" : "unauthenticated" };
    }
    const sessionId = knowable(presented.sessionId);
    const { orgSlug } = presented;
    const answer = await this.#ports.aggregates.find(key.digest, orgSlug, sessionId ?? null);
    if (answer.kind === "access" && sessionId === undefined) {
      const { orgId, agentId } = answer.access;
      return { kind: "session_ended", sender: { orgId, agentId } };
    }
    if (answer.kind === "access") this.#aggregates.remember(key.text, answer.access);
    else this.#aggregates.forget(key.text);
    return answer;
  }

  /** The same as last seen, or null; only good for a request that goes through admission. */
  recallAggregate(presented: Omit<Presented, "serverSlug">): AggregateAccess | null {
    const key = this.#key({ ...presented, serverSlug: "" });
    return key === null ? null : this.#aggregates.recall(key.text);
  }

  /** The access as last seen, or null; only good for a request that goes through admission. */
  recall(presented: Presented): Access | null {
    const key = this.#key(presented);
    return key === null ? null : (this.#remembered.get(key.text) ?? null);
  }

  #key(presented: Presented): { digest: Buffer; text: string } | null {
    const token = bearerToken(presented.authorization);
    const digest = token === null ? null : this.#ports.digestOfToken(token);
    if (digest === null) return null;
    const text = [
      digest.toString("base64url"),
      presented.orgSlug,
      presented.serverSlug,
      presented.sessionId ?? "",
    ].join(" ");
    return { digest, text };
  }

  #remember(key: string, access: Access): void {
    if (this.#remembered.size >= mostEntries) {
      const oldest = this.#remembered.keys().next();
      if (!oldest.done) this.#remembered.delete(oldest.value);
    }
    this.#remembered.set(key, access);
  }
}

/** The session that is named, null for none; undefined: no session of ours has such an id. */
function knowable(sessionId: string | undefined): string | null | undefined {
  if (sessionId === undefined) return null;
  return uuid.test(sessionId) ? sessionId : undefined;
}

/** The credentials of `Authorization: Bearer` (RFC 6750, section 2.1). */
function bearerToken(header: string | undefined): string | null {
  const match = /^Bearer +([^\s]{1,200})$/i.exec(header ?? "");
  return match?.[1] ?? null;
}
