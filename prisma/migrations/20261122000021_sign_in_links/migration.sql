-- Links by e-mail, to sign in and to finish an account.

-- Null: anybody may have typed the address (accounts made before, SIGN_UP=open). Whoever proves to own
-- it finishes such an account anew. Providers have always vouched for theirs.
alter table users add column email_verified_at timestamptz(3);
update users set email_verified_at = created_at where password_hash is null;

create table sign_in_links (
  id uuid not null,
  email text not null,
  next text,
  created_at timestamptz(3) not null default now(),
  mailed_at timestamptz(3),
  token_digest bytea,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  constraint sign_in_links_pkey primary key (id)
);
create unique index sign_in_links_token_digest_key on sign_in_links (token_digest);
create index sign_in_links_expires_at_idx on sign_in_links (expires_at);
