import type { Metadata } from "next";
import { ApprovalsView } from "./view.tsx";

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage({ params }: PageProps<"/orgs/[org]/approvals">) {
  const { org } = await params;
  return <ApprovalsView org={org} id={null} />;
}
