// The rate-limit and policy-engine cases of the adversarial catalogue that need a database or a
// proxy. ADV-092 and ADV-113 run over real processes in proxy/races.test.ts, ADV-089 under load in
// proxy/invariants/revocation.test.ts; those of the policy alone are in lib/policy.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { database } from "#lib/db.ts";
import { pruneWindows } from "#lib/gate/housekeeping.ts";
import { parsePolicy } from "#lib/policy/parse.ts";
import { setPolicyMode } from "#lib/rules/rules.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";
import { listLimitUsage } from "./limits.ts";

let upstream: TestUpstream;
let proxies: TestProxy[];

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxies = [await startProxy(), await startProxy()];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await upstream.close();
});

const limited = (max: number, window = 60) => ({
  version: 1,
  default: "deny",
  tools: {
    get: { action: "allow", rate_limit: { max, window, per: "agent" } },
    delete_all: { action: "deny" },
    wipe: { action: "require_approval", rate_limit: { max, window, per: "agent" } },
  },
});

async function scene(document: ReturnType<typeof limited>) {
  const [first, second] = proxies;
  if (!first || !second) throw new Error("not started");
  const server = await gateServer(first, upstream, document);
  const send = await openSession(server.url, server.agent.token);
  const other = await openSession(
    server.url.replace(first.origin, second.origin),
    server.agent.token,
  );
  const before = upstream.executed.length;
  const executed = () => upstream.executed.length - before;
  return { server, send, other, executed };
}

/** The five-part oracle: what ran, what is on record, and that the gate still answers. */
async function expectRecord(server: GatedServer, decisions: Record<string, number>) {
  const rows = await database().call.findMany({ where: { orgId: server.context.org.id } });
  const counted: Record<string, number> = {};
  for (const { decision } of rows) counted[decision] = (counted[decision] ?? 0) + 1;
  expect(counted).toEqual(decisions);
}

test("ADV-093: no window, wherever it begins, holds more than the limit", async () => {
  // The database's own functions with a clock of the test's; times are milliseconds, in bursts.
  const sizes = [
    [1, 5, 300],
    [7, 10, 300],
    [1_001, 12, 2_500],
  ] as const;
  for (const [max, window, count] of sizes) {
    const arrivals = Array.from({ length: count }, (_, index) => {
      return Math.round((Math.floor(index / 20) * 2_100_000) / count + ((index * 7919) % 97) * 34);
    }).sort((left, right) => left - right);
    const [{ admitted } = { admitted: [] }] = await database().$queryRaw<{ admitted: number[] }[]>`
      with recursive run(place, state, admitted) as (
        select 0, row('{}', '{}', null, 0)::window_state, '{}'::float8[]
        union all
        select r.place + 1,
          case when s.wait_ms is null then window_take(s, ${max}::int, ${window}::int, t.moment) else s end,
          case when s.wait_ms is null then r.admitted || a.at else r.admitted end
        from run r
        join unnest(${arrivals}::float8[]) with ordinality a(at, place) on a.place = r.place + 1
        cross join lateral (select to_timestamp(a.at / 1000) as moment) t
        cross join lateral window_at(r.state, ${max}::int, ${window}::int, t.moment) s
      )
      select admitted from run order by place desc limit 1`;
    const tooClose = admitted.filter((at, index) => {
      const earlier = admitted[index - max];
      return earlier !== undefined && at - earlier < window * 1_000;
    });
    expect(tooClose).toEqual([]);
    expect(admitted.length).toBeGreaterThan(2 * max);
  }
});

test("ADV-094: a proxy whose clock runs ahead gives no second quota", async () => {
  const { send, other, executed } = await scene(limited(2));
  await send(callBody("get"));
  await send(callBody("get"));
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    for (const ahead of [61_000, 86_400_000, -86_400_000]) {
      vi.setSystemTime(now + ahead);
      for (const each of [send, other]) {
        expect((await each(callBody("get"))).text).not.toContain("get:");
      }
    }
  } finally {
    vi.useRealTimers();
  }
  expect(executed()).toBe(2);
});

test("ADV-096: only calls that were admitted count", async () => {
  const { server, send, executed } = await scene(limited(5));
  const used = async () => {
    const rows = await listLimitUsage(server.context, { server: server.server.slug });
    return rows.reduce((sum, row) => sum + row.used, 0);
  };
  await send(callBody("delete_all"));
  await send(callBody("no_such_tool"));
  await send(callBody("wipe"));
  expect(await used()).toBe(0);
  await send(callBody("get"));
  expect(await used()).toBe(1);
  expect(executed()).toBe(1);
  await expectRecord(server, { denied: 1, hidden: 1, approval: 1, allowed: 1 });
});

test.each([2 ** 31, -1, 0.5, 1e15, "5", Number.NaN])(
  "ADV-097: a limit of %s is refused when it is written",
  (max) => {
    const text = `{version: 1, default: deny, tools: {get: {action: allow, rate_limit: {max: ${JSON.stringify(max)}, window: 60}}}}`;
    expect(parsePolicy(text).ok).toBe(false);
  },
);

