/** What a webhook receives, as a developer has to expect it. */
export function examplePayload(orgSlug: string, dashboardUrl: string): string {
  return JSON.stringify(
    {
      id: "01997c5e-3f60-7b1a-9a60-5f2d2f0a4c11",
      type: "approval.requested",
      timestamp: "2026-11-22T09:30:00.000Z",
      org: { slug: orgSlug, name: "Your org" },
      title: "ci-runner asks to run create_payment on Billing",
      text: "Risk: critical, financial\nRule: tools.create_payment\nDecide before 2026-11-22 10:00 UTC.",
      link: `${dashboardUrl}/orgs/${orgSlug}/approvals/…`,
      data: { approvalId: "…", agent: "ci-runner", server: "billing", tool: "create_payment" },
    },
    null,
    2,
  );
}

/** How a receiver checks a signature (Standard Webhooks), in Node. */
export const verifySnippet = `import { createHmac, timingSafeEqual } from "node:crypto";

// body: the raw request body; secret: "whsec_…" from Callgate
export function isFromCallgate(headers, body, secret) {
  const seconds = Number(headers["webhook-timestamp"]);
  if (Math.abs(Date.now() / 1000 - seconds) > 300) return false;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = \`\${headers["webhook-id"]}.\${seconds}.\${body}\`;
  const wanted = createHmac("sha256", key).update(signed).digest();
  const given = Buffer.from(headers["webhook-signature"].slice("v1,".length), "base64");
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}`;
