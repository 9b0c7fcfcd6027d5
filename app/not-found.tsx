import type { Metadata } from "next";
import { StatusPage } from "#components/status-page.tsx";
import { ButtonLink } from "#components/ui/button.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFoundPage() {
  return (
    <StatusPage
      title="There is nothing at this address"
      description="It may have been removed, or it belongs to an org you are not a member of. Check the address, or start from your orgs."
      action={<ButtonLink href="/orgs">Your orgs</ButtonLink>}
    />
  );
}
