// Invariant 7: a tenant is part of every key. Somebody else's row does not exist.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listAuditEvents } from "#lib/audit/audit.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import type { Role } from "#lib/auth/permissions.ts";
import { listCalls } from "#lib/calls/calls.ts";
import { listCallFacets } from "#lib/calls/facets.ts";
import { AppError } from "#lib/errors.ts";
import { findAnything } from "#lib/search/search.ts";
import { expectRefusal } from "./expectations.ts";
import { contextAs, makeOrg } from "./factories.ts";
import { nothing, type VerbRow } from "./verb-row.ts";
import { verbs } from "./verbs.ts";
import { fingerprint, type Inhabited, inhabitedOrg, tracesOf } from "./world.ts";

/** Take an OrgContext, but only verbs call them, after their own permission check. */
const helpers = [
  "agentIdOf",
  "changeOrg",
  "checklistOf",
  "findServer",
  "loadServerRows",
  "noSuchAgent",
  "oneServerRow",
  "readPolicy",
  "requirePermission",
  "savePolicy",
  "usersOf",
];

const rows = verbs.map((row) => [row.verb.name, row] as const);
// What a verb refuses must not depend on the types its callers are held to.
const call = ({ verb }: VerbRow, context: OrgContext, input: unknown) =>
  verb(context, input as never, 0);

test("every verb of the product stands in this table", async () => {
  const known = new Set<unknown>(verbs.map(({ verb }) => verb));
  const missing = new Map<unknown, string>();
  for (const file of productFiles()) {
    // Under another name, or taken apart, the parameter would escape the search below.
    const renamed =
      /export (?:async )?function \w+\(\s*(?:(?!context\b)\w+|\{[^}]*\}): OrgContext\b/;
    expect(readFileSync(file, "utf8"), file).not.toMatch(renamed);
    const module: Record<string, unknown> = await import(/* @vite-ignore */ file);
    for (const [name, value] of Object.entries(module)) {
      if (isVerb(value) && !known.has(value) && !helpers.includes(name)) missing.set(value, name);
    }
  }
  expect([...missing.values()]).toEqual([]);
  expect(known.size).toBe(verbs.length);
});

describe("what another org owns does not exist", () => {
  test.each(rows)("%s", async (_, row) => {
    const [own, other] = await Promise.all([inhabitedOrg(), inhabitedOrg()]);
    const [before, ownBefore] = await Promise.all([other, own].map(fingerprintOf));
    for (const input of row.foreign(other, own)) {
      const refusal = await expectRefusal(call(row, own.context, input), "not_found");
      expect(refusal.message).not.toContain(other.context.org.name);
      expect(refusal.message).not.toContain(other.context.org.id);
    }
    expect(await fingerprintOf(own)).toBe(ownBefore);
    expect(await fingerprintOf(other)).toBe(before);
  });
});

describe("what is named alike in another org stays untouched and unseen", () => {
  test.each(rows)("%s", async (_, row) => {
    const [own, other] = await Promise.all([inhabitedOrg(), inhabitedOrg()]);
    const [before, traces] = await Promise.all([fingerprintOf(other), tracesOf(other)]);
    const result = JSON.stringify((await call(row, own.context, inputOf(row, own))) ?? null);
    for (const trace of traces) expect(result).not.toContain(trace);
    expect(await fingerprintOf(other)).toBe(before);
  });
});

describe("a role that may not is refused before anything else is looked at", () => {
  const order: Role[] = ["viewer", "policy_manager", "admin", "owner"];
  test.each(rows)("%s", async (_, row) => {
    const owner = await makeOrg();
    const strongest = row.refused === null ? -1 : order.indexOf(row.refused);
    for (const [rank, role] of order.entries()) {
      const context = await contextAs(owner, role);
      if (rank <= strongest) {
        await expectRefusal(call(row, context, undefined), "forbidden");
      } else {
        expect(await codeOf(call(row, context, null))).not.toBe("forbidden");
      }
    }
    // A role that a later version, or a hand in the database, may bring.
    const unknown = { ...owner, role: "superuser" } as unknown as OrgContext;
    await expectRefusal(call(row, unknown, undefined), "forbidden");
  });
});

test("facets, cursors and searches for what another org has find nothing of it", async () => {
  const [own, other] = await Promise.all([inhabitedOrg(), inhabitedOrg()]);
  const traces = await tracesOf(other);
  const attempts = [
    listCalls(own.context, { agent: other.unique.agent }),
    listCalls(own.context, { server: other.unique.server }),
    listCalls(own.context, { after: other.callId }),
    listCalls(own.context, { before: other.callId }),
    listAuditEvents(own.context, { cursor: other.auditId }),
    listCallFacets(own.context, { server: other.unique.server }),
    findAnything(own.context, { query: other.unique.server }),
    findAnything(own.context, { query: other.unique.tool }),
    findAnything(own.context, { query: other.unique.agent }),
    findAnything(own.context, { query: other.callId }),
  ];
  for (const outcome of await Promise.allSettled(attempts)) {
    if (outcome.status === "rejected") {
      expect(outcome.reason).toMatchObject({ code: "not_found" });
      continue;
    }
    const result = JSON.stringify(outcome.value);
    for (const trace of traces.filter((text) => !attemptsName(text))) {
      expect(result).not.toContain(trace);
    }
  }
  // Cursors come back as given where a page is empty.
  function attemptsName(text: string) {
    return text === other.callId || text === other.auditId;
  }
});

function inputOf(row: VerbRow, own: Inhabited): unknown {
  return row.own === nothing ? undefined : row.own(own);
}

function fingerprintOf({ context }: Inhabited): Promise<string> {
  return fingerprint(context.org.id);
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "ok",
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      throw error;
    },
  );
}

/** The product's modules without its tests, its test tools and what only Next can load. */
function productFiles(): string[] {
  const lib = join(import.meta.dirname, "..");
  return readdirSync(lib, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|^testing\/|^web\//.test(file))
    .map((file) => join(lib, file));
}

/** By its first parameter, which every verb calls `context`; types are gone by now. */
function isVerb(value: unknown): boolean {
  return (
    typeof value === "function" && /^(async )?function \w*\(\s*context\b/.test(value.toString())
  );
}
