-- Until then the worker that took a mail has it to itself; one that died leaves it to another.
alter table sign_in_links add column claimed_until timestamptz(3);
alter table contact_messages add column claimed_until timestamptz(3);

-- A link that was mailed ends the others of its address.
create index sign_in_links_email_idx on sign_in_links (email);
