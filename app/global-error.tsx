"use client";

import { errorWords } from "#components/error-words.ts";
import { StatusPage } from "#components/status-page.tsx";
import { Button } from "#components/ui/button.tsx";
import "./globals.css";

/** Stands in for the root layout when that itself fails. */
export default function GlobalErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Callgate</title>
        <StatusPage
          {...errorWords(error)}
          action={
            <Button variant="primary" onClick={retry}>
              Try again
            </Button>
          }
        />
      </body>
    </html>
  );
}
