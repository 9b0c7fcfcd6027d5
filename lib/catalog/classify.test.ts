import fc from "fast-check";
import { expect, test } from "vitest";
import { type JsonValue, riskClasses } from "#lib/policy/types.ts";
import { classifyTool } from "./classify.ts";
import { definition } from "./testing.ts";
import { SIGNALS } from "./types.ts";

const untrusted = { trustedAnnotations: false };

/** Name, what it does, parameters, category and class, signals. */
const TOOLS: readonly [string, string, string, string, string][] = [
  // Model Context Protocol's test server
  ["echo", "Echoes back the input", "message*", "read low", ""],
  [
    "get-annotated-message",
    "Demonstrates annotations with metadata",
    "messageType",
    "read low",
    "",
  ],
  [
    "get-env",
    "Returns all environment variables of the server",
    "",
    "read medium",
    "exposes_secrets",
  ],
  ["get-resource-links", "Returns links to resources of several types", "count", "read low", ""],
  [
    "get-resource-reference",
    "Returns a reference to a resource",
    "resourceType resourceId",
    "read low",
    "",
  ],
  ["get-roots-list", "Lists the roots that the client provides", "", "read low", ""],
  [
    "get-structured-content",
    "Returns structured content with its schema",
    "location*",
    "read low",
    "",
  ],
  ["get-sum", "Returns the sum of two numbers", "a* b*", "read low", ""],
  ["get-tiny-image", "Returns a tiny image", "", "read low", ""],
  [
    "gzip-file-as-resource",
    "Compresses a file with gzip and offers the result as a resource",
    "name data",
    "write medium",
    "",
  ],
  [
    "simulate-research-query",
    "Simulates a long research that gathers and analyses",
    "topic*",
    "execute high",
    "",
  ],
  ["toggle-simulated-logging", "Toggles simulated logging on or off", "", "write medium", ""],
  [
    "toggle-subscriber-updates",
    "Toggles simulated updates of subscriptions",
    "",
    "write medium",
    "",
  ],
  [
    "trigger-elicitation-request",
    "Trigger a request of the server for user input",
    "",
    "execute high",
    "",
  ],
  [
    "trigger-long-running-operation",
    "Demonstrates an operation that takes long",
    "duration steps",
    "execute high",
    "",
  ],
  [
    "trigger-sampling-request",
    "Trigger a request of the server for sampling",
    "prompt* maxTokens",
    "execute high",
    "",
  ],
  [
    "trigger-url-elicitation",
    "Trigger an elicitation that opens an address",
    "url* message",
    "execute high",
    "accepts_url",
  ],
  // Files
  ["read_file", "Reads a whole file", "path*", "read low", "accepts_path"],
  [
    "write_file",
    "Creates a file or overwrites an existing one without warning",
    "path* content*",
    "write high",
    "accepts_path irreversible",
  ],
  [
    "edit_file",
    "Make line-based edits to a text file",
    "path* edits[]",
    "write medium",
    "accepts_path",
  ],
  [
    "list_directory",
    "Get a listing of the files in a directory",
    "path*",
    "read low",
    "accepts_path",
  ],
  ["directory_tree", "Get a recursive view of a directory", "path*", "read low", "accepts_path"],
  ["move_file", "Move or rename a file", "source* destination*", "write medium", ""],
  ["delete_file", "Delete a file", "path*", "destructive critical", "accepts_path"],
  // Git and forges
  ["git_status", "Shows the state of the working tree", "repo_path*", "read low", "accepts_path"],
  ["git_diff_staged", "Shows staged changes", "repo_path*", "read low", "accepts_path"],
  [
    "git_commit",
    "Records changes in the repository",
    "repo_path* message*",
    "write medium",
    "accepts_path",
  ],
  ["git_log", "Shows the history", "repo_path*", "read low", "accepts_path"],
  ["git_create_branch", "Creates a branch", "repo_path* name*", "write medium", "accepts_path"],
  [
    "create_or_update_file",
    "Create or update one file of a repository",
    "path* content*",
    "write medium",
    "accepts_path",
  ],
  ["push_files", "Push several files in one commit", "files*[]", "write medium", "bulk"],
  [
    "get_pull_request_status",
    "Get the status of the checks of a pull request",
    "number*",
    "read low",
    "",
  ],
  ["pull_request_read", "Get information on a pull request", "number*", "read low", ""],
  ["merge_pull_request", "Merge a pull request", "number*", "write medium", ""],
  ["list_workflow_runs", "List the runs of a workflow", "workflow*", "read low", ""],
  ["run_workflow", "Run a workflow", "workflow*", "execute high", ""],
  ["cancel_workflow_run", "Cancel a run", "id*", "execute high", ""],
  ["get_latest_release", "Get the latest release", "repo*", "read low", ""],
  ["remove_label", "Remove a label from an issue", "issue* label*", "destructive high", ""],
  // Money
  ["create_refund", "Refund a payment", "payment_intent*", "financial critical", "costs_money"],
  [
    "create_payment_link",
    "Create a link by which a customer pays",
    "price*",
    "financial critical",
    "costs_money",
  ],
  [
    "update_subscription",
    "Update the subscription of a customer",
    "subscription*",
    "financial critical",
    "costs_money",
  ],
  [
    "transfer",
    "Transfer an amount between two accounts",
    "amount* to*",
    "financial critical",
    "costs_money",
  ],
  ["transfer_issue", "Transfer an issue to another repository", "issue*", "write medium", ""],
  ["place_order", "Place a market order", "symbol* quantity*", "financial critical", "costs_money"],
  ["list_charges", "List charges of a customer", "customer*", "read low", ""],
  ["retrieve_balance", "Retrieve the balance of the account", "", "read low", ""],
  ["create_customer", "Create a customer", "name* email", "write medium", ""],
  // Commands, code, queries
  [
    "execute_command",
    "Execute a command in the terminal",
    "command*",
    "execute critical",
    "accepts_shell_command",
  ],
  ["bash", "Run a bash command", "command*", "execute critical", "accepts_shell_command"],
  ["execute_sql", "Execute SQL on the database", "query*", "execute critical", "accepts_sql"],
  ["query", "Run a read-only SQL query", "sql*", "read medium", "accepts_sql"],
  ["run_query", "Runs a SQL query and returns its rows", "sql*", "execute critical", "accepts_sql"],
  ["query", "Query the database with SQL", "sql*", "execute critical", "accepts_sql"],
  ["explain_query", "Explain the plan of a SQL query", "sql*", "read medium", "accepts_sql"],
  [
    "list_items",
    "List items, filtered by SQL where given",
    "table* query",
    "read medium",
    "accepts_sql",
  ],
  ["run_search_job", "Runs a search job", "id*", "execute high", ""],
  ["run_deletion_job", "Runs a deletion job", "id*", "destructive critical", ""],
  ["list_todos", "List to-do items", "action", "read low", "selects_operation"],
  ["run_report", "Runs a comparison of two periods", "from* to*", "read low", ""],
  [
    "browser_evaluate",
    "Evaluate a JavaScript expression on the page",
    "function*",
    "execute critical",
    "accepts_code",
  ],
  ["browser_click", "Perform a click on the page", "ref*", "execute high", ""],
  ["browser_type", "Type text into an element", "text*", "execute high", ""],
  ["fetch", "Fetches a page from the internet", "url*", "read low", "accepts_url reaches_outside"],
  ["brave_web_search", "Performs a web search", "query*", "read low", ""],
  // Everything else
  ["create_api_key", "", "", "write medium", "creates_credentials no_description"],
  [
    "identity_create_api_key_provider",
    "",
    "name* api_key*",
    "write medium",
    "takes_secret creates_credentials no_description",
  ],
  ["get_secret_value", "Retrieve the value of a secret", "name*", "read medium", "exposes_secrets"],
  [
    "send_email",
    "Send an email to several people",
    "to*[] body*",
    "write medium",
    "reaches_outside",
  ],
  ["kubectl_get", "Get or list resources of a cluster", "kind*", "read low", ""],
  ["kubectl_apply", "Apply a manifest", "manifest*", "execute high", ""],
  ["terminate_instances", "Terminate running instances", "ids*[]", "destructive critical", "bulk"],
  ["render_page", "Render a page from a template", "template*", "read low", "accepts_template"],
  [
    "generate_image",
    "Generate an image; each call consumes credits",
    "prompt*",
    "write medium",
    "costs_money",
  ],
  ["add", "Adds two numbers", "a* b*", "read low", ""],
  ["frobnicate", "", "x", "execute high", "no_description"],
];

