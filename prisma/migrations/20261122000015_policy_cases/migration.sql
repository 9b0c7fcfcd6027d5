-- Tests as data: the calls a policy has to decide as its authors expect, stored with each version.
alter table policy_versions add column cases jsonb not null default '[]';
