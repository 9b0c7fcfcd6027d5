import { z } from "zod";

/** One thing a connector asks for. `name` is ours, `variable` is what the program reads. */
export interface ConnectorField {
  name: string;
  variable: string;
  label: string;
  type: "text" | "number" | "password" | "boolean" | "select";
  default: string | number | boolean | null;
  required: boolean;
  /** Sealed like a header value; never shown again. */
  secret: boolean;
  help: string;
  options?: readonly { value: string; label: string }[];
  minimum?: number;
  maximum?: number;
}

/** An operator-vetted recipe for a stdio server. Tenants fill in fields, never a command. */
export interface Connector {
  id: string;
  title: string;
  description: string;
  package: string;
  version: string;
  transport: "stdio";
  fields: readonly ConnectorField[];
}

export const CONNECTORS: readonly Connector[] = [
  {
    id: "valkey",
    title: "Valkey",
    description:
      "Reads and writes keys, JSON documents and search indexes of a Valkey or Redis server. " +
      "Twelve tools that take whole commands: rules with conditions tell them apart.",
    package: "awslabs.valkey-mcp-server",
    version: "1.0.22",
    transport: "stdio",
    fields: [
      {
        name: "host",
        variable: "VALKEY_HOST",
        label: "Host",
        type: "text",
        default: null,
        required: true,
        secret: false,
        help: "Name or address of the Valkey server, as the proxy reaches it.",
      },
      {
        name: "port",
        variable: "VALKEY_PORT",
        label: "Port",
        type: "number",
        default: 6379,
        required: false,
        secret: false,
        help: "6379 unless your server says otherwise.",
        minimum: 1,
        maximum: 65_535,
      },
      {
        name: "user",
        variable: "VALKEY_USERNAME",
        label: "User",
        type: "text",
        default: null,
        required: false,
        secret: false,
        help: "Only used together with a password.",
      },
      {
        name: "password",
        variable: "VALKEY_PWD",
        label: "Password",
        type: "password",
        default: null,
        required: false,
        secret: true,
        help: "Leave empty for a server without authentication.",
      },
      {
        name: "tls",
        variable: "VALKEY_USE_SSL",
        label: "TLS",
        type: "boolean",
        default: false,
        required: false,
        secret: false,
        help: "Encrypt the connection to Valkey.",
      },
      {
        name: "cluster",
        variable: "VALKEY_CLUSTER_MODE",
        label: "Cluster mode",
        type: "boolean",
        default: false,
        required: false,
        secret: false,
        help: "The host is one node of a cluster. Works only where the operator allows clusters.",
      },
      {
        name: "read_only",
        variable: "READONLY",
        label: "Read-only",
        type: "boolean",
        default: false,
        required: false,
        secret: false,
        help: "The server itself refuses writes, whatever the policy says. Tools stay listed.",
      },
      {
        name: "admin_commands",
        variable: "VALKEY_ADMIN_ENABLED",
        label: "Admin commands",
        type: "boolean",
        default: false,
        required: false,
        secret: false,
        help: "Lets valkey_admin run FLUSHALL, EVAL, CONFIG SET and the like. Off unless needed.",
      },
      {
        name: "embeddings",
        variable: "EMBEDDING_PROVIDER",
        label: "Embeddings",
        type: "select",
        default: "hash",
        required: false,
        secret: false,
        help: "How semantic search turns text into vectors. Hash works offline.",
        options: [
          { value: "hash", label: "Hash (offline)" },
          { value: "openai", label: "OpenAI" },
        ],
      },
      {
        name: "openai_api_key",
        variable: "OPENAI_API_KEY",
        label: "OpenAI API key",
        type: "password",
        default: null,
        required: false,
        secret: true,
        help: "Only for OpenAI embeddings: texts of searches and documents are sent there.",
      },
    ],
  },
  {
    id: "everything",
    title: "Everything (test server)",
    description: "The protocol's own test server: harmless tools that exercise every feature.",
    package: "@modelcontextprotocol/server-everything",
    version: "2026.8.31",
    transport: "stdio",
    fields: [],
  },
];

