import { oneRule } from "./testing.ts";
import type { JsonObject } from "./types.ts";

/**
 * Test data: the cases of the adversarial catalogue that the policy core has to answer. Those about
 * upstream schemas (ADV-077, 078, 080, 081) have nothing to attack here: a policy never compiles,
 * follows or validates with a schema; what reads them for display is tested in lib/catalog.
 */

export interface AdversarialCase {
  id: string;
  attack: string;
  policy: string;
  arguments: JsonObject[];
  /** What each of the calls must end in. */
  outcome: "deny" | "approve" | "hide" | "allow";
}

const bigAmount = "{path: amount, op: gt, value: 1000}";
const oddAmounts: JsonObject[] = [
  ...["50000", "5e4", " 50000", "５００００", true, null].map((amount) => ({ amount })),
  { amount: ["50000"] },
  { amount: { value: 50000 } },
  {},
];
const workspace = "/workspace(/[A-Za-z0-9_-]+)+(\\\\.[a-z]+)?";
const otherSpellings = ["Path", "PATH", "path_", "path ", "pa\u0300th", "p\u0430th"].map(
  (name): JsonObject => ({ [name]: "/etc/passwd" }),
);
/** The way of Go's encoding/json and its like: case, spaces and separators are not looked at. */
const twoSpellings = (path: string): JsonObject[] =>
  ["Path", "PATH", "path_", "path ", "PAT\u210b", "-path"].map((name) => ({
    path,
    [name]: "/etc/passwd",
  }));
const strayPaths = [
  "/workspace/../etc/passwd",
  "/workspace/%2e%2e/etc",
  "/workspace\\..\\etc",
  "//workspace/",
  "/workspace/./x",
  "C:\\",
  "~/",
  "file:///etc",
  "/workspace/a\n/etc",
];
const strayHosts = [
  "https://corp.com.evil.io",
  "https://corp.com@evil.io",
  "https://evil.io#@corp.com",
  "https:\\\\corp.com",
  "http://[::ffff:127.0.0.1]",
  "https://xn--crp-tna.com/",
  "https://corp.com./",
  "https://corp.com\t.evil.io",
  "https://corp.com\n.evil.io",
];
const dropVariants = ["DR/**/OP", "dr\u200bop", "\\x44ROP", '"; select 1 -- drop"'];

