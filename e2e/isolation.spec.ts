import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { APIRequestContext } from "@playwright/test";
import { addAgent, addServer, applyPolicy, callgateJson, createWorld } from "./command-line.ts";
import { newestJobOf } from "./database.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";
import { product, root } from "./product.ts";

/** Every address below a folder of `app`, with its parameters filled in. */
function addressesOf(folder: string, file: string, parameters: Record<string, string>): string[] {
  return readdirSync(join(root, "app", folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path === file || path.endsWith(`/${file}`))
    .map((path) => join("/", folder, dirname(path)))
    .map((path) => path.replace(/\[(\w+)\]/g, (_, name: string) => parameters[name] ?? name));
}

interface Action {
  id: string;
  name: string;
  /** A page that carries it. */
  page: string;
}

/** The server actions of orgs, from the build itself: each is a public POST endpoint. */
function orgActions(): Action[] {
  const file = join(root, ".next/server/server-reference-manifest.json");
  const { node }: { node: Record<string, ManifestEntry> } = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(node)
    .filter(([, { filename }]) => filename.startsWith("app/orgs/[org]/"))
    .map(([id, { exportedName, workers }]) => ({
      id,
      name: exportedName,
      page: (Object.keys(workers)[0] ?? "").replace(/^app/, "").replace(/\/page$/, ""),
    }));
}

interface ManifestEntry {
  filename: string;
  exportedName: string;
  workers: Record<string, unknown>;
}

/** The actions that are forms, with a value that nobody has. */
const forms: Record<string, { field: string; value: string }> = {
  saveOrgName: { field: "name", value: "Taken over" },
  saveMinimumRevision: { field: "minimumRevision", value: "2026-07-28" },
};

/** Calls an action as a browser would; a form is encoded as React encodes it. */
async function send(request: APIRequestContext, action: Action, own: string, org: string) {
  const page = action.page.replace("[org]", own).replace(/\[\w+\]/g, "billing");
  const headers = {
    "next-action": action.id,
    accept: "text/x-component",
    origin: product().dashboardUrl,
  };
  const form = forms[action.name];
  const before = { values: {}, error: null, saved: 0 };
  const response = form
    ? await request.post(page, {
        headers,
        multipart: { [`1_${form.field}`]: form.value, "0": JSON.stringify([org, before, "$K1"]) },
      })
    : await request.post(page, {
        headers: { ...headers, "content-type": "text/plain;charset=UTF-8" },
        data: JSON.stringify([org, {}]),
      });
  return response.text();
}

test("every page and live route of another org does not exist", async ({
  page,
  noise,
  upstream,
  connect,
}) => {
  // The browser notes each 404 it is answered with.
  noise.expect(/status of 404/);
  const theirs = await createWorld("theirs");
  await addServer(theirs.org, "billing", upstream.url);
  await applyPolicy(
    theirs.org,
    "billing",
    "version: 1\ndefault: deny\ntools: { create_payment: { action: require_approval } }\n",
  );
  const agent = await connect(await addAgent(theirs.org, "their-agent", "billing"));
  await agent.call("create_payment", { iban: "DE00", amount: 1 });
  const [call] = await callgateJson<{ id: string }[]>(["calls", "list", "--org", theirs.org]);
  const waiting = ["approvals", "list", "--org", theirs.org];
  const [approval] = await callgateJson<{ id: string }[]>(waiting);
  const things = {
    server: "billing",
    agent: "their-agent",
    call: call?.id ?? "",
    approval: approval?.id ?? "",
    job: await newestJobOf(theirs.org),
  };
  const names = Object.values(things);
  expect(names).not.toContain("");

  const mine = await createWorld("mine");
  await signIn(page, mine.person);
  const pages = addressesOf("orgs/[org]", "page.tsx", { ...things, org: theirs.org });
  const routes = addressesOf("api/orgs/[org]", "route.ts", { ...things, org: theirs.org });
  expect(pages.length).toBeGreaterThan(15);
  expect(routes.length).toBeGreaterThan(4);
  for (const path of pages) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole("main"), path).not.toContainText("their-agent");
  }
  // In an org of one's own, whatever is named by something of theirs.
  const inMine = { ...things, org: mine.org };
  const [pagesInMine, routesInMine] = [
    addressesOf("orgs/[org]", "page.tsx", inMine),
    addressesOf("api/orgs/[org]", "route.ts", inMine),
  ].map((paths) => paths.filter((path) => path.split("/").some((part) => names.includes(part))));
  expect(pagesInMine?.length).toBeGreaterThan(8);
  expect(routesInMine?.length).toBeGreaterThan(1);
  // No more than the status is asked here: that needs no browser.
  for (const path of [...routes, ...(pagesInMine ?? []), ...(routesInMine ?? [])]) {
    const response = await page.request.get(path);
    expect(response.status(), path).toBe(404);
  }
});

test("every action on another org is refused, and without a session on any", async ({
  page,
  request,
}) => {
  const theirs = await createWorld("theirs");
  const mine = await createWorld("mine");
  await signIn(page, mine.person);
  const actions = orgActions();
  expect(actions.length).toBeGreaterThan(12);
  for (const action of actions) {
    const foreign = await send(page.request, action, mine.org, theirs.org);
    expect(foreign, action.name).toContain('"code":"not_found"');
    const anonymous = await send(request, action, mine.org, mine.org);
    expect(anonymous, action.name).not.toContain('"ok":true');
    expect(anonymous, action.name).not.toMatch(/"error":null,"saved":1/);
  }
  await page.goto(`/orgs/${mine.org}/settings`);
  await expect(page.getByLabel("Name")).toHaveValue("Journey");
  await expect(page.getByLabel("Oldest MCP revision")).toHaveValue("any");
});
