import { z } from "zod";
import { classifyTool } from "#lib/catalog/classify.ts";
import type { Classification, ToolDefinition } from "#lib/catalog/types.ts";
import type { JsonObject } from "#lib/policy/types.ts";
import type { Prisma } from "#prisma/client.ts";
import { digestOfDefinition, digestOfTwins } from "./digest.ts";
import { isStorable } from "./storable.ts";

/** A definition that can be kept on record: as the server sent it, and its digest. */
export interface ReadDefinition {
  name: string;
  definition: Prisma.InputJsonObject;
  /** Of a name that was listed more than once: of all its definitions (`isOfTwins`). */
  digest: string;
}

const Text = z.string().optional().catch(undefined);
/** Definitions are parsed JSON, so that an object's members need no second look: schemas are large. */
const Part = z
  .custom<JsonObject>((part) => typeof part === "object" && part !== null && !Array.isArray(part))
  .optional()
  .catch(undefined);

/** All parts are the server's claims; one of the wrong type counts as absent. */
const Definition = z.object({
  name: z.string().min(1).max(256),
  title: Text,
  description: Text,
  inputSchema: Part,
  outputSchema: Part,
  annotations: Part,
  _meta: Part,
});

/**
 * Reads what a server announced as a tool. Null when it cannot be kept: no usable name, or text that
 * neither canonical JSON nor Postgres can hold (lone surrogates, NUL); such a tool stays unknown.
 */
export function readDefinition(raw: unknown): ReadDefinition | null {
  const parsed = Definition.safeParse(raw);
  if (!parsed.success || !isStorable(raw)) return null;
  try {
    const digest = digestOfDefinition(raw);
    // A cast with its proof above: an object of parsed JSON that has a canonical form.
    return { name: parsed.data.name, definition: raw as Prisma.InputJsonObject, digest };
  } catch {
    return null;
  }
}

/**
 * What a server listed as its tools, by name. Of several under one name the first that can be kept
 * stands for all: nobody can say which of them a call would run (ADV-056).
 */
export function readToolList(tools: readonly unknown[]): Map<string, ReadDefinition> {
  const seen = new Map<string, ReadDefinition>();
  for (const same of Map.groupBy(tools, nameOf).values()) {
    for (const raw of same) {
      const read = readDefinition(raw);
      if (read === null) continue;
      seen.set(read.name, same.length === 1 ? read : { ...read, digest: digestOfTwins(same) });
      break;
    }
  }
  return seen;
}

/** A stored definition as the classifier reads it. @throws ZodError when it never was a definition */
export function parseDefinition(definition: unknown): ToolDefinition {
  return Definition.parse(definition);
}

/**
 * Category, risk class and their evidence, as the columns of a tool.
 *
 * @param trusted whether the org lets this server's hints lower a class
 */
export function classificationOf(definition: unknown, trusted: boolean) {
  const { category, riskClass, confidence, signals, rationale, evidence }: Classification =
    classifyTool(parseDefinition(definition), { trustedAnnotations: trusted });
  return {
    category,
    riskClass,
    confidence,
    signals,
    rationale,
    evidence: evidence.map((piece) => ({ ...piece })),
  };
}

function nameOf(raw: unknown): unknown {
  return typeof raw === "object" && raw !== null && "name" in raw ? raw.name : undefined;
}