/** A connector by its id or by its package name; undefined when there is none. */
export function findConnector(name: string): Connector | undefined {
  return CONNECTORS.find((connector) => connector.id === name || connector.package === name);
}

/**
 * Where a connector leads and as whom: the fields people write, not the switches. Another value wants the
 * secrets again and holds every tool.
 */
export function addressFields({ fields }: Connector): ConnectorField[] {
  return fields.filter(({ secret, type }) => !secret && (type === "text" || type === "number"));
}

export type ConnectorValue = string | number | boolean;

/**
 * Validates what a form or `--set NAME=value` supplied for a connector. Fields may be named by
 * `name` or by `variable`; strings are read as numbers and booleans where the field is one;
 * defaults are filled in; empty optional fields and unknown names are left out or refused.
 */
export function connectorSettingsSchema(
  connector: Connector,
): z.ZodType<Record<string, ConnectorValue>, unknown> {
  const shape: Record<string, z.ZodType<ConnectorValue | undefined>> = {};
  for (const field of connector.fields) {
    shape[field.name] = field.required ? valueSchema(field) : valueSchema(field).optional();
  }
  return z
    .preprocess(
      (input) =>
        typeof input === "object" && input !== null ? readInput(connector, input) : input,
      z.strictObject(shape),
    )
    .transform(withoutAbsent);
}

function withoutAbsent(
  values: Record<string, ConnectorValue | undefined>,
): Record<string, ConnectorValue> {
  const present: Record<string, ConnectorValue> = {};
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) present[name] = value;
  return present;
}

/** Settings can be stored as they are; secrets are sealed first. */
export function splitSecrets(
  connector: Connector,
  values: Record<string, ConnectorValue>,
): { settings: Record<string, ConnectorValue>; secrets: Record<string, string> } {
  const settings: Record<string, ConnectorValue> = {};
  const secrets: Record<string, string> = {};
  for (const field of connector.fields) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.secret) secrets[field.name] = String(value);
    else settings[field.name] = value;
  }
  return { settings, secrets };
}

/** Every field under its own name, read from text where needed; unknown names stay to be refused. */
function readInput(connector: Connector, input: object): Record<string, unknown> {
  const names = new Map(connector.fields.map((field) => [field.variable, field.name]));
  const renamed = Object.entries(input).map(([name, value]) => [names.get(name) ?? name, value]);
  const read: Record<string, unknown> = Object.fromEntries(renamed);
  for (const field of connector.fields) {
    const given = read[field.name];
    const value = typeof given === "string" ? readText(field.type, given) : given;
    const filled = value === "" || value === undefined ? field.default : value;
    if (filled === null) delete read[field.name];
    else read[field.name] = filled;
  }
  return read;
}

function readText(type: ConnectorField["type"], text: string): unknown {
  switch (type) {
    case "number":
      return /^-?[0-9]+$/.test(text.trim()) ? Number(text) : text;
    case "boolean":
      if (["true", "on", "yes", "1"].includes(text.toLowerCase())) return true;
      return ["false", "off", "no", "0"].includes(text.toLowerCase()) ? false : text;
    case "text":
      return text.trim();
    case "password":
    case "select":
      return text;
  }
}

function valueSchema(field: ConnectorField): z.ZodType<ConnectorValue> {
  switch (field.type) {
    case "number":
      return z
        .number({ error: `${field.label} is a whole number.` })
        .int()
        .min(field.minimum ?? 0)
        .max(field.maximum ?? Number.MAX_SAFE_INTEGER);
    case "boolean":
      return z.boolean({ error: `${field.label} is true or false.` });
    case "select":
      return z.enum(
        (field.options ?? []).map((option) => option.value),
        {
          error: `${field.label} is one of ${(field.options ?? []).map((option) => option.value).join(", ")}.`,
        },
      );
    case "text":
    case "password":
      // Environment variables end at a NUL; line breaks have no place in any of these fields.
      return z
        .string({ error: `${field.label} is needed.` })
        .max(1024)
        .regex(/^[^\p{Cc}]*$/u, `${field.label} holds control characters.`);
  }
}
