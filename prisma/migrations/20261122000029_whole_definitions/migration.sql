-- When people were told that a tool is held with this definition. Accepting any definition of the tool clears
-- it, so that whatever it changes to next is told again.
alter table tool_definitions add column told_at timestamptz(3);
update tool_definitions d set told_at = d.first_seen_at
from tools t
where t.org_id = d.org_id and t.id = d.tool_id and t.state = 'held' and t.held_digest = d.digest;

-- From this release on digests count icons, execution and _meta as well. Canonical JSON is not for SQL:
-- scripts/database/renew-digests.ts renews the stored ones right after this migration.
