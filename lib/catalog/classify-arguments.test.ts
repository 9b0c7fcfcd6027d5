import { expect, test } from "vitest";
import type { JsonObject } from "#lib/policy/types.ts";
import { argumentChecks } from "./argument-checks.ts";
import { classifyTool } from "./classify.ts";
import type { Signal } from "./types.ts";

const untrusted = { trustedAnnotations: false };

/** The signals of a tool that says nothing but takes this argument. */
function signalsOf(
  name: string,
  schema: JsonObject,
  { tool = "submit_entry", required = false } = {},
): Signal[] {
  const inputSchema: JsonObject = {
    type: "object",
    properties: { [name]: schema },
    required: required ? [name] : [],
  };
  const definition = { name: tool, description: "Submits an entry.", inputSchema };
  return classifyTool(definition, untrusted).signals;
}

test.each<[string, Signal[]]>([
  ["uri", ["accepts_url"]],
  ["URI", ["accepts_url"]],
  ["url", ["accepts_url"]],
  ["iri", ["accepts_url"]],
  ["uri-reference", ["accepts_url"]],
  ["iri-reference", ["accepts_url"]],
  ["uri-template", ["accepts_url"]],
  ["password", ["takes_secret"]],
  ["file-path", ["accepts_path"]],
  ["sql", ["accepts_sql"]],
  ["html", ["accepts_template"]],
  ["date", []],
  ["date-time", []],
  ["duration", []],
  ["email", []],
  ["hostname", []],
  ["ipv4", []],
  ["uuid", []],
  ["regex", []],
  ["json-pointer", []],
  ["binary", []],
  ["int64", []],
  ["constructor", []],
])("an argument whose format is %s gives the signals %j, whatever its name", (format, expected) => {
  expect(signalsOf("target", { type: "string", format })).toEqual(expected);
});

test.each<[string, JsonObject]>([
  ["a list", { type: "array", items: { type: "string", format: "uri" } }],
  ["a union", { anyOf: [{ type: "string", format: "uri" }, { type: "null" }] }],
  ["one of several forms", { oneOf: [{ format: "date" }, { format: "uri" }], type: "string" }],
  [
    "a list of several forms",
    { type: "array", items: { anyOf: [{ type: "string", format: "uri" }, { type: "integer" }] } },
  ],
  ["a nested object", { type: "object", properties: { at: { type: "string", format: "uri" } } }],
  ["a value of several types", { type: ["string", "null"], format: "uri" }],
])("a format is read in %s too", (_, schema) => {
  expect(signalsOf("target", schema)).toEqual(["accepts_url"]);
});

test("a format is read behind a reference", () => {
  const inputSchema: JsonObject = {
    properties: { target: { $ref: "#/$defs/Address" } },
    $defs: { Address: { type: "string", format: "uri" } },
  };
  const tool = { name: "submit_entry", description: "Submits an entry.", inputSchema };
  expect(classifyTool(tool, untrusted).signals).toEqual(["accepts_url"]);
});

test("a format of numbers, a format that is no text and listed values give no signal", () => {
  expect(signalsOf("target", { type: "integer", format: "uri" })).toEqual([]);
  expect(signalsOf("target", { type: "string", format: 7 })).toEqual([]);
  const listed = { type: "string", format: "uri", enum: ["https://example.test/"] };
  expect(signalsOf("target", listed)).toEqual([]);
});

test("the evidence of a format names the argument", () => {
  const inputSchema = { properties: { target: { type: "string", format: "uri" } } };
  expect(classifyTool({ name: "submit_entry", inputSchema }, untrusted).evidence).toContainEqual({
    source: "parameter",
    quote: "target",
    meaning: "takes an address to contact, says its format",
  });
});

test("a required address is proposed to be https, also where only its format says what it is", () => {
  const inputSchema = {
    properties: { target: { type: "string", format: "uri" } },
    required: ["target"],
  };
  expect(argumentChecks({ name: "run_job", inputSchema }).when).toEqual([
    { path: "target", op: "starts_with", value: "https://", ignore_case: true },
  ]);
});

test.each<[string, Signal[]]>([
  ["The URL to fetch", ["accepts_url"]],
  ["Absolute URL of the page", ["accepts_url"]],
  ["Webhook URL that is called", ["accepts_url"]],
  ["URL slug of the article", []],
  ["The URL-encoded project path", []],
  ["Name of the project, as in its URL", []],
  ["Absolute path to the project", ["accepts_path"]],
  ["Path to the file that is read", ["accepts_path"]],
  ["Path of the field in the document", []],
  ["The user's choice of password policy", []],
  ["API key of the account", ["takes_secret"]],
  ["Password of the new user", ["takes_secret"]],
  ["Password policy of the account", []],
  ["The SQL statement to explain", ["accepts_sql"]],
  ["JavaScript code to run in the page", ["accepts_code"]],
  ["Name of the function to run", []],
  ["Shell command that starts the server", ["accepts_shell_command"]],
  ["Text of the note", []],
])("an argument described as “%s” gives the signals %j", (description, expected) => {
  expect(signalsOf("target", { type: "string", description })).toEqual(expected);
});

test.each(["operation_name", "tool_name", "actionType", "commandName", "operation", "api_action"])(
  "the open text %s selects the operation, listed values do not leave it open",
  (name) => {
    const call = { tool: "dispatch_call", required: true };
    expect(signalsOf(name, { type: "string" }, call)).toEqual(["selects_operation"]);
    expect(signalsOf(name, { type: "string", enum: ["show", "copy"] }, call)).toEqual([]);
  },
);

test.each(["operation_name", "tool_name", "actionType", "commandName"])(
  "%s selects the operation where it is optional, too",
  (name) => {
    const call = { tool: "dispatch_call" };
    expect(signalsOf(name, { type: "string" }, call)).toEqual(["selects_operation"]);
  },
);

test.each<[string, string, JsonObject, boolean]>([
  ["a filter", "action_type", { type: "string", description: "Filter by action" }, true],
  ["an optional detail", "retry_action", { type: "string" }, false],
  ["a mode", "mode", { type: "string" }, true],
  ["a name of anything else", "file_type", { type: "string" }, true],
])("%s selects no operation", (_, name, schema, required) => {
  const found = signalsOf(name, schema, { tool: "dispatch_call", required });
  expect(found).not.toContain("selects_operation");
});

test("a tool that reads is not selected by the name of what it looks up, or by a filter", () => {
  const text = { type: "string" };
  expect(signalsOf("tool_name", text, { tool: "get_tool_schema", required: true })).toEqual([]);
  expect(signalsOf("action_type", text, { tool: "list_events" })).toEqual([]);
  expect(signalsOf("operation_name", text, { tool: "read_store", required: true })).toEqual([
    "selects_operation",
  ]);
});