test.each(TOOLS)("%s (%s) is classified", (name, description, parameters, expected, signals) => {
  const result = classifyTool(definition(name, description, parameters), untrusted);
  expect(`${result.category} ${result.riskClass}`).toBe(expected);
  expect([...result.signals].sort()).toEqual(signals.split(" ").filter(Boolean).sort());
});

test("the worst that a definition admits counts, wherever it says so", () => {
  const inDescription = definition("get_user", "Permanently deletes the user and all data.", "id*");
  expect(classifyTool(inDescription, untrusted)).toMatchObject({
    category: "destructive",
    riskClass: "critical",
  });
  const inArgument = classifyTool(
    {
      name: "manage_records",
      description: "Manage DNS records.",
      inputSchema: {
        properties: { action: { type: "string", enum: ["list", "create", "delete"] } },
      },
    },
    untrusted,
  );
  expect(inArgument.category).toBe("destructive");
  expect(inArgument.evidence).toContainEqual({
    source: "parameter",
    quote: "action: delete",
    meaning: "one of its operations removes what is stored",
  });
});

test("what a description denies does not count", () => {
  const tool = definition("preview_cleanup", "Shows what would go, without deleting anything.", "");
  expect(classifyTool(tool, untrusted)).toMatchObject({ category: "read", riskClass: "low" });
});

