"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { slugOf } from "#components/org/slug-of.ts";
import { type Action, runAction } from "#components/run-action.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { TextField } from "#components/ui/field.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import type { Connector } from "#lib/servers/connectors.ts";
import { RegisterServer } from "#lib/servers/schema.ts";
import { ConnectorFields, type FieldValues, startValues } from "./connector-fields.tsx";
import { type HeaderDraft, HeaderFields, headerOf } from "./header-fields.tsx";
import { JobLive, JobSteps } from "./job-steps.tsx";
import { type TargetChoice, TargetPicker } from "./target-picker.tsx";
import { type JobFailure, useJob } from "./use-job.ts";

export interface RegisterServerFormProps {
  org: string;
  /** What stands before the slug in the proxy URL, without the last slash. */
  proxyBase: string;
  connectors: readonly Connector[];
  takenSlugs: readonly string[];
  /** A server of the catalogue to begin with. */
  suggestion?: { name: string; choice: TargetChoice; command: string } | undefined;
  testConnection: Action<{ jobId: string }>;
  registerServer: Action<{ slug: string }>;
  requestDiscovery: Action<{ jobId: string }>;
}

type Phase = "form" | "testing" | "failed" | "registering" | "reading";

/** Choose what to connect, fill it in, watch the test; a failure leaves everything as it was. */
export function RegisterServerForm(props: RegisterServerFormProps) {
  const { org, connectors } = props;
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const panel = useRef<HTMLElement>(null);
  const [choice, setChoice] = useState<TargetChoice | null>(props.suggestion?.choice ?? null);
  const [name, setName] = useState<string | null>(props.suggestion?.name ?? null);
  const [slug, setSlug] = useState<string | null>(null);
  const [url, setUrl] = useState("");
  const [headers, setHeaders] = useState<HeaderDraft[]>([]);
  const [settings, setSettings] = useState<FieldValues>({});
  const [phase, setPhase] = useState<Phase>("form");
  const [failure, setFailure] = useState<JobFailure | null>(null);
  // What was sent: typing goes on while it is tested, and only what was tested is registered.
  const [tested, setTested] = useState<{ slug: string } | null>(null);

  const test = useJob(org, (job) => {
    if (job.state === "done" && tested) void register(tested);
    else setPhase("failed");
  });
  const reading = useJob(org, () => router.push(`/orgs/${org}/servers/${tested?.slug}`));

  const connector = connectors.find(({ id }) => choice?.kind === "connector" && id === choice.id);
  const kind = choice?.kind ?? "url";
  const shownName = name ?? connector?.title ?? "";
  const shownSlug = slug ?? freeSlug(slugOf(shownName), props.takenSlugs);
  const isBusy = phase === "testing" || phase === "registering" || phase === "reading";

  function targetOf() {
    if (connector) return { kind: "connector", connector: connector.id, settings };
    const filled = headers.filter((header) => header.name !== "" || header.value !== "");
    return { kind: "url", url, headers: filled.map(headerOf) };
  }

  async function submit(withTest: boolean) {
    setFailure(null);
    const target = targetOf();
    const input = { slug: shownSlug, name: shownName, ...target };
    const problem = problemOf(input, props.takenSlugs);
    if (problem) return refuse(problem);
    setTested(input);
    if (!withTest) return register(input);
    setPhase("testing");
    const refused = await test.start(props.testConnection, { target });
    if (refused) refuse({ ...refused, fields: withoutPrefix(refused.fields) });
  }

  async function register(input: { slug: string }) {
    setPhase("registering");
    const registered = await runAction(props.registerServer, input);
    if (!registered.ok) return refuse(registered.error);
    setPhase("reading");
    const refused = await reading.start(props.requestDiscovery, { server: input.slug });
    if (refused) router.push(`/orgs/${org}/servers/${input.slug}`);
  }

  function refuse(problem: JobFailure) {
    setFailure(problem);
    setPhase("form");
  }

  useEffect(() => {
    if (failure === null) return;
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    first?.focus();
  }, [failure]);

  useEffect(() => {
    if (phase === "testing") panel.current?.scrollIntoView({ block: "nearest" });
  }, [phase]);

  const errors = fieldMessages(failure);
  const hasFields = Object.keys(errors).length > 0;
  const shown = phase === "reading" ? reading : test;
  return (
    <div className="grid items-start gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <form
        ref={form}
        noValidate
        aria-label="Register server"
        className="grid min-w-0 gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit(true);
        }}
      >
        <TargetPicker
          connectors={connectors}
          choice={choice}
          onChoose={(next) => {
            setChoice(next);
            setFailure(null);
            setPhase("form");
            test.clear();
            const chosen = connectors.find(({ id }) => next.kind === "connector" && id === next.id);
            setSettings(chosen ? startValues(chosen) : {});
          }}
        />
        {choice && (
          <Card className="grid gap-4 p-4 sm:p-5">
            <FormSummary
              message={failure && !hasFields ? failure.message : undefined}
              fields={errors}
            />
            {!connector && (
              <TextField
                name="url"
                label="URL"
                type="url"
                mono
                required
                spellCheck={false}
                placeholder="https://mcp.example.com/mcp"
                help={
                  props.suggestion
                    ? `${props.suggestion.name} is a program (${props.suggestion.command}), and Callgate starts only connectors its operator has vetted. Run it where it answers over HTTP, and enter that address.`
                    : "Where the server answers over HTTP."
                }
                value={url}
                onChange={(event) => setUrl(event.target.value)}
                error={errors.url}
              />
            )}
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField
                name="name"
                label="Name"
                required
                autoComplete="off"
                placeholder="Billing"
                value={shownName}
                onChange={(event) => setName(event.target.value)}
                error={errors.name}
              />
              <TextField
                name="slug"
                label="Slug"
                mono
                required
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={shownSlug}
                onChange={(event) => setSlug(event.target.value)}
                error={errors.slug}
              />
              <p className="-mt-1.5 min-w-0 text-muted text-sm sm:col-span-2">
                Agents use{" "}
                <span className="break-all font-mono text-xs">
                  {props.proxyBase}/<b className="font-semibold text-text">{shownSlug || "slug"}</b>
                </span>
              </p>
            </div>
            {connector ? (
              <ConnectorFields
                connector={connector}
                values={settings}
                onChange={setSettings}
                errors={errors}
              />
            ) : (
              <HeaderFields headers={headers} onChange={setHeaders} errors={errors} />
            )}
            <div className="flex flex-wrap items-center gap-2 border-t pt-4">
              <Button type="submit" variant="primary" pending={isBusy} pendingText="Testing">
                Test and register
              </Button>
              {phase === "failed" && (
                <Button onClick={() => void submit(false)}>Register without a test</Button>
              )}
              <ButtonLink href={`/orgs/${org}/servers`} variant="ghost">
                Cancel
              </ButtonLink>
            </div>
          </Card>
        )}
      </form>
      <aside ref={panel} aria-label="Connection test" className="grid gap-4 lg:sticky lg:top-6">
        <Card className="grid gap-4 p-4 sm:p-5">
          <div className="flex items-center justify-between gap-3">
            <h2 className="font-semibold text-base">{panelTitles[phase]}</h2>
            <JobLive isRunning={shown.isRunning} live={shown.live} />
          </div>
          <JobSteps
            label={panelTitles[phase]}
            kind={kind}
            job={shown.job}
            isRunning={shown.isRunning}
          />
        </Card>
        {phase === "form" && (
          <p className="max-w-[48ch] text-muted text-sm">
            The connection is made by the proxy, not by your browser. Secrets are sealed to it
            before they are stored and are never shown again.
          </p>
        )}
      </aside>
    </div>
  );
}

const panelTitles: Record<Phase, string> = {
  form: "Connection test",
  testing: "Testing the connection",
  failed: "The test failed",
  registering: "Registering",
  reading: "Reading the tools",
};

function problemOf(input: { slug: string }, takenSlugs: readonly string[]): JobFailure | null {
  if (takenSlugs.includes(input.slug)) {
    const message = `A server “${input.slug}” exists already. Choose another slug`;
    return { message, fields: { slug: [message] } };
  }
  const parsed = RegisterServer.safeParse(input);
  if (parsed.success) return null;
  const fields: Record<string, string[]> = {};
  for (const { path, message } of parsed.error.issues) fields[path.join(".")] ??= [message];
  // An empty slug follows the name: one missing thing, said once.
  if (input.slug === "" && fields.name) delete fields.slug;
  return { message: "Some fields need a change.", fields };
}

function withoutPrefix(fields: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, messages]) => [name.replace(/^target\./, ""), messages]),
  );
}

/** "valkey", or "valkey-2" when that one exists. */
function freeSlug(slug: string, taken: readonly string[]): string {
  if (!taken.includes(slug)) return slug;
  for (let number = 2; ; number++) {
    if (!taken.includes(`${slug}-${number}`)) return `${slug}-${number}`;
  }
}