test("ADV-097: slots near the end of what a counter holds are counted, not wrapped", async () => {
  const [row] = await database().$queryRaw<{ wait: number | null }[]>`
    select (window_at(row(array[now(), now()], array[2147483646, 1], null, 2147483647)::window_state,
      1000000, 60, now())).wait_ms::int as wait`;
  expect(row?.wait).toBeGreaterThan(0);
});

test("ADV-098: invented sessions have no windows, and idle windows are forgotten", async () => {
  const { server, send, executed } = await scene(limited(5));
  const orgId = server.context.org.id;
  const invented = Array.from({ length: 20 }, (_, index) =>
    fetch(server.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${server.agent.token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": `00000000-0000-7000-8000-0000000000${index + 10}`,
      },
      body: callBody("get"),
    }),
  );
  for (const answer of await Promise.all(invented)) expect(answer.status).toBe(404);
  expect(await database().rateWindow.count({ where: { orgId } })).toBe(0);
  await send(callBody("get"));
  const stamps = [new Date(Date.now() - 33 * 86_400_000)];
  await database().rateWindow.create({
    data: { orgId, key: "idle", stamps, counts: [1], total: 1 },
  });
  await pruneWindows(proxies[0]?.pool ?? expect.unreachable());
  const left = await database().rateWindow.findMany({ where: { orgId } });
  expect(left.map(({ key }) => key)).not.toContain("idle");
  expect(left).toHaveLength(1);
  expect(executed()).toBe(1);
});

describe("ADV-100: a limiter that cannot answer admits nothing", () => {
  test.each(["53300", "25006", "40P01", "40001", "57014"])("SQLSTATE %s", async (state) => {
    const { server, send, executed } = await scene(limited(5));
    const orgId = server.context.org.id;
    await database().$executeRawUnsafe(
      `create function fail_windows() returns trigger language plpgsql as
        $$ begin raise exception 'no windows' using errcode = '${state}'; end $$`,
    );
    await database().$executeRawUnsafe(
      "create trigger fail_windows before insert or update on rate_windows for each row execute function fail_windows()",
    );
    try {
      const { status, headers, text } = await send(callBody("get"));
      expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
      expect(JSON.parse(text).error.message).toContain("nothing was forwarded");
    } finally {
      await database().$executeRawUnsafe("drop function fail_windows() cascade");
    }
    expect(executed()).toBe(0);
    expect(await database().call.count({ where: { orgId } })).toBe(0);
    expect((await send(callBody("get"))).text).toContain("get:");
  });
});

test("ADV-101: max 0 admits not even the first call, max 1 one of two at once", async () => {
  const none = await scene(limited(0));
  expect((await none.send(callBody("get"))).text).not.toContain("get:");
  expect(none.executed()).toBe(0);
  await expectRecord(none.server, { limited: 1 });
  const one = await scene(limited(1));
  await Promise.all([one.send(callBody("get")), one.other(callBody("get"))]);
  expect(one.executed()).toBe(1);
  await expectRecord(one.server, { limited: 1, allowed: 1 });
});

test("ADV-102: a storm of refused calls is told when to come back, and takes no slot", async () => {
  const { server, send, executed } = await scene(limited(1));
  await send(callBody("get"));
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, id) => send(callBody("get", {}, id))),
  );
  for (const { text } of answers) {
    const decision = JSON.parse(text).result._meta["dev.callgate/decision"];
    expect(decision).toMatchObject({ outcome: "rate_limited", limit: 1, remaining: 0 });
    expect(decision.retryAfterMs).toBeGreaterThan(0);
    expect(decision.retryAfterMs).toBeLessThanOrEqual(60_000);
  }
  expect(executed()).toBe(1);
  const [usage] = await listLimitUsage(server.context, { server: server.server.slug });
  expect(usage).toMatchObject({ used: 1, max: 1 });
  await expectRecord(server, { allowed: 1, limited: 100 });
});

test("ADV-090: a policy that observes refuses nothing, from its commit on, and back", async () => {
  const { server, send, executed } = await scene(limited(5));
  const setMode = (mode: string) =>
    setPolicyMode(server.context, { server: server.server.slug, mode });
  const call = async () => JSON.parse((await send(callBody("delete_all"))).text).result.isError;
  expect(await call()).toBe(true);
  await setMode("observe");
  expect(await call()).toBeFalsy();
  await setMode("enforce");
  expect(await call()).toBe(true);
  expect(executed()).toBe(1);
  const rows = await database().call.findMany({
    where: { orgId: server.context.org.id },
    orderBy: { id: "asc" },
  });
  expect(rows.map(({ decision, observed }) => [decision, observed])).toEqual([
    ["denied", false],
    ["denied", true],
    ["denied", false],
  ]);
});
