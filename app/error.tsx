"use client";

import { errorWords } from "#components/error-words.ts";
import { StatusPage } from "#components/status-page.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <StatusPage
      {...errorWords(error)}
      action={
        <>
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
          <ButtonLink href="/orgs">Your orgs</ButtonLink>
        </>
      }
    />
  );
}
