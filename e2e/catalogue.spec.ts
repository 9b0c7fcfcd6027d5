import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { callgateJson } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { mailsTo } from "./mail.ts";
import { askForLink, createOrg, newPerson, newSlug, signUp } from "./people.ts";
import { root } from "./product.ts";

test("a passer-by finds a tool by what it does and reads why it needs a policy", async ({
  page,
}) => {
  await page.goto("/");
  await page.getByRole("searchbox", { name: "Search tools" }).fill("api key");
  await page.getByRole("button", { name: "Search" }).click();
  await page
    .getByRole("link", { name: /^create_api_key$/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/catalog\/awslabs-appsync\/create_api_key$/);
  await expect(page.getByRole("heading", { level: 1, name: "create_api_key" })).toBeVisible();
  const questions = [
    "What does the create_api_key tool do?",
    "How do I enforce a policy on create_api_key?",
    "What risk level is create_api_key?",
    "Can I rate-limit create_api_key?",
    "How do I block create_api_key completely?",
    "Which MCP server provides create_api_key?",
  ];
  for (const question of questions) {
    await expect(page.getByRole("heading", { name: question })).toBeVisible();
  }
  await expect(page.getByRole("heading", { name: "From the tool’s definition" })).toBeVisible();
  await expect(page.getByText("rate_limit: { max: 10, window: 60 }").first()).toBeVisible();
});

const seeds = [
  { tool: "create_api_key", home: "AWS Labs AppSync", path: "awslabs-appsync" },
  {
    tool: "identity_create_api_key_provider",
    home: "AWS Labs Bedrock AgentCore",
    path: "awslabs-bedrock-agentcore",
  },
];
for (const { tool, home, path } of seeds) {
  test(`${tool}, looked for under Valkey, is found where it lives`, async ({ page }) => {
    await page.goto(`/catalog/awslabs-valkey/${tool}`);
    await expect(page.getByText(`it is a tool of ${home}`)).toBeVisible();
    await page.getByRole("link", { name: `${tool} of ${home}` }).click();
    await expect(page).toHaveURL(new RegExp(`/catalog/${path}/${tool}$`));
    await expect(page.getByRole("link", { name: home }).first()).toBeVisible();
  });
}

test("every page is also there for programs, and a tool’s page stays small", async ({ page }) => {
  const base = "/catalog/awslabs-appsync/create_api_key";
  const markdown = await page.request.get(`${base}.md`);
  expect(markdown.headers()["content-type"]).toContain("text/markdown");
  expect(await markdown.text()).toContain("## What risk level is create_api_key?");
  const data = await (await page.request.get(`${base}.json`)).json();
  expect(data).toMatchObject({
    name: "create_api_key",
    category: "write",
    server: "awslabs-appsync",
  });
  expect(data.questions).toHaveLength(6);
  expect((await page.request.get("/catalog.json")).ok()).toBe(true);
  expect(await (await page.request.get("/sitemap.xml")).text()).toContain(base);
  expect(await (await page.request.get("/llms.txt")).text()).toContain(
    "/catalog/awslabs-valkey.md",
  );
  const html = await page.request.get(base);
  expect((await html.body()).length).toBeLessThan(100_000);
});

test("the pages of the longest definitions on record stay under 100 KB, and what they cut is one click away", async ({
  page,
}) => {
  const sizes: [string, number][] = [];
  for (const { server, tool } of longestRecorded(60)) {
    const path = `/catalog/${server}/${encodeURIComponent(tool)}`;
    const html = await page.request.get(path);
    expect(html.status(), path).toBe(200);
    sizes.push([path, (await html.body()).length]);
  }
  expect(sizes.filter(([, bytes]) => bytes >= 100_000)).toEqual([]);
  await page.goto("/catalog/excel/create_chart");
  const whole = page.getByRole("link", { name: /^All 11 parameters .*as JSON$/ });
  const { definition } = await (
    await page.request.get((await whole.getAttribute("href")) ?? "")
  ).json();
  expect(Object.keys(definition.inputSchema.properties)).toHaveLength(11);
});

test("programs too are told where a tool lives that they look for in the wrong place", async ({
  page,
}) => {
  for (const { tool, home, path } of seeds) {
    const wrong = `/catalog/awslabs-valkey/${tool}`;
    const markdown = await page.request.get(`${wrong}.md`);
    expect(await markdown.text()).toContain(`it is a tool of ${home}`);
    const data = await (await page.request.get(`${wrong}.json`)).json();
    expect(data).toMatchObject({ name: tool, server: path });
    expect((await page.request.get(data.livesIn)).ok()).toBe(true);
  }
});

test("what a page says of a tool and of a server, its Markdown says too", async ({ page }) => {
  const tool = "/catalog/awslabs-appsync/create_api_key";
  const server = "/catalog/awslabs-valkey";
  for (const path of [tool, server]) {
    await page.goto(path);
    const headings = await page.locator("article").getByRole("heading").allTextContents();
    const markdown = await (await page.request.get(`${path}.md`)).text();
    const own = headings.filter((heading) => !heading.startsWith("Questions about"));
    const plain = (text: string) => text.replaceAll("’", "'");
    expect(own.length).toBeGreaterThan(2);
    expect(own.filter((heading) => !plain(markdown).includes(`# ${plain(heading)}`))).toEqual([]);
  }
  const related = await page.request.get(`${tool}.json`);
  expect((await related.json()).related).toHaveLength(6);
  const markdown = await (await page.request.get(`${server}.md`)).text();
  expect(markdown).toContain("Looking for create_api_key?");
  expect(markdown).toMatch(/By class: \d+ Critical/);
  expect(markdown).toMatch(/Context cost: about \d+ tokens/);
});

test("the pages of words are there as Markdown and JSON, and listed for whoever crawls", async ({
  page,
}) => {
  const sitemap = await (await page.request.get("/sitemap.xml")).text();
  const listed = await (await page.request.get("/llms.txt")).text();
  for (const path of [
    "/",
    "/docs",
    "/docs/policy",
    "/docs/refusals",
    "/docs/operations",
    "/contact",
  ]) {
    await page.goto(path);
    const title = await page.getByRole("heading", { level: 1 }).textContent();
    const file = path === "/" ? "/index" : path;
    const markdown = await page.request.get(`${file}.md`);
    expect(markdown.headers()["content-type"]).toContain("text/markdown");
    expect(await markdown.text()).toContain(`# ${title}\n`);
    expect(await (await page.request.get(`${file}.json`)).json()).toMatchObject({ path, title });
    expect(sitemap).toContain(`${path}</loc>`);
    expect(listed).toContain(`${file}.md)`);
  }
  const missing = await page.request.get("/docs/nothing.md");
  expect(missing.status()).toBe(404);
});

const words = /Inter/;
const wordsAndCode = /Inter.*JetBrains Mono|JetBrains Mono.*Inter/;
const places = [
  ["a server’s page", "/catalog/awslabs-bedrock-agentcore", wordsAndCode],
  [
    "a tool’s page",
    "/catalog/awslabs-bedrock-agentcore/identity_create_api_key_provider",
    wordsAndCode,
  ],
  ["the list of servers", "/catalog", words],
  ["a search", "/catalog?q=delete", wordsAndCode],
  ["the quick start", "/docs", wordsAndCode],
  ["the landing page", "/", wordsAndCode],
  ["the contact page", "/contact", words],
] as const;
for (const width of [390, 1440]) {
  for (const [what, path, loaded] of places) {
    test(`nothing of ${what} moves while it arrives on a slow line, ${width} pixels wide`, async ({
      page,
    }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.addInitScript(() => {
        const shifts: unknown[] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push(entry.toJSON());
        }).observe({ type: "layout-shift", buffered: true });
      });
      const line = await page.context().newCDPSession(page);
      await line.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 20,
        downloadThroughput: 60_000,
        uploadThroughput: 60_000,
      });
      await page.goto(path, { timeout: 90_000 });
      const fonts = await page.evaluate(async () => {
        await document.fonts.ready;
        await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
        return [...document.fonts]
          .filter(({ status }) => status === "loaded")
          .map(({ family }) => family);
      });
      expect(fonts.join()).toMatch(loaded);
      // Font metrics are rounded to quarters of a pixel, which counts for less than a ten-thousandth.
      const shifts = await page.evaluate<{ value: number }[]>("window.shifts");
      expect(
        shifts.filter(({ value }) => value > 0.001),
        "shifts of the layout",
      ).toEqual([]);
    });
  }
}

