import { describe, expect, it } from "vitest";
import {
  type Connector,
  connectorSettingsSchema,
  findConnector,
  splitSecrets,
} from "./connectors.ts";

function connector(name: string): Connector {
  const found = findConnector(name);
  if (found === undefined) throw new Error(`no connector ${name}`);
  return found;
}

const valkey = connector("valkey");
const read = (input: unknown) => connectorSettingsSchema(valkey).safeParse(input);
const problems = (input: unknown) =>
  read(input).error?.issues.map(({ path, message }) => ({ path, message }));

describe("connector settings", () => {
  it("finds a connector by its id and by its package", () => {
    expect(findConnector("awslabs.valkey-mcp-server")?.id).toBe("valkey");
    expect(findConnector("@modelcontextprotocol/server-everything")?.id).toBe("everything");
    expect(findConnector("curl")).toBeUndefined();
  });

  it("fills in defaults and leaves empty optional fields out", () => {
    expect(read({ host: " valkey.internal ", user: "", password: "" }).data).toEqual({
      host: "valkey.internal",
      port: 6379,
      tls: false,
      cluster: false,
      read_only: false,
      admin_commands: false,
      embeddings: "hash",
    });
  });

  it("reads what forms and the command line send, by either name", () => {
    const form = read({ host: "h", port: "6380", tls: "on", read_only: "true" }).data;
    expect(form).toMatchObject({ port: 6380, tls: true, read_only: true });
    const variables = read({ VALKEY_HOST: "h", VALKEY_PORT: "6380", VALKEY_USE_SSL: "1" }).data;
    expect(variables).toMatchObject({ host: "h", port: 6380, tls: true });
  });

  it.each([
    [{}, "host", "Host is needed."],
    [{ host: " " }, "host", "Host is needed."],
    [{ host: "h", port: "many" }, "port", "Port is a whole number."],
    [{ host: "h", tls: "maybe" }, "tls", "TLS is true or false."],
    [{ host: "h", embeddings: "bedrock" }, "embeddings", "Embeddings is one of hash, openai."],
    [{ host: "h\nX=1" }, "host", "Host holds control characters."],
  ])("refuses %j with the field's name", (input, field, message) => {
    expect(problems(input)).toEqual([{ path: [field], message }]);
  });

  it("refuses ports that do not exist and fields it does not know, such as a command", () => {
    expect(read({ host: "h", port: 65_536 }).success).toBe(false);
    expect(read({ host: "h", command: "sh" }).success).toBe(false);
    expect(read(JSON.parse('{"host":"h","__proto__":{"tls":true}}')).success).toBe(false);
    expect(read({ host: "h", PATH: "/tmp" }).success).toBe(false);
    expect(connectorSettingsSchema(connector("everything")).safeParse({}).data).toEqual({});
  });

  it("separates what must be sealed", () => {
    const { settings, secrets } = splitSecrets(
      valkey,
      read({ host: "h", password: " p " }).data ?? {},
    );
    expect(secrets).toEqual({ password: " p " });
    expect(JSON.stringify(settings)).not.toContain(" p ");
  });
});
