import type { NextConfig } from "next";

const development = process.env.NODE_ENV === "development";

// Next puts its data into the page as inline scripts; a nonce for them would need a root proxy.ts,
// which design.md section 4 rules out. Nothing from elsewhere runs, and nobody may frame a page.
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'unsafe-inline'${development ? " 'unsafe-eval'" : ""}`,
  `style-src 'self'${development ? " 'unsafe-inline'" : ""}`,
  // The policy editor places its parts by style attributes, which load and run nothing.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const securityHeaders = [
  { key: "Content-Security-Policy", value: contentSecurityPolicy },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  // Not "no-referrer": browsers then send forms with "Origin: null", which server actions refuse.
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  // Browsers heed it over TLS only.
  { key: "Strict-Transport-Security", value: "max-age=63072000" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=()" },
];

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  typedRoutes: true,
  agentRules: false,
  // forbidden(): a page that a role may not see answers 403 instead of failing.
  experimental: { authInterrupts: true },
  // `npm run verify` checks types, tests included; starting the product need not do it again.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["pg", "@prisma/client", "@prisma/adapter-pg"],
  // A public page is also there as Markdown and JSON, by its ending.
  async rewrites() {
    return {
      beforeFiles: ["md", "json"].flatMap((format) => [
        {
          source: `/catalog:path(.*)\\.${format}`,
          destination: `/api/catalog/${format}:path`,
        },
        { source: `/docs:path(.*)\\.${format}`, destination: `/api/documents/${format}/docs:path` },
        {
          source: `/:page(index|contact)\\.${format}`,
          destination: `/api/documents/${format}/:page`,
        },
      ]),
      afterFiles: [],
      fallback: [],
    };
  },
  async headers() {
    return [
      { source: "/:path*", headers: securityHeaders },
      // Its address is a secret: not even this site's own log gets it from the page.
      {
        source: "/signin/link",
        headers: [{ key: "Referrer-Policy", value: "strict-origin" }],
      },
    ];
  },
};

export default config;
