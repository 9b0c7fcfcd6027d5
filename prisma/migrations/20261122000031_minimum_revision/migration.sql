-- The oldest MCP revision that an org's agents may speak; null: any. Revisions are dates and compare as text.
alter table orgs add column minimum_revision text;
alter table orgs add constraint orgs_minimum_revision_check check (minimum_revision ~ '^\d{4}-\d{2}-\d{2}$');
