"use client";

import { errorWords } from "#components/error-words.ts";
import { Page } from "#components/shell/page.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/empty-state.tsx";

export default function OrgErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Page>
      <h1 className="sr-only">Error</h1>
      <ErrorState
        {...errorWords(error)}
        action={
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        }
      />
    </Page>
  );
}
