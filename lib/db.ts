import { PrismaPg } from "@prisma/adapter-pg";
import { env } from "#lib/env.ts";
import { PrismaClient } from "#prisma/client.ts";

export type Database = PrismaClient;
/** What a verb gets inside `database().$transaction`. */
export type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

// Next's development server reloads modules; one pool must survive that.
const holder = globalThis as typeof globalThis & { callgateDatabase?: PrismaClient };

/** The process's one Prisma client. The password hash is left out of every result by default. */
export function database(): PrismaClient {
  holder.callgateDatabase ??= new PrismaClient({
    adapter: new PrismaPg({ connectionString: env().DATABASE_URL, max: 10 }),
    omit: { user: { passwordHash: true } },
  });
  return holder.callgateDatabase;
}

/** Closes the pool; for command line, tests and shutdown. */
export async function closeDatabase(): Promise<void> {
  await holder.callgateDatabase?.$disconnect();
  delete holder.callgateDatabase;
}

/** Whether Prisma failed because a unique key is taken (P2002); raw SQL fails with codes of its own. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "P2002";
}
