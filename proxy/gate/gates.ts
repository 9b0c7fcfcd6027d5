import { type CompiledPolicy, compileStored } from "#lib/policy/compile.ts";
import { evaluate } from "#lib/policy/evaluate.ts";
import {
  type AccessTarget,
  type Category,
  categories,
  type Decision,
  type RiskClass,
  riskClasses,
} from "#lib/policy/types.ts";
import { findParameterHeaders, type ParameterHeader } from "#proxy/modern/parameter-headers.ts";
import type { Access, GateRecord, Ports, ServerRecord } from "#proxy/ports.ts";
import { speaksOnlyModern } from "#proxy/translate/eras.ts";

/** One revision of a server, ready to judge calls by. */
export interface Gate {
  revision: number;
  policyId: string;
  policyVersion: number;
  observe: boolean;
  policy: CompiledPolicy;
  tools: ReadonlyMap<string, GateTool>;
  /** What is said of the tools that are hidden whatever their arguments are, by name. */
  hidden: ReadonlyMap<string, Decision>;
  /** Digests of definitions that wait for a person, by name. */
  held: ReadonlyMap<string, string>;
  /** Whether any rule hides a prompt or a resource. */
  hides: Readonly<Record<AccessTarget["kind"], boolean>>;
  server: ServerRecord;
}

export interface GateTool {
  name: string;
  digest: string;
  /** Arguments that modern requests repeat in headers, by the accepted definition. */
  parameterHeaders: readonly ParameterHeader[];
  category: Category;
  riskClass: RiskClass;
  /** Its calls can be run as tasks (MCP 2025-11-25, "Tasks: tool-level negotiation"). */
  runsAsTask: boolean;
}

const mostGates = 2_000;

/**
 * Gates compiled once per server, policy and revision. A cached one may be out of date; admission
 * compares its revision with the database's, which is what makes the cache safe.
 */
export class Gates {
  readonly #ports: Pick<Ports, "loadGate">;
  readonly #loaded = new Map<string, Promise<Gate | null>>();
  readonly #revisions = new Map<string, number>();

  constructor(ports: Pick<Ports, "loadGate">) {
    this.#ports = ports;
  }

  /** The gate for an access, at least as new as the access; null when the server is gone. */
  async find(access: Access): Promise<Gate | null> {
    const key = `${access.serverId} ${access.policyId}`;
    const known = this.#revisions.get(key);
    const cached = this.#loaded.get(key);
    if (cached && known !== undefined && known >= access.revision) return cached;
    return this.#load(key, access);
  }

  /** Loads again whatever is cached: for a revision that admission called stale. */
  reload(access: Access): Promise<Gate | null> {
    return this.#load(`${access.serverId} ${access.policyId}`, access);
  }

  #load(key: string, access: Access): Promise<Gate | null> {
    const loading = this.#ports
      .loadGate(access.orgId, access.serverId, access.policyId)
      .then((record) => (record ? compileGate(record) : null));
    if (this.#loaded.size >= mostGates) this.#forgetOldest();
    this.#loaded.set(key, loading);
    this.#revisions.set(key, access.revision);
    loading.then(
      (gate) => {
        if (this.#loaded.get(key) !== loading) return;
        if (gate) this.#revisions.set(key, gate.revision);
        else this.#forget(key);
      },
      () => {
        if (this.#loaded.get(key) === loading) this.#forget(key);
      },
    );
    return loading;
  }

  #forget(key: string): void {
    this.#loaded.delete(key);
    this.#revisions.delete(key);
  }

  #forgetOldest(): void {
    const oldest = this.#loaded.keys().next();
    if (!oldest.done) this.#forget(oldest.value);
  }
}

/** Compiles a stored gate; a class or category that is not known counts as the most dangerous. */
export function compileGate(record: GateRecord): Gate {
  const tools = new Map<string, GateTool>();
  for (const tool of record.tools) {
    tools.set(tool.name, {
      name: tool.name,
      digest: tool.digest,
      parameterHeaders: findParameterHeaders(tool.definition),
      category: categories.find((known) => known === tool.category) ?? "destructive",
      riskClass: riskClasses.find((known) => known === tool.riskClass) ?? "critical",
      runsAsTask: runsAsTask(tool.definition) && !speaksOnlyModern(record.server),
    });
  }
  const policy = compileStored(record.document);
  return {
    revision: record.revision,
    policyId: record.policyId,
    policyVersion: record.policyVersion,
    observe: record.observe,
    policy,
    tools,
    hidden: hiddenTools(policy, tools),
    held: new Map(record.held.map(({ name, digest }) => [name, digest])),
    hides: {
      prompt: hidesAny(record.document, "prompts"),
      resource: hidesAny(record.document, "resources"),
    },
    server: record.server,
  };
}

/** Decided once: a call of one must take no longer than a call of a tool that does not exist (ADV-053). */
function hiddenTools(
  policy: CompiledPolicy,
  tools: ReadonlyMap<string, GateTool>,
): ReadonlyMap<string, Decision> {
  const hidden = new Map<string, Decision>();
  for (const tool of tools.values()) {
    if (policy.readable && (policy.rulesFor(tool.name)[0]?.conditions.length ?? 0) > 0) continue;
    const decision = evaluate(policy, { tool, arguments: {} });
    if (decision.effect === "hide") hidden.set(tool.name, decision);
  }
  return hidden;
}

function runsAsTask(definition: unknown): boolean {
  // Any object has its members by name; what they hold is looked at below.
  const { execution } = (definition ?? {}) as { execution?: { taskSupport?: unknown } | null };
  const support = execution?.taskSupport;
  return support === "optional" || support === "required";
}

/** Read from the stored document, because a compiled policy only answers about names. */
function hidesAny(document: unknown, section: "prompts" | "resources"): boolean {
  if (typeof document !== "object" || document === null) return false;
  // Any object has its members by name; what they hold is looked at below.
  const rules = (document as Record<string, unknown>)[section];
  if (typeof rules !== "object" || rules === null) return false;
  return Object.values(rules).flat().some(isHiding);
}

function isHiding(rule: unknown): boolean {
  return typeof rule === "object" && rule !== null && "action" in rule && rule.action === "hide";
}
