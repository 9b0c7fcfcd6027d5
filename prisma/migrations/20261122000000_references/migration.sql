-- Composite foreign keys that were still missing, so that no row can name another tenant's.

delete from sessions s where not exists (
  select 1 from servers x where x.org_id = s.org_id and x.id = s.server_id);
alter table sessions add constraint sessions_org_id_server_id_fkey
  foreign key (org_id, server_id) references servers (org_id, id) on delete cascade on update cascade;

delete from jobs j where j.server_id is not null and not exists (
  select 1 from servers x where x.org_id = j.org_id and x.id = j.server_id);
alter table jobs add constraint jobs_org_id_server_id_fkey
  foreign key (org_id, server_id) references servers (org_id, id) on delete cascade on update cascade;

alter table policies add constraint policies_org_id_fkey
  foreign key (org_id) references orgs (id) on delete cascade on update cascade;
alter table rate_windows add constraint rate_windows_org_id_fkey
  foreign key (org_id) references orgs (id) on delete cascade on update cascade;
-- Restrict: what people changed is append-only, so an org with a record cannot be deleted.
alter table audit_events add constraint audit_events_org_id_fkey
  foreign key (org_id) references orgs (id) on delete restrict on update cascade;

-- Prompts and resources are gated and recorded as tools are.
alter table calls add column method text not null default 'tools/call';

-- What an approver has to see and who may decide, as the rule said when the call was made.
alter table approvals
  add column explanation text not null default '',
  add column options jsonb not null default '{}',
  add column policy_id uuid;