export const adversarialCases: readonly AdversarialCase[] = [
  {
    id: "ADV-060",
    attack: "a wrong type does not switch an approval off",
    policy: oneRule("require_approval", bigAmount),
    arguments: oddAmounts,
    outcome: "approve",
  },
  {
    id: "ADV-060",
    attack: "a wrong type does not switch a denial off",
    policy: oneRule("deny", bigAmount),
    arguments: oddAmounts,
    outcome: "deny",
  },
  {
    id: "ADV-060",
    attack: "a wrong type does not gain a permission",
    policy: oneRule("allow", "{path: amount, op: neq, value: 1000}"),
    arguments: oddAmounts,
    outcome: "deny",
  },
  {
    id: "ADV-061",
    attack: "leaving the argument out does not dodge a denial",
    policy: oneRule("deny", "{path: path, op: starts_with, value: /etc}"),
    arguments: [{}, { path: null }, { paths: "/etc" }],
    outcome: "deny",
  },
  {
    id: "ADV-061",
    attack: "leaving the argument out does not gain a permission",
    policy: oneRule("allow", "{path: amount, op: lte, value: 100}"),
    arguments: [{}, { Amount: 1 }, { "amount ": 1 }],
    outcome: "deny",
  },
  {
    id: "ADV-062",
    attack: "another spelling of the argument's name does not dodge a denial",
    policy: oneRule("deny", "{path: path, op: starts_with, value: /etc}"),
    arguments: otherSpellings,
    outcome: "deny",
  },
  {
    id: "ADV-062",
    attack: "another spelling of the argument's name gains no permission",
    policy: oneRule("allow", "{path: path, op: starts_with, value: /workspace}"),
    arguments: otherSpellings,
    outcome: "deny",
  },
  {
    id: "ADV-062",
    attack: "an argument given under two names gains no permission by the harmless one",
    policy: oneRule("allow", "{path: path, op: starts_with, value: /workspace}"),
    arguments: twoSpellings("/workspace/a"),
    outcome: "deny",
  },
  {
    id: "ADV-062",
    attack: "an argument given under two names dodges no denial by the harmless one",
    policy: oneRule("deny", "{path: path, op: starts_with, value: /etc}"),
    arguments: twoSpellings("/workspace/a"),
    outcome: "deny",
  },
  {
    id: "ADV-062",
    attack: "a denial of an argument at all is not dodged by another spelling of it",
    policy: oneRule("deny", "{path: path, op: exists, value: true}"),
    arguments: [{ Path: "/etc" }, { PATH: "/etc" }, { "path ": "/etc" }],
    outcome: "deny",
  },
  {
    id: "ADV-062",
    attack: "other arguments beside it change nothing",
    policy: oneRule("allow", "{path: path, op: starts_with, value: /workspace}"),
    arguments: [{ path: "/workspace/a", paths: [], pathname: "x", mode: "r" }],
    outcome: "allow",
  },
  {
    id: "ADV-064",
    attack: "traversal and encodings do not pass an allow-list of paths",
    policy: oneRule("allow", `{path: path, op: matches, value: "${workspace}"}`),
    arguments: strayPaths.map((path) => ({ path })),
    outcome: "deny",
  },
  {
    id: "ADV-064",
    attack: "ordinary paths pass it",
    policy: oneRule("allow", `{path: path, op: matches, value: "${workspace}"}`),
    arguments: [{ path: "/workspace/a" }, { path: "/workspace/a/b_c.txt" }],
    outcome: "allow",
  },
  {
    id: "ADV-065",
    attack: "look-alike addresses do not pass an allow-list of hosts",
    policy: oneRule(
      "allow",
      '{path: url, op: matches, value: "https://([a-z0-9-]+\\\\.)*corp\\\\.com(/[A-Za-z0-9/_-]*)?"}',
    ),
    arguments: strayHosts.map((url) => ({ url })),
    outcome: "deny",
  },
  {
    id: "ADV-066",
    attack: "code that hides a word stays outside an allow-list of statements",
    policy: oneRule("allow", '{path: query, op: matches, value: "SELECT [a-z_, ]+ FROM [a-z_]+"}'),
    arguments: dropVariants.map((query) => ({ query })),
    outcome: "deny",
  },
  {
    id: "ADV-069",
    attack: "Turkish and other casings do not dodge a denial",
    policy: oneRule("deny", "{path: command, op: in, value: [UNLINK, KEYS], ignore_case: true}"),
    arguments: ["unlink", "UNL\u0130NK", "unl\u0131nk", "\u212aeys", "key\u017f"].map(
      (command) => ({
        command,
      }),
    ),
    outcome: "deny",
  },
  {
    id: "ADV-074",
    attack: "a pattern has to match the whole text",
    policy: oneRule("allow", '{path: env, op: matches, value: "prod"}'),
    arguments: ["nonprod-x; rm", "prod\nevil", "prod\n", "prod\r", "prod\u2028evil"].map((env) => ({
      env,
    })),
    outcome: "deny",
  },
  {
    id: "ADV-074",
    attack: "anchors stand for the ends of the text, not of a line",
    policy: oneRule("allow", '{path: env, op: matches, value: "^prod$"}'),
    arguments: ["prod\nevil", "evil\nprod", "prod\n"].map((env) => ({ env })),
    outcome: "deny",
  },
  {
    id: "ADV-082",
    attack: "a denial wins over a permission, wherever it stands",
    policy:
      '{version: 1, default: allow, tools: {"*": [{action: allow}, {action: require_approval}], pay: {action: allow}, "p*": {action: deny}, "pa*": {action: allow}}}',
    arguments: [{}],
    outcome: "deny",
  },
  {
    id: "ADV-084",
    attack: "a denial whose condition cannot be judged denies",
    policy: oneRule("deny", "{path: amount, op: gt, value: 100}"),
    arguments: [{ amount: "abc" }, { amount: { valueOf: "1" } }],
    outcome: "deny",
  },
];
