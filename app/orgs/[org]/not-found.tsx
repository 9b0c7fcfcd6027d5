import { SearchX } from "lucide-react";
import { Page } from "#components/shell/page.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export default function OrgNotFoundPage() {
  return (
    <Page>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={<SearchX aria-hidden="true" />}
        title="There is nothing at this address"
        description="It may have been removed or renamed. Use the navigation, or search for its name."
      />
    </Page>
  );
}
