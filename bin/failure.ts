import { AppError, type ErrorCode } from "#lib/errors.ts";
import { startFirst } from "./database.ts";

export interface Failure {
  code: ErrorCode | "internal";
  message: string;
  fields: Record<string, string[]>;
}

/** What people and scripts are told of an error. */
export function toFailure(error: unknown): Failure {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, fields: error.fields };
  }
  const { code, message } = causeOf(error);
  const known = databaseProblem(code);
  if (known) return { code: "unavailable", message: known, fields: {} };
  return { code: "internal", message: `This failed: ${message}`, fields: {} };
}

/** Codes of Node, Postgres (SQLSTATE) and Prisma. */
function databaseProblem(code: string): string | null {
  switch (code) {
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "ETIMEDOUT":
    case "P1001":
    case "57P03":
      return `The database does not answer. ${startFirst}`;
    case "28P01":
    case "28000":
    case "P1000":
      return "The database refuses this user or password. Check DATABASE_URL.";
    case "3D000":
    case "P1003":
      return `The server is there, but not this database. ${startFirst}`;
    case "42P01":
    case "42703":
    case "42883":
    case "P2021":
    case "P2022":
      return "The database lacks migrations of this version. npm start applies them.";
    default:
      return null;
  }
}

/** Prisma's own errors wrap the driver's, whose code says more. */
function causeOf(error: unknown): { code: string; message: string } {
  const seen: { code: string; message: string }[] = [];
  for (let at = error; at instanceof Error && seen.length < 5; at = at.cause) {
    seen.push({ code: "code" in at ? String(at.code) : "", message: at.message });
  }
  const inner = seen.toReversed().find(({ code }) => code !== "");
  return inner ?? { code: "", message: seen[0]?.message ?? String(error) };
}