test("a long server’s tools come in pages that work without JavaScript, and a search keeps its filter", async ({
  openBrowser,
}) => {
  const page = await openBrowser({ javaScriptEnabled: false });
  await page.goto("/catalog/azure");
  await expect(page.getByRole("table", { name: "Tools of" }).getByRole("row")).toHaveCount(51);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/\/catalog\/azure\?page=2$/);
  await page.goto("/catalog?q=delete&class=critical");
  await page.getByRole("link", { name: "Page 2" }).click();
  await expect(page).toHaveURL(/q=delete&class=critical&page=2$/);
  await expect(page.getByRole("link", { name: "Page 2" })).toHaveAttribute("aria-current", "page");
});

test("what was never recorded has no page, and the search is offered instead", async ({
  page,
  noise,
}) => {
  noise.expect(/404/);
  const missing = await page.goto("/catalog/awslabs-valkey/drop_everything");
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Not in the catalogue" })).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Search tools" })).toBeVisible();
});

test("“Use in Callgate” leads to a registration with the server filled in", async ({ page }) => {
  const slug = newSlug("catalogue");
  await signUp(page);
  await createOrg(page, "Catalogue readers", slug);
  await page.goto("/catalog/awslabs-valkey");
  await page.getByRole("link", { name: "Use in Callgate" }).click();
  await expect(page).toHaveURL(new RegExp(`/orgs/${slug}/servers/new\\?server=awslabs-valkey$`));
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("AWS Labs Valkey");
  await expect(page.getByRole("textbox", { name: "Host" })).toBeVisible();
});

