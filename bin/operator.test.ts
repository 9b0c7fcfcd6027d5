import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { getApproval } from "#lib/approvals/approvals.ts";
import { signInUser } from "#lib/auth/users.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { claimJob, finishJob, saveSteps } from "#lib/jobs/worker.ts";
import { expectAudit } from "#lib/testing/expectations.ts";
import { makeAgent, makeApproval, makeCall, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { callgate } from "./testing/run-callgate.ts";

// Every command is a process of its own, which costs a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

test("an operator sets up an account, an org and a server from nothing", async () => {
  const account = await callgate(["user", "create", "--email", "Ada@Example.test", "--json"], {
    input: "correct horse battery\n",
  });
  expect(account.stderr).toBe("");
  expect(account.json()).toEqual({ id: expect.any(String), email: "ada@example.test" });
  const signIn = { email: "ada@example.test", password: "correct horse battery" };
  await expect(signInUser(signIn, { address: "127.0.0.1" })).resolves.toMatchObject({
    user: { email: "ada@example.test" },
  });

  const org = ["org", "create", "--name", "Acme", "--slug", "acme", "--owner"];
  const unknown = await callgate([...org, "eve@example.test"]);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain(
    "Create it first: callgate user create --email eve@example.test",
  );
  const created = await callgate([...org, "ada@example.test", "--json"]);
  expect(created.json()).toEqual({ id: expect.any(String), slug: "acme" });

  const server = await callgate(
    [
      "server",
      "add",
      "--org",
      "acme",
      "--slug",
      "billing",
      "--url",
      "https://mcp.example.com/mcp",
      "--json",
    ],
    { environment: { PUBLIC_PROXY_URL: "https://gate.example.com" } },
  );
  expect(server.json()).toEqual({
    id: expect.any(String),
    slug: "billing",
    proxyUrl: "https://gate.example.com/mcp/acme/billing",
  });
  const again = await callgate([
    "server",
    "add",
    "--org",
    "acme",
    "--slug",
    "billing",
    "--url",
    "https://x.example.com/",
  ]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("There already is a server “billing”");
});

test("a password that is missing or too short is refused", async () => {
  const missing = await callgate(["user", "create", "--email", "bo@example.test"]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("CALLGATE_PASSWORD")]);
  const short = await callgate(["user", "create", "--email", "bo@example.test"], {
    environment: { CALLGATE_PASSWORD: "short" },
  });
  expect([short.code, short.stderr]).toEqual([1, expect.stringContaining("at least 12")]);
});

test("secrets come from standard input or the environment, and are sealed", async () => {
  const context = await makeOrg();
  const { generateKeyPairSync } = await import("node:crypto");
  const publicKey = generateKeyPairSync("x25519").publicKey.export({ format: "der", type: "spki" });
  await database().sealingKey.create({
    data: { id: "test", publicKey: new Uint8Array(publicKey) },
  });
  const target = ["--url", "https://mcp.example.com/mcp", "--header", "Authorization: -"];
  const add = ["server", "add", "--org", context.org.slug, "--slug", "sealed", ...target];
  const run = await callgate([...add, "--header", "X-Key: $UPSTREAM_KEY"], {
    input: "Bearer one\n",
    environment: { UPSTREAM_KEY: "two" },
  });
  expect(run).toMatchObject({ code: 0, stderr: "" });
  const secrets = await database().serverSecret.findMany({ where: { orgId: context.org.id } });
  expect(secrets.map(({ name }) => name).sort()).toEqual(["header:Authorization", "header:X-Key"]);

  const unset = await callgate([...add, "--header", "X-Key: $NOT_SET"], { input: "Bearer one\n" });
  expect([unset.code, unset.stderr]).toEqual([1, expect.stringContaining("no variable NOT_SET")]);
});

test("a connector is found by its id and by its package name", async () => {
  const { org } = await makeOrg();
  const listed = await callgate(["connector", "list", "--json"]);
  expect(listed.json()).toContainEqual({
    id: "valkey",
    title: "Valkey",
    package: "awslabs.valkey-mcp-server",
    version: expect.any(String),
    fields: expect.any(Array),
  });
  for (const [slug, connector] of [
    ["by-id", "valkey"],
    ["by-name", "awslabs.valkey-mcp-server"],
  ]) {
    const words = [
      "server",
      "add",
      "--org",
      org.slug,
      "--slug",
      String(slug),
      "--connector",
      String(connector),
    ];
    const run = await callgate([...words, "--set", "host=localhost", "--set", "VALKEY_PORT=6380"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
  }
  const servers = await database().server.findMany({ where: { orgId: org.id } });
  expect(servers.map(({ connector, settings }) => [connector, settings])).toEqual([
    ["valkey", expect.objectContaining({ host: "localhost", port: 6380 })],
    ["valkey", expect.objectContaining({ host: "localhost", port: 6380 })],
  ]);
});

test("discovery shows each step as it happens and then what was found", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const running = callgate([
    "server",
    "discover",
    "--org",
    context.org.slug,
    "--server",
    server.slug,
    "--json",
  ]);
  const job = await expect
    .poll(() => claimJob(newId()), { timeout: 20_000 })
    .not.toBeNull()
    .then(() => database().job.findFirstOrThrow({ where: { orgId: context.org.id } }));
  const claimed = { orgId: job.orgId, id: job.id, instanceId: job.instanceId ?? "" };
  const step = { step: "connect", label: "Connect", detail: "127.0.0.1", fix: null } as const;
  await saveSteps(claimed, [{ ...step, state: "ok" }]);
  await finishJob(claimed, "done", {
    tools: 3,
    held: 1,
    removed: 0,
    protocolRevision: "2025-11-25",
  });
  const run = await running;
  expect(run.code).toBe(0);
  expect(run.json()).toEqual({ tools: 3, held: 1, protocol: "2025-11-25" });
  expect(run.stderr).toContain("✓ Connect: 127.0.0.1");
});

test("discovery that fails says why and what to do; without a proxy it says so", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const words = ["server", "discover", "--org", context.org.slug, "--server", server.slug];
  const nobody = await callgate([...words, "--timeout", "1"]);
  expect(nobody.code).toBe(1);
  expect(nobody.stderr).toContain("No proxy is running.");
  expect(nobody.stderr).toContain("Start Callgate (npm start)");

  await database().job.deleteMany({ where: { orgId: context.org.id } });
  const running = callgate(words);
  await expect.poll(() => claimJob(newId()), { timeout: 20_000 }).not.toBeNull();
  const job = await database().job.findFirstOrThrow({ where: { orgId: context.org.id } });
  const claimed = { orgId: job.orgId, id: job.id, instanceId: job.instanceId ?? "" };
  const failed = {
    step: "connect",
    state: "failed",
    label: "Connect",
    detail: "Refused.",
  } as const;
  await saveSteps(claimed, [{ ...failed, fix: "Start the server." }]);
  await finishJob(claimed, "failed", { message: "The connection was refused." });
  const run = await running;
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("The connection was refused. Start the server.");
});

test("tools are listed with their class and with what the policy does", async () => {
  const context = await makeOrg();
  const document = {
    version: 1,
    default: "deny",
    tools: { echo: { action: "allow", rate_limit: { max: 5, window: 60, per: "session" } } },
  };
  const facts = { category: "read", riskClass: "low", confidence: 0.5, signals: ["bulk"] };
  const server = await makeServer(context, {
    document,
    tools: [
      { name: "echo", ...facts },
      { name: "sneaky\u202e", ...facts },
    ],
  });
  const words = ["tool", "list", "--org", context.org.slug, "--server", server.slug];
  const run = await callgate([...words, "--json"]);
  expect(run.json()).toEqual([
    expect.objectContaining({
      name: "echo",
      ...facts,
      action: "allow",
      rateLimit: { max: 5, window: 60, per: "session" },
    }),
    expect.objectContaining({ name: "sneaky\u202e", ...facts, action: "deny", rateLimit: null }),
  ]);
  const shown = await callgate(words);
  expect(shown.stdout).toContain("sneakyU+202E");
  const servers = await callgate(["server", "list", "--org", context.org.slug, "--json"]);
  expect(servers.json()).toEqual([
    expect.objectContaining({
      slug: server.slug,
      health: "unknown",
      proxyUrl: expect.stringContaining(server.slug),
    }),
  ]);
});

test("a policy is exported, compared and applied, and the change is on record", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const at = ["--org", context.org.slug, "--server", server.slug];
  const text = "version: 1\ndefault: allow\n";
  const difference = await callgate(["policy", "diff", ...at, "-f", "-", "--json"], {
    input: text,
  });
  expect(difference.json()).toEqual({
    changed: true,
    diff: expect.stringContaining("+default: allow"),
  });
  const applied = await callgate(["policy", "apply", ...at, "-f", "-", "--json"], { input: text });
  expect(applied.json()).toEqual({ version: 2 });
  const operator = { ...context, actor: { kind: "operator", name: "command line" } } as const;
  await expectAudit(operator, {
    action: "policy.apply",
    name: server.slug,
    detail: { version: 2 },
  });
  const exported = await callgate(["policy", "export", ...at, "--json"]);
  expect(exported.json()).toEqual({ version: 1, default: "allow" });
  expect((await callgate(["policy", "export", ...at])).stdout).toBe(text);
  const refused = await callgate(["policy", "apply", ...at, "-f", "-"], { input: "version: 1\n" });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("Line 1")]);
});

