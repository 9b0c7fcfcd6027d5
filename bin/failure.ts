import { z } from "zod";
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
  const problem = databaseProblem(error);
  if (problem) return { code: "unavailable", message: problem, fields: {} };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message: `This failed: ${message}`, fields: {} };
}

/** Where Prisma's driver adapter says what went wrong below it. */
const DriverError = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ kind: z.string() }) }) }),
});

function databaseProblem(error: unknown): string | null {
  const parsed = DriverError.safeParse(error);
  switch (parsed.data?.meta.driverAdapterError.cause.kind) {
    case "DatabaseNotReachable":
    case "SocketTimeout":
      return `The database does not answer. ${startFirst}`;
    case "AuthenticationFailed":
    case "DatabaseAccessDenied":
      return "The database refuses this user or password. Check DATABASE_URL.";
    case "DatabaseDoesNotExist":
      return `The server is there, but not this database. ${startFirst}`;
    case "TableDoesNotExist":
    case "ColumnNotFound":
      return "The database lacks migrations of this version. npm start applies them.";
    default:
      return null;
  }
}