test("a passer-by takes a server of the catalogue through sign-up and a first org to its registration", async ({
  page,
}) => {
  const slug = newSlug("passer-by");
  const person = newPerson();
  await page.goto("/catalog/awslabs-valkey");
  await page.getByRole("link", { name: "Use in Callgate" }).click();
  await expect(page).toHaveURL(/\/signin\?next=/);
  await page.getByRole("link", { name: "Create an account" }).click();
  // The form before has a field of that name as well.
  await expect(page).toHaveURL(/\/signup/);
  await askForLink(page, person.email);
  const [mail] = await mailsTo(person.email);
  await page.goto(mail?.link ?? "");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/orgs\/new\?register=awslabs-valkey$/);
  await expect(page.getByText("AWS Labs Valkey is registered in it next.")).toBeVisible();
  await page.getByLabel("Name").fill("Passers-by");
  await page.getByLabel("Address").fill(slug);
  await page.getByRole("button", { name: "Create org" }).click();
  await expect(page).toHaveURL(new RegExp(`/orgs/${slug}/servers/new\\?server=awslabs-valkey$`));
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("AWS Labs Valkey");
});

for (const javaScriptEnabled of [true, false]) {
  const without = javaScriptEnabled ? "with" : "without";
  test(`a message reaches the operator ${without} JavaScript, and a mistake keeps what was typed`, async ({
    openBrowser,
  }) => {
    const page = await openBrowser({ javaScriptEnabled });
    const question = `Is the catalogue open? (asked ${without} scripts)`;
    await page.goto("/contact");
    await page.getByRole("textbox", { name: "Name" }).fill("Robin Vale");
    await page.getByRole("textbox", { name: "E-mail" }).fill("robin");
    await page.getByRole("textbox", { name: "Message" }).fill(question);
    await page.getByRole("button", { name: "Send message" }).click();
    await expect(page.getByText("One field needs a change.")).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue(question);
    await page.getByRole("textbox", { name: "E-mail" }).fill("robin@example.test");
    await page.getByRole("button", { name: "Send message" }).click();
    await expect(page.getByText("Message sent")).toBeVisible();
    const messages = await callgateJson<{ message: string }[]>(["contact", "list"]);
    expect(messages.map(({ message }) => message)).toContain(question);
  });
}

test("what is typed while a form is on its way stays when its answer comes", async ({ page }) => {
  await page.goto("/contact");
  const answer = Promise.withResolvers<void>();
  await page.route("**/contact", async (route) => {
    await answer.promise;
    await route.continue();
  });
  const email = page.getByRole("textbox", { name: "E-mail" });
  await page.getByRole("textbox", { name: "Name" }).fill("Robin Vale");
  await email.fill("robin");
  await page.getByRole("textbox", { name: "Message" }).fill("Is the catalogue open?");
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(page.getByText("Sending")).toBeAttached();
  await email.fill("robin@example.test");
  answer.resolve();
  await expect(page.getByText("One field needs a change.")).toBeVisible();
  await expect(email).toHaveValue("robin@example.test");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Robin Vale");
});

/** The tools whose recorded definitions are longest: their pages have most to say. */
function longestRecorded(count: number): { server: string; tool: string }[] {
  const folder = join(root, "catalog/recorded");
  return readdirSync(folder)
    .flatMap((file) => {
      // As scripts/catalog/record.ts writes them.
      const { slug, tools } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
        slug: string;
        tools: { name: string }[];
      };
      return tools.map((tool) => ({
        server: slug,
        tool: tool.name,
        length: JSON.stringify(tool).length,
      }));
    })
    .toSorted((one, other) => other.length - one.length)
    .slice(0, count);
}
