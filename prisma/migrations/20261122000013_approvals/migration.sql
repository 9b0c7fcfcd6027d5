-- Approvals that several people vote on, that are withdrawn with their call, and that people are
-- told of outside the dashboard.

-- When somebody last proved who they are; approving what is Critical takes it to be recent.
alter table user_sessions add column authenticated_at timestamptz(3) not null default now();
update user_sessions set authenticated_at = created_at;

-- What the agent's client can do, from `initialize`.
alter table sessions add column client_capabilities jsonb not null default '{}';

-- Whoever saw a token can speak as the agent, so a rule may keep them from approving its calls.
alter table agent_tokens add column created_by text;

-- ── Votes ───────────────────────────────────────────────────────────────────────────────────

create table approval_votes (
  org_id uuid not null,
  approval_id uuid not null,
  -- The actor's id, so that a person with another name is still one person.
  voter text not null,
  voter_name text not null,
  decision text not null check (decision in ('approve', 'deny')),
  note text,
  at timestamptz(3) not null default now(),
  constraint approval_votes_pkey primary key (org_id, approval_id, voter),
  constraint approval_votes_org_id_approval_id_fkey foreign key (org_id, approval_id)
    references approvals (org_id, id) on delete cascade on update cascade
);

-- ── Held calls ──────────────────────────────────────────────────────────────────────────────
-- A call that is held open for a person, so that its cancellation, which may reach another proxy,
-- finds the request it made. Rows live as long as the hold; the sweeper removes those of a crash.

create table approval_holds (
  org_id uuid not null,
  call_id uuid not null,
  approval_id uuid not null,
  -- The session, or the token where the protocol has no session.
  scope text not null,
  request_id text not null,
  at timestamptz(3) not null default now(),
  constraint approval_holds_pkey primary key (org_id, call_id),
  constraint approval_holds_org_id_approval_id_fkey foreign key (org_id, approval_id)
    references approvals (org_id, id) on delete cascade on update cascade
);
create index approval_holds_org_id_scope_idx on approval_holds (org_id, scope);
create index approval_holds_org_id_approval_id_idx on approval_holds (org_id, approval_id);

-- ── Notifications ───────────────────────────────────────────────────────────────────────────

create table notification_channels (
  org_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('webhook', 'slack', 'email')),
  name text not null,
  events text[],
  -- For people to read: the host of a URL, or the addresses. The URL itself may be a credential.
  target text not null,
  recipients text[] default '{}',
  sealed_url text,
  sealed_secret text,
  enabled boolean not null default true,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  removed_at timestamptz(3),
  constraint notification_channels_pkey primary key (org_id, id),
  constraint notification_channels_org_id_fkey foreign key (org_id)
    references orgs (id) on delete cascade on update cascade
);

-- The outbox: written in the transaction of what is told, delivered by the proxy.
create table notification_deliveries (
  org_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  event text not null,
  -- The same thing is told to a channel once.
  dedupe text not null,
  title text not null,
  text text not null,
  link text not null,
  data jsonb not null default '{}',
  state text not null default 'queued' check (state in ('queued', 'sending', 'delivered', 'failed')),
  attempts int not null default 0,
  -- While queued: when to try. While sending: when a proxy that died with it is given up.
  next_at timestamptz(3) not null default now(),
  http_status int,
  error text,
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  constraint notification_deliveries_pkey primary key (org_id, id),
  constraint notification_deliveries_org_id_channel_id_fkey foreign key (org_id, channel_id)
    references notification_channels (org_id, id) on delete cascade on update cascade
);
create unique index notification_deliveries_org_id_channel_id_dedupe_key
  on notification_deliveries (org_id, channel_id, dedupe);
create index notification_deliveries_org_id_channel_id_id_idx
  on notification_deliveries (org_id, channel_id, id);
create index notification_deliveries_sending on notification_deliveries (org_id, channel_id)
  where state = 'sending';
create index notification_deliveries_due on notification_deliveries (next_at)
  where state in ('queued', 'sending');

-- Requests are made inside admission, which must not wait for anybody's channel: a proxy announces
-- them a moment later, and this column says which it has not yet.
alter table approvals add column announced_at timestamptz(3);
update approvals set announced_at = now();
create index approvals_unannounced on approvals (requested_at) where announced_at is null;
