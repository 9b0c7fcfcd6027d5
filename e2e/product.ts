import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..");

/** The pinned Node of the project, whichever one runs the tests. */
export const node = join(root, "node_modules/.bin/node");

/** Where the product under test is; set by product.setup.ts. */
export interface Product {
  dashboardUrl: string;
  proxyUrl: string;
  dataDir: string;
  /** What its mail server got lies here; empty for a product without one. */
  mailDir: string;
}

const variables = {
  dashboardUrl: "CALLGATE_E2E_DASHBOARD_URL",
  proxyUrl: "CALLGATE_E2E_PROXY_URL",
  dataDir: "CALLGATE_E2E_DATA_DIR",
  mailDir: "CALLGATE_E2E_MAIL_DIR",
} as const;

/** Tells the workers, which inherit the environment. */
export function announceProduct(product: Product): void {
  for (const [name, value] of Object.entries(product)) {
    process.env[variables[name as keyof Product]] = value; // the keys of a Product
  }
}

export function product(): Product {
  return {
    dashboardUrl: read("dashboardUrl"),
    proxyUrl: read("proxyUrl"),
    dataDir: read("dataDir"),
    mailDir: read("mailDir"),
  };
}

/** What makes a second process, such as the command line, speak of the same installation. */
export function productEnvironment({ dashboardUrl, proxyUrl, dataDir }: Product) {
  return {
    DATA_DIR: dataDir,
    HOST: "127.0.0.1",
    PORT: new URL(dashboardUrl).port,
    PROXY_PORT: new URL(proxyUrl).port,
    UPSTREAM_PRIVATE_NETWORKS: "127.0.0.0/8",
  };
}

function read(name: keyof Product): string {
  const value = process.env[variables[name]];
  if (value) return value;
  throw new Error(`${variables[name]} is not set: run the journeys through playwright.config.ts`);
}
