import { join } from "node:path";
import { newPerson, newSlug, type Person } from "./people.ts";
import { node, product, productEnvironment, root } from "./product.ts";
import { type Run, run } from "./run.ts";

/** The operator's command line against the running product. */
export function callgate(args: readonly string[], input = ""): Promise<Run> {
  const program = ["--disable-warning=ExperimentalWarning", join(root, "bin/callgate.ts")];
  return run(node, [...program, ...args], { env: productEnvironment(product()), input });
}

/**
 * Its `--json` answer. @throws Error with what it said, when it refused
 * @typeParam Answer the shape design.md section 11 promises for this command
 */
export async function callgateJson<Answer>(args: readonly string[], input = ""): Promise<Answer> {
  const { code, stdout, stderr } = await callgate([...args, "--json"], input);
  if (code !== 0) throw new Error(`callgate ${args[0]} ${args[1]} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

export interface World {
  person: Person;
  org: string;
}

/** A person and their org, made by the operator. */
export async function createWorld(stem: string): Promise<World> {
  const person = newPerson();
  const org = newSlug(stem);
  await callgateJson(
    ["user", "create", "--email", person.email, "--name", person.name],
    person.password,
  );
  await callgateJson([
    "org",
    "create",
    "--name",
    "Journey",
    "--slug",
    org,
    "--owner",
    person.email,
  ]);
  return { person, org };
}

/** Registers a server by URL and has its tools read. */
export async function addServer(org: string, slug: string, url: string): Promise<void> {
  await callgateJson(["server", "add", "--org", org, "--slug", slug, "--url", url]);
  await callgateJson(["server", "discover", "--org", org, "--server", slug]);
}

export interface IssuedAgent {
  name: string;
  token: string;
  servers: { slug: string; proxyUrl: string }[];
}

/** An agent of one server, with what its client needs. */
export async function addAgent(
  org: string,
  name: string,
  server: string,
): Promise<{ url: string; token: string }> {
  const args = ["agent", "create", "--org", org, "--name", name, "--server", server];
  const { token, servers } = await callgateJson<IssuedAgent>(args);
  const url = servers.find(({ slug }) => slug === server)?.proxyUrl;
  if (url === undefined) throw new Error(`The new agent has no proxy URL for ${server}`);
  return { url, token };
}

/** Replaces a server's policy by a document (YAML). */
export async function applyPolicy(org: string, server: string, document: string): Promise<void> {
  await callgateJson(["policy", "apply", "--org", org, "--server", server, "-f", "-"], document);
}
