-- The public catalogue: real servers' definitions as they were recorded, classified at import. It
-- belongs to no tenant and holds nothing that one has entered.

create table catalog_servers (
  slug text not null,
  title text not null,
  summary text not null,
  ecosystem text not null check (ecosystem in ('npm', 'pypi')),
  package text not null,
  version text not null,
  recorded_at date not null,
  command text not null,
  homepage text,
  license text,
  protocol_revision text,
  -- Of the recorded file and the classifier's rules: an import skips what has not changed.
  digest text not null,
  constraint catalog_servers_pkey primary key (slug)
);

create table catalog_tools (
  server_slug text not null,
  name text not null,
  -- As in the server's own list, from 0.
  position int not null,
  definition jsonb not null,
  digest text not null,
  category text not null,
  risk_class text not null,
  confidence double precision not null,
  signals text[],
  rationale text not null,
  evidence jsonb not null,
  parameters_total int not null,
  parameters_required int not null,
  -- What the definition costs in a model's context, estimated.
  tokens int not null,
  search tsvector,
  constraint catalog_tools_pkey primary key (server_slug, name),
  constraint catalog_tools_server_slug_fkey foreign key (server_slug)
    references catalog_servers (slug) on delete cascade on update cascade
);
create index catalog_tools_search_idx on catalog_tools using gin (search);
create index catalog_tools_name_idx on catalog_tools (name);

-- Which definition a tool had in which version of its package; kept over later imports.
create table catalog_tool_versions (
  package text not null,
  tool text not null,
  version text not null,
  digest text not null,
  recorded_at date not null,
  constraint catalog_tool_versions_pkey primary key (package, tool, version)
);

-- Questions of passers-by.
create table contact_messages (
  id uuid not null,
  name text not null,
  email text not null,
  message text not null,
  created_at timestamptz(3) not null default now(),
  mailed_at timestamptz(3),
  constraint contact_messages_pkey primary key (id)
);
