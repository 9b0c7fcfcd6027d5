import { Check, Minus } from "lucide-react";
import type { Metadata } from "next";
import { roleNames } from "#components/org/role-names.ts";
import { Page } from "#components/shell/page.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Section } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { permissions, roles } from "#lib/auth/permissions.ts";
import { listMembers } from "#lib/members/members.ts";
import { requireOrg } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage({ params }: PageProps<"/orgs/[org]/members">) {
  const context = await requireOrg((await params).org, "members.read");
  const members = await listMembers(context);
  return (
    <Page width="content">
      <PageHeader title="Members" description={`Who works in ${context.org.name}.`} />
      <Table label="Members">
        <TableHead>
          <HeaderCell>Name</HeaderCell>
          <HeaderCell>E-mail</HeaderCell>
          <HeaderCell>Role</HeaderCell>
          <HeaderCell align="right">Member since</HeaderCell>
        </TableHead>
        <TableBody>
          {members.map((member) => (
            <Row key={member.userId}>
              <Cell phone="title">
                <span className="flex items-center gap-2 font-medium">
                  {member.name}
                  {member.userId === context.user.id && <Badge>you</Badge>}
                </span>
              </Cell>
              <Cell phone="detail" className="text-muted">
                {member.email}
              </Cell>
              <Cell phone="aside">{roleNames[member.role]}</Cell>
              <Cell align="right" className="text-muted">
                <RelativeTime at={member.since.toISOString()} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
      <Section title="What roles may do" description="Checked on every page, action and call.">
        <RoleTable />
      </Section>
    </Page>
  );
}

/** The table that the checks themselves read. */
function RoleTable() {
  return (
    <table aria-label="Roles" className="w-full text-sm">
      <thead>
        <tr className="border-b text-left text-muted text-xs">
          <th
            scope="col"
            className="h-8 px-2 font-medium max-sm:px-1 max-sm:pb-1.5 max-sm:align-bottom"
          >
            May
          </th>
          {roles.map((role) => (
            <th
              key={role}
              scope="col"
              className="h-8 px-2 text-center font-medium max-sm:px-1 max-sm:pb-1.5 max-sm:align-bottom"
            >
              {roleNames[role]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Object.entries(permissions).map(([id, { description, roles: allowed }]) => (
          <tr key={id} className="border-b">
            <th scope="row" className="h-9 px-2 py-1.5 text-left font-normal max-sm:px-1">
              {description}
            </th>
            {roles.map((role) => (
              <td key={role} className="h-9 px-2 text-center max-sm:px-1">
                <Answer yes={allowed.includes(role)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Answer({ yes }: { yes: boolean }) {
  const Mark = yes ? Check : Minus;
  return (
    <>
      <Mark
        aria-hidden="true"
        className={yes ? "mx-auto size-4" : "mx-auto size-4 text-muted opacity-60"}
      />
      <span className="sr-only">{yes ? "Yes" : "No"}</span>
    </>
  );
}
