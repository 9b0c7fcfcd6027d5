-- When a server last refused its credential in a call; null once it has answered one since, or its tools could be read.
alter table servers add column refused_at timestamptz(3);

-- For the round that looks whether they answer again; nearly no server is one of these.
create index servers_refused on servers (refused_at) where refused_at is not null;
