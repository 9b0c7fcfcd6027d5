import type { AllowedNetworks } from "#proxy/upstream/address-guard.ts";

/** What the operator's installation offers; the same for every tenant. */
export interface ConnectorRuntime {
  /** The operator's environment; only a few variables reach a connector. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Writable folder of the proxy. */
  dataDir: string;
  allowed: AllowedNetworks;
  /** One sentence for each long step, such as installing the package for the first time. */
  report(progress: string): void;
}
