-- Every definition that a tool was ever announced with, and what people say of a tool's class.

create table tool_definitions (
  org_id uuid not null,
  tool_id uuid not null,
  -- Canonical digest of what an agent acts on (lib/tools/digest.ts).
  digest text not null,
  definition jsonb not null,
  first_seen_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  constraint tool_definitions_pkey primary key (org_id, tool_id, digest),
  constraint tool_definitions_org_id_tool_id_fkey foreign key (org_id, tool_id)
    references tools (org_id, id) on delete cascade on update cascade
);

insert into tool_definitions (org_id, tool_id, digest, definition, first_seen_at, last_seen_at)
select org_id, id, digest, definition, first_seen_at, last_seen_at from tools;
insert into tool_definitions (org_id, tool_id, digest, definition, first_seen_at, last_seen_at)
select org_id, id, held_digest, held_definition, last_seen_at, last_seen_at from tools
where held_digest is not null and held_definition is not null
on conflict do nothing;

-- A person's own category and class; null leaves the classifier's. Rediscovery does not touch them.
alter table tools add column override_category text;
alter table tools add column override_risk_class text;
alter table tools add column override_note text;
alter table tools add column override_by text;
alter table tools add column override_at timestamptz(3);

-- Its hints may lower a class; its harmless changes are accepted without a person.
alter table servers add column trusted boolean not null default false;
alter table servers add column accepts_harmless boolean not null default false;
-- When its tools were last read successfully.
alter table servers add column discovered_at timestamptz(3);
update servers set discovered_at = health_at where protocol_revision is not null;

create index jobs_org_id_server_id_created_at_idx on jobs (org_id, server_id, created_at);
