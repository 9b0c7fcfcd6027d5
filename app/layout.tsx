import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { themeScript } from "#components/theme-script.ts";
import { env } from "#lib/env.ts";
import "./globals.css";

export const dynamic = "force-dynamic";

/** Not a constant: addresses in it are this installation's, known when it runs. */
export function generateMetadata(): Metadata {
  return {
    metadataBase: new URL(env().publicUrl),
    title: { default: "Callgate", template: "%s · Callgate" },
    description: "The gate between AI agents and the MCP servers they use.",
  };
}

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfbfc" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1012" },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, needed before the first paint */}
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