test("a pipeline tries a policy with its cases first; a failed case is exit code 1", async () => {
  const context = await makeOrg();
  const server = await makeServer(context, { tools: ["pay"] });
  const at = ["--org", context.org.slug, "--server", server.slug];
  const folder = mkdtempSync(join(tmpdir(), "callgate-cases-"));
  const cases = join(folder, "cases.yaml");
  writeFileSync(cases, "cases: [{ tool: pay, expect: deny }]\n");
  const closed = "version: 1\ndefault: deny\n";
  const open = "version: 1\ndefault: allow\n";
  try {
    const written = await callgate(["policy", "test", cases, ...at, "--json"]);
    expect([written.code, written.json()]).toMatchObject([0, { passed: 1, failed: 0 }]);
    const apply = ["policy", "apply", ...at, "-f", "-"];
    const tried = await callgate([...apply, "--cases", cases, "--dry-run", "--json"], {
      input: open,
    });
    expect([tried.code, tried.json()]).toMatchObject([1, { changed: true, passed: 0, failed: 1 }]);
    await callgate([...apply, "--cases", cases], { input: closed });
    const refused = await callgate(apply, { input: open });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("expects deny")]);
    const stored = await callgate(["policy", "test", ...at, "--json"]);
    expect([stored.code, stored.json()]).toMatchObject([0, { passed: 1, failed: 0 }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("versions are listed, compared and restored", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const at = ["--org", context.org.slug, "--server", server.slug];
  const input = "version: 1\ndefault: allow\n";
  await callgate(["policy", "apply", ...at, "-f", "-", "--note", "Open"], { input });
  const versions = await callgate(["policy", "versions", ...at, "--json"]);
  expect(versions.json()).toMatchObject([{ version: 2, note: "Open" }, { version: 1 }]);
  const diff = await callgate(["policy", "diff", ...at, "--from", "2", "--to", "1", "--json"]);
  expect(diff.json()).toMatchObject({ changed: true });
  const restored = await callgate(["policy", "restore", ...at, "--version", "1", "--json"]);
  expect(restored.json()).toEqual({ version: 3 });
  expect((await callgate(["policy", "diff", ...at])).code).toBe(2);
});

test("an agent's token is shown once, replaced by rotating and ended by revoking", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const words = ["--org", context.org.slug, "--name", "ci-runner", "--json"];
  const created = await callgate([
    "agent",
    "create",
    ...words,
    "--server",
    server.slug,
    "--expires",
    "30d",
  ]);
  const shape = {
    id: expect.any(String),
    name: "ci-runner",
    token: expect.stringMatching(/^cg_agt_[0-9A-Za-z]{49}$/),
    expiresAt: expect.any(String),
    servers: [{ slug: server.slug, proxyUrl: expect.stringContaining(server.slug) }],
    aggregateUrl: expect.stringMatching(/\/mcp\/[a-z0-9-]+$/),
  };
  expect(created.json()).toEqual(shape);
  const rotated = await callgate(["agent", "rotate", ...words]);
  expect(rotated.json()).toEqual({ ...shape, expiresAt: null });
  expect(rotated.json()).not.toMatchObject({ token: (created.json() as { token: string }).token });
  const revoked = await callgate(["agent", "revoke", ...words]);
  expect(revoked.json()).toEqual({ name: "ci-runner", revokedAt: expect.any(String) });
  const after = await callgate(["agent", "rotate", ...words]);
  expect([after.code, after.stderr]).toEqual([1, expect.stringContaining("revoked for good")]);
});

test("the record of calls shows who called what, how it ended and how long it took", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const agent = await makeAgent(context, { servers: [server] });
  const of = { agentId: agent.id, serverId: server.id };
  const call = await makeCall(context, of);
  await makeCall(context, { ...of, tool: "other", decision: "denied" });
  await database().callOutcome.create({
    data: {
      orgId: context.org.id,
      callId: call.id,
      outcome: "ok",
      upstreamMs: 3.25,
      addedMs: 0.75,
    },
  });
  const words = ["calls", "list", "--org", context.org.slug];
  const run = await callgate([...words, "--tool", "echo", "--agent", agent.name, "--json"]);
  expect(run.json()).toEqual([
    expect.objectContaining({
      id: call.id,
      at: call.at.toISOString(),
      agent: agent.name,
      server: server.slug,
      tool: "echo",
      decision: "allowed",
      rule: "default",
      outcome: "ok",
      upstreamMs: 3.25,
      addedMs: 0.75,
    }),
  ]);
  const denied = await callgate([...words, "--decision", "denied", "--limit", "1", "--json"]);
  expect(denied.json()).toEqual([expect.objectContaining({ tool: "other", outcome: null })]);
});

