/** The policy of the reference; a test parses it. */
export const examplePolicy = `version: 1
default: deny                    # tools no rule speaks of: deny or allow
classes:                         # by category or risk class, for tools without a rule of their own
  read:        { action: allow }
  destructive: { action: require_approval }
  critical:    { action: deny, reason: "Ask #platform first." }
tools:
  create_api_key:
    action: allow
    rate_limit: { max: 10, window: 60 }
  valkey_write:                  # several rules for one tool: a list
    - when: [{ path: command, joined_with: args, op: command_in, value: [DEL, UNLINK], ignore_case: true }]
      action: require_approval
      approval: { count: 2, exclude: [requester] }
    - action: allow
      rate_limit: { max: 120, window: 60, per: agent }
resources:
  "file:///etc/*": { action: deny, reason: "Not for agents." }
all_tools:
  rate_limit: { max: 600, window: 60, per: agent }
`;
