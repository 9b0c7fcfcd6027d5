import { CircleCheck, Inbox, PackageSearch, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, Section } from "#components/ui/card.tsx";

export interface NeedsYouProps {
  base: string;
  waitingApprovals: number;
  heldTools: readonly { server: string; name: string; count: number }[];
  failingServers: readonly { slug: string; name: string; detail: string | null }[];
}

/** What waits for a person, each with its action; most urgent first. */
export function NeedsYou({ base, waitingApprovals, heldTools, failingServers }: NeedsYouProps) {
  if (isQuiet({ waitingApprovals, heldTools, failingServers })) {
    return (
      <p className="flex items-center gap-2 text-muted text-sm">
        <CircleCheck aria-hidden="true" className="size-4 text-positive" />
        Nothing needs you: no approval waits, no tool is held, no server fails.
      </p>
    );
  }
  return (
    <Section title="Needs you">
      <Card>
        <ul className="divide-y">
          {waitingApprovals > 0 && (
            <Need
              icon={<Inbox className="text-info" />}
              text={`${count(waitingApprovals, "call waits", "calls wait")} for approval`}
              href={`${base}/approvals`}
              action="Decide"
              primary
            />
          )}
          {failingServers.map(({ slug, name, detail }) => (
            <Need
              key={slug}
              icon={<Unplug className="text-danger" />}
              text={`${name} does not answer`}
              detail={detail}
              href={`${base}/servers/${slug}/settings`}
              action="See why"
            />
          ))}
          {heldTools.map(({ server, name, count: held }) => (
            <Need
              key={server}
              icon={<PackageSearch className="text-caution" />}
              text={`${count(held, "tool is", "tools are")} held on ${name}`}
              detail="Agents do not get what nobody has looked at."
              href={`${base}/servers/${server}`}
              action="Review"
            />
          ))}
        </ul>
      </Card>
    </Section>
  );
}

/** Whether nothing waits for anybody. */
export function isQuiet({
  waitingApprovals,
  heldTools,
  failingServers,
}: Omit<NeedsYouProps, "base">): boolean {
  return waitingApprovals === 0 && heldTools.length === 0 && failingServers.length === 0;
}

interface NeedProps {
  icon: ReactNode;
  text: string;
  detail?: string | null;
  href: string;
  action: string;
  primary?: boolean;
}

function Need({ icon, text, detail, href, action, primary = false }: NeedProps) {
  return (
    <li
      data-row=""
      tabIndex={-1}
      className="flex min-h-12 items-center gap-3 px-4 py-2 outline-none focus-visible:bg-hover"
    >
      <span aria-hidden="true" className="[&_svg]:size-4">
        {icon}
      </span>
      <div className="grid min-w-0 flex-1">
        <p className="text-base">{text}</p>
        {detail && <p className="truncate text-muted text-sm max-sm:whitespace-normal">{detail}</p>}
      </div>
      <ButtonLink
        href={href}
        data-row-link=""
        variant={primary ? "primary" : "secondary"}
        size="small"
        aria-label={`${action}: ${text}`}
      >
        {action}
      </ButtonLink>
    </li>
  );
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
