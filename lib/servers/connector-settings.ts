import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { Prisma } from "#prisma/client.ts";
import {
  addressFields,
  CONNECTORS,
  type Connector,
  type ConnectorField,
  connectorSettingsSchema,
  findConnector,
  splitSecrets,
} from "./connectors.ts";
import { type ConnectionPlan, enterAgain, type PlainSecret } from "./plan.ts";

/**
 * Validates a connector's fields and takes the secret ones out of the settings.
 * @throws AppError `invalid_input` with `fields.connector` or `fields["settings.<name>"]`
 */
export function checkConnector(
  name: string,
  settings: Record<string, unknown>,
): { connector: string; settings: Prisma.InputJsonObject; secrets: PlainSecret[] } {
  const connector = requireConnector(name);
  const split = splitSecrets(connector, readSettings(connector, settings));
  return { connector: connector.id, settings: split.settings, secrets: named(split.secrets) };
}

/**
 * What new settings do to a connector server. An absent or empty secret field keeps its value, null
 * erases it; a new address or account wants it again. Null when the settings stay as they are.
 */
export function planConnector(
  name: string,
  current: Prisma.JsonValue,
  stored: readonly string[],
  given: Record<string, unknown> | undefined,
): ConnectionPlan | null {
  if (given === undefined) return null;
  const connector = requireConnector(name);
  const secretFields = connector.fields.filter((field) => field.secret);
  const keepable = secretFields.filter(
    (field) => stored.includes(`field:${field.name}`) && isAbsent(given, field),
  );
  const fields = connector.fields.map((field) =>
    keepable.includes(field) ? { ...field, required: false } : field,
  );
  const { settings, secrets } = splitSecrets(
    connector,
    readSettings({ ...connector, fields }, given),
  );
  const before = new Map(Object.entries(current ?? {}));
  const hasMoved = addressFields(connector).some((field) => {
    const [was, is] = [before.get(field.name), settings[field.name]];
    return (was ?? field.default) !== (is ?? field.default);
  });
  if (hasMoved && keepable.length > 0) {
    const labels = keepable.map((field) => field.label);
    throw enterAgain("settings", labels, true);
  }
  const kept = keepable.map((field) => `field:${field.name}`);
  return { data: { settings }, secrets: named(secrets), kept, hasMoved };
}

function requireConnector(name: string): Connector {
  const connector = findConnector(name);
  if (connector) return connector;
  const known = CONNECTORS.map(({ id }) => id).join(", ");
  throw new AppError(
    "invalid_input",
    `There is no connector “${name}”. Choose one of these: ${known}.`,
    { fields: { connector: [`Choose one of these: ${known}`] } },
  );
}

function readSettings(connector: Connector, settings: Record<string, unknown>) {
  try {
    return parseInput(connectorSettingsSchema(connector), settings);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = Object.entries(error.fields).map(([path, messages]) => [
      path === "" ? "settings" : `settings.${path}`,
      messages,
    ]);
    throw new AppError(error.code, error.message, { fields: Object.fromEntries(fields) });
  }
}

function isAbsent(given: Record<string, unknown>, { name, variable }: ConnectorField): boolean {
  const value = given[name] ?? given[variable];
  const isErased = given[name] === null || given[variable] === null;
  return !isErased && (value === undefined || value === "");
}

function named(secrets: Record<string, string>): PlainSecret[] {
  return Object.entries(secrets).map(([name, value]) => ({ name: `field:${name}`, value }));
}
