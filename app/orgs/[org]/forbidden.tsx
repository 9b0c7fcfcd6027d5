import { Lock } from "lucide-react";
import { Page } from "#components/shell/page.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export default function OrgForbiddenPage() {
  return (
    <Page>
      <h1 className="sr-only">Not for your role</h1>
      <EmptyState
        icon={<Lock aria-hidden="true" />}
        title="Your role may not see this"
        description="Members lists what each role may do. An owner or admin of the org can give you another role."
      />
    </Page>
  );
}
