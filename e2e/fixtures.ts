import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from "@playwright/test";
import { type Agent, connectAgent } from "./agent.ts";
import { product } from "./product.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

export { expect };

/** What browsers complained about; anything that is not expected fails the test. */
export class Noise {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [];

  /** Complaints that belong to what is tested, such as the browser's note of a 404. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  listenTo(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      this.#heard.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.#heard.push(`page error: ${error.error().message}`));
  }

  unexpected(): string[] {
    return this.#heard.filter((line) => !this.#expected.some((pattern) => pattern.test(line)));
  }
}

interface Fixtures {
  noise: Noise;
  /** Somebody else's browser: nothing is shared with `page`, and it is listened to as well. */
  openBrowser: (options?: BrowserContextOptions) => Promise<Page>;
  /** A real MCP server of this test's own. */
  upstream: Upstream;
  /** Connects a real MCP client; its session is ended with the test. */
  connect: (access: { url: string; token: string }) => Promise<Agent>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
  baseURL: async ({}, use) => {
    await use(product().dashboardUrl);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
  noise: async ({}, use) => {
    const noise = new Noise();
    await use(noise);
    expect(noise.unexpected(), "what the browser complained about").toEqual([]);
  },
  context: async ({ context, noise }, use) => {
    noise.listenTo(context);
    await use(context);
  },
  openBrowser: async ({ browser, baseURL, noise }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...(baseURL && { baseURL }), ...options });
      noise.listenTo(context);
      contexts.push(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
  upstream: async ({}, use) => {
    const upstream = await startUpstream();
    await use(upstream);
    await upstream.close();
  },
  // After the upstream, so that sessions end while their server still listens.
  connect: async ({ upstream: _upstream }, use) => {
    const agents: Agent[] = [];
    await use(async ({ url, token }) => {
      const agent = await connectAgent(url, token);
      agents.push(agent);
      return agent;
    });
    for (const agent of agents) await agent.close();
  },
});
