-- Ids are times, and rows are written in their order, so a few bytes a block say where the last hour begins: what
-- looks for calls without an outcome across all orgs need not read the month.
create index calls_recent on calls using brin (id) with (autosummarize = on);
create index call_outcomes_recent on call_outcomes using brin (call_id) with (autosummarize = on);
