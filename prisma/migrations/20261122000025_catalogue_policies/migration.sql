-- A server's proposed policy, made at import: its page need not read every definition for it.
ALTER TABLE "catalog_servers" ADD COLUMN IF NOT EXISTS "policy" TEXT NOT NULL DEFAULT '';
