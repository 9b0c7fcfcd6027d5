/** What whoever runs this Callgate can do, so that others get in. */
export function SignUpClosed() {
  return (
    <div className="grid gap-2 rounded border bg-raised p-4 text-muted text-sm">
      <p>If that is you, add somebody in the checkout:</p>
      <code className="break-words font-mono text-text text-xs">
        npx callgate user create --email ada@example.com
      </code>
      <p>
        Or set <code className="font-mono">SMTP_URL</code> and{" "}
        <code className="font-mono">SMTP_FROM</code>: people then sign up by a link that is mailed
        to them.
      </p>
    </div>
  );
}