test("a waiting call is shown with its arguments, and approved or denied once", async () => {
  const context = await makeOrg();
  const first = await makeApproval(context, { arguments: { path: "/etc\u202e" } });
  const second = await makeApproval(context);
  const org = ["--org", context.org.slug];
  const list = await callgate(["approvals", "list", ...org, "--json"]);
  expect(list.json()).toHaveLength(2);
  expect(list.json()).toContainEqual(
    expect.objectContaining({
      id: first.id,
      agent: expect.any(String),
      server: expect.any(String),
      tool: "echo",
      arguments: { path: "/etc\u202e" },
      state: "pending",
      expiresAt: first.expiresAt.toISOString(),
    }),
  );
  const shown = await callgate(["approvals", "show", first.id, ...org]);
  expect(shown.stdout).toContain("/etc\\u202e");
  const approved = await callgate(["approvals", "approve", first.id, ...org, "--json"]);
  expect(approved.json()).toMatchObject({
    id: first.id,
    state: "approved",
    decidedBy: "command line",
  });
  const denied = await callgate(["approvals", "deny", second.id, ...org, "--note", "Not today."]);
  expect(denied.code).toBe(0);
  await expect(getApproval(context, { id: second.id })).resolves.toMatchObject({
    state: "denied",
    decisionNote: "Not today.",
  });
  const again = await callgate(["approvals", "deny", first.id, ...org]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("already approved")]);
});
