import { Agent, createServer, type IncomingMessage, request as send } from "node:http";
import pg from "pg";
import { HeldConnection } from "#lib/gate/held-connection.ts";
import { type Settlement, settleCalls } from "#lib/gate/settle.ts";
import { newId } from "#lib/ids.ts";
import { Batcher } from "#proxy/gate/batcher.ts";

/**
 * A bare Node pass-through: reads the body, sends it on over pooled keep-alive connections, copies
 * the answer back. No parsing, no decision, no record: the floor for any proxy in Node. Given a
 * database, it first puts each body on record, committed: the floor for any that keeps one. Told so, it
 * also writes afterwards what became of it, as Callgate does: nobody waits for that.
 */
const [, , targetUrl = "", databaseUrl, settles] = process.argv;
const target = new URL(targetUrl);
const pool =
  databaseUrl === undefined ? null : new pg.Pool({ connectionString: databaseUrl, max: 3 });
const record = pool && (await openRecord(pool));
const settlement =
  pool && settles !== undefined
    ? new Batcher(
        async (batch: Settlement[]) => {
          await settleCalls(pool, batch);
          return batch.map(() => true);
        },
        { largest: 64, lingerMs: 10 },
      )
    : null;
const orgId = newId();
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const forward = () => {
      const upstream = send(
        target,
        {
          agent,
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            "content-length": body.length,
          },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          if (settlement) answer.on("end", () => void settlement.add(outcomeOf(answer)));
        },
      );
      upstream.on("error", () => response.writeHead(502).end());
      upstream.end(body);
    };
    if (record === null) forward();
    else void record(body).then(forward, () => response.writeHead(503).end());
  });
});

/** One insert a call, in batches as Callgate's own, over its own driver: no record costs less. */
async function openRecord(pool: pg.Pool): Promise<(body: Buffer) => Promise<boolean>> {
  await pool.query("create table if not exists bench_record (id uuid primary key, body text)");
  const text = "insert into bench_record select unnest($1::uuid[]), unnest($2::text[])";
  const one = { name: "record_one", text: "insert into bench_record values ($1, $2)" };
  const many = { name: "record_many", text };
  const connection = new HeldConnection(pool);
  const batcher = new Batcher(
    async (bodies: string[]): Promise<boolean[]> => {
      const [first] = bodies;
      if (bodies.length === 1 && first !== undefined) {
        await connection.run({ statement: one, values: [newId(), first] });
      } else {
        const quoted = bodies.map((body) => JSON.stringify(body));
        const values = [`{${bodies.map(newId).join(",")}}`, `{${quoted.join(",")}}`];
        await connection.run({ statement: many, values });
      }
      return bodies.map(() => true);
    },
    { largest: 512 },
  );
  return (body) => batcher.add(body.toString());
}

function outcomeOf(answer: IncomingMessage): Settlement {
  return {
    orgId,
    callId: newId(),
    outcome: "ok",
    detail: null,
    httpStatus: answer.statusCode ?? null,
    responseBytes: 80,
    upstreamMs: 0.1,
    addedMs: 0.1,
  };
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.({ port: address?.port });
});
process.on("disconnect", () => process.exit());