test("a definition that says nothing is treated as dangerous and says so", () => {
  const result = classifyTool({ name: "frobnicate" }, untrusted);
  expect(result).toMatchObject({ category: "execute", riskClass: "high", confidence: 0.2 });
  expect(result.rationale).toBe(
    "Neither name nor description say what it does, so it counts as Execute; it has no description, so this rests on the name alone; High is where Execute starts.",
  );
});

test("a missing description lowers confidence", () => {
  const described = classifyTool(definition("create_issue", "Creates an issue.", ""), untrusted);
  const silent = classifyTool({ name: "create_issue" }, untrusted);
  const repeated = classifyTool({ name: "create_issue", description: "Create issue" }, untrusted);
  expect(described.confidence).toBeGreaterThan(0.85);
  expect(silent.confidence).toBeLessThan(0.6);
  expect(repeated.confidence).toBe(silent.confidence);
});

test("the rationale names its ground and every step of the class", () => {
  const result = classifyTool(
    definition("json_arrpop", "Takes one element out of an array."),
    untrusted,
  );
  expect(result.rationale).toBe(
    "Destructive, because “arrpop” in its name takes elements out of a container; lowered to High because it removes part of a container, not the whole.",
  );
  expect(result.evidence[0]).toEqual({
    source: "name",
    quote: "arrpop",
    meaning: "takes elements out of a container",
  });
});

test("any definition is classified, the same way each time, in one sentence", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  fc.assert(
    fc.property(
      text,
      text,
      fc.jsonValue({ maxDepth: 2 }),
      fc.boolean(),
      (name, description, json, trustedAnnotations) => {
        // fast-check's JSON type and ours describe the same values under different names.
        const schema = json as JsonValue;
        const tool = {
          name,
          description,
          inputSchema: { properties: { a: schema, b: { anyOf: [schema] } } },
        };
        const first = classifyTool(tool, { trustedAnnotations });
        expect(classifyTool(tool, { trustedAnnotations })).toEqual(first);
        expect(riskClasses).toContain(first.riskClass);
        expect(first.confidence).toBeGreaterThanOrEqual(0);
        expect(first.confidence).toBeLessThanOrEqual(1);
        for (const signal of first.signals) expect(SIGNALS).toContain(signal);
        expect(first.rationale).toMatch(/^\p{Lu}[^\n]*\.$/u);
        for (const { quote } of first.evidence) expect(quote.isWellFormed()).toBe(true);
      },
    ),
  );
});

test("a hint never lowers the class on a server that is not trusted", () => {
  const hints = fc.record(
    { readOnlyHint: fc.boolean(), destructiveHint: fc.boolean(), openWorldHint: fc.boolean() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...TOOLS),
      hints,
      ([name, description, parameters], annotations) => {
        const plain = classifyTool(definition(name, description, parameters), untrusted);
        const hinted = classifyTool(
          definition(name, description, parameters, annotations),
          untrusted,
        );
        expect(riskClasses.indexOf(hinted.riskClass)).toBeGreaterThanOrEqual(
          riskClasses.indexOf(plain.riskClass),
        );
        expect(hinted.category).toBe(plain.category);
      },
    ),
  );
});
