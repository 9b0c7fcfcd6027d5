import type { Metadata } from "next";
import { ApprovalsView } from "../view.tsx";

export const metadata: Metadata = { title: "Approval" };

export default async function ApprovalPage({
  params,
}: PageProps<"/orgs/[org]/approvals/[approval]">) {
  const { org, approval } = await params;
  return <ApprovalsView org={org} id={approval} />;
}
