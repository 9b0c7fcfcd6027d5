-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "role" AS ENUM ('owner', 'admin', 'policy_manager', 'viewer');

-- CreateEnum
CREATE TYPE "server_kind" AS ENUM ('url', 'connector');

-- CreateEnum
CREATE TYPE "health" AS ENUM ('unknown', 'ok', 'failing');

-- CreateEnum
CREATE TYPE "tool_state" AS ENUM ('accepted', 'held', 'removed');

-- CreateEnum
CREATE TYPE "policy_mode" AS ENUM ('enforce', 'observe');

-- CreateEnum
CREATE TYPE "approval_state" AS ENUM ('pending', 'approved', 'denied', 'consumed', 'expired', 'cancelled', 'void');

-- CreateEnum
CREATE TYPE "job_kind" AS ENUM ('test_connection', 'discover');

-- CreateEnum
CREATE TYPE "job_state" AS ENUM ('queued', 'running', 'done', 'failed');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "password_changed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_identities" (
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_identities_pkey" PRIMARY KEY ("provider","provider_account_id")
);

-- CreateTable
CREATE TABLE "user_sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "user_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "throttles" (
    "key" TEXT NOT NULL,
    "stamps" TIMESTAMPTZ(6)[],
    "counts" INTEGER[],

    CONSTRAINT "throttles_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "sealing_keys" (
    "id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "sealing_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "proxy_instances" (
    "id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "proxy_instances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "orgs" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "orgs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "members" (
    "org_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("org_id","user_id")
);

-- CreateTable
CREATE TABLE "servers" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "server_kind" NOT NULL,
    "url" TEXT,
    "connector" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "policy_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "health" "health" NOT NULL DEFAULT 'unknown',
    "health_detail" TEXT,
    "health_at" TIMESTAMPTZ(3),
    "protocol_revision" TEXT,
    "server_info" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "servers_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "server_secrets" (
    "org_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "server_secrets_pkey" PRIMARY KEY ("org_id","server_id","name")
);

-- CreateTable
CREATE TABLE "tools" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "definition" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "held_definition" JSONB,
    "held_digest" TEXT,
    "state" "tool_state" NOT NULL,
    "category" TEXT NOT NULL,
    "risk_class" TEXT NOT NULL,
    "confidence" DOUBLE PRECISION NOT NULL,
    "signals" TEXT[],
    "rationale" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tools_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "policies" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "mode" "policy_mode" NOT NULL DEFAULT 'enforce',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policies_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "policy_versions" (
    "org_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "author" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_versions_pkey" PRIMARY KEY ("org_id","policy_id","version")
);

-- CreateTable
CREATE TABLE "agents" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3),
    "client_name" TEXT,
    "client_version" TEXT,

    CONSTRAINT "agents_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "agent_tokens" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "last4" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_tokens_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "grants" (
    "org_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "policy_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "grants_pkey" PRIMARY KEY ("org_id","agent_id","server_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "protocol_revision" TEXT NOT NULL,
    "upstream_session_id" TEXT,
    "instance_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "calls" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "agent_id" UUID NOT NULL,
    "token_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "session_id" UUID,
    "tool" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "observed" BOOLEAN NOT NULL DEFAULT false,
    "rule" TEXT NOT NULL,
    "reason" TEXT,
    "explanation" TEXT NOT NULL,
    "policy_id" UUID NOT NULL,
    "policy_version" INTEGER NOT NULL,
    "approval_id" UUID,
    "retry_after_ms" INTEGER,
    "argument_shape" JSONB NOT NULL,
    "request_bytes" INTEGER NOT NULL,

    CONSTRAINT "calls_pkey" PRIMARY KEY ("org_id","id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "call_outcomes" (
    "org_id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" TEXT NOT NULL,
    "detail" TEXT,
    "http_status" INTEGER,
    "response_bytes" INTEGER,
    "upstream_ms" DOUBLE PRECISION,
    "added_ms" DOUBLE PRECISION,

    CONSTRAINT "call_outcomes_pkey" PRIMARY KEY ("org_id","call_id")
) PARTITION BY RANGE ("call_id");

-- CreateTable
CREATE TABLE "approvals" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "tool" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "arguments" JSONB NOT NULL,
    "rule" TEXT NOT NULL,
    "reason" TEXT,
    "policy_version" INTEGER NOT NULL,
    "state" "approval_state" NOT NULL DEFAULT 'pending',
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "decision_note" TEXT,
    "call_id" UUID,

    CONSTRAINT "approvals_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "rate_windows" (
    "org_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "stamps" TIMESTAMPTZ(6)[],
    "counts" INTEGER[],

    CONSTRAINT "rate_windows_pkey" PRIMARY KEY ("org_id","key")
);

-- CreateTable
CREATE TABLE "jobs" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "job_kind" NOT NULL,
    "server_id" UUID,
    "target" JSONB,
    "state" "job_state" NOT NULL DEFAULT 'queued',
    "steps" JSONB NOT NULL DEFAULT '[]',
    "result" JSONB,
    "created_by" TEXT NOT NULL,
    "instance_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" JSONB NOT NULL,
    "action" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("org_id","id")
) PARTITION BY RANGE ("id");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "user_identities_user_id_idx" ON "user_identities"("user_id");

-- CreateIndex
CREATE INDEX "user_sessions_user_id_idx" ON "user_sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "orgs_slug_key" ON "orgs"("slug");

-- CreateIndex
CREATE INDEX "members_user_id_idx" ON "members"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "servers_org_id_slug_key" ON "servers"("org_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "tools_org_id_server_id_name_key" ON "tools"("org_id", "server_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "agents_org_id_name_key" ON "agents"("org_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "agent_tokens_digest_key" ON "agent_tokens"("digest");

-- CreateIndex
CREATE INDEX "agent_tokens_org_id_agent_id_idx" ON "agent_tokens"("org_id", "agent_id");

-- CreateIndex
CREATE INDEX "grants_org_id_server_id_idx" ON "grants"("org_id", "server_id");

-- CreateIndex
CREATE INDEX "sessions_org_id_agent_id_created_at_idx" ON "sessions"("org_id", "agent_id", "created_at");

-- CreateIndex
CREATE INDEX "calls_org_id_agent_id_id_idx" ON "calls"("org_id", "agent_id", "id");

-- CreateIndex
CREATE INDEX "calls_org_id_server_id_tool_id_idx" ON "calls"("org_id", "server_id", "tool", "id");

-- CreateIndex
CREATE INDEX "calls_org_id_decision_id_idx" ON "calls"("org_id", "decision", "id");

-- CreateIndex
CREATE INDEX "approvals_org_id_state_requested_at_idx" ON "approvals"("org_id", "state", "requested_at");

-- CreateIndex
CREATE INDEX "approvals_org_id_digest_idx" ON "approvals"("org_id", "digest");

-- CreateIndex
CREATE INDEX "jobs_state_created_at_idx" ON "jobs"("state", "created_at");

-- AddForeignKey
ALTER TABLE "user_identities" ADD CONSTRAINT "user_identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_sessions" ADD CONSTRAINT "user_sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "orgs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "servers" ADD CONSTRAINT "servers_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "orgs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "servers" ADD CONSTRAINT "servers_org_id_policy_id_fkey" FOREIGN KEY ("org_id", "policy_id") REFERENCES "policies"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_secrets" ADD CONSTRAINT "server_secrets_org_id_server_id_fkey" FOREIGN KEY ("org_id", "server_id") REFERENCES "servers"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tools" ADD CONSTRAINT "tools_org_id_server_id_fkey" FOREIGN KEY ("org_id", "server_id") REFERENCES "servers"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_versions" ADD CONSTRAINT "policy_versions_org_id_policy_id_fkey" FOREIGN KEY ("org_id", "policy_id") REFERENCES "policies"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agents" ADD CONSTRAINT "agents_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "orgs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_tokens" ADD CONSTRAINT "agent_tokens_org_id_agent_id_fkey" FOREIGN KEY ("org_id", "agent_id") REFERENCES "agents"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_org_id_agent_id_fkey" FOREIGN KEY ("org_id", "agent_id") REFERENCES "agents"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_org_id_server_id_fkey" FOREIGN KEY ("org_id", "server_id") REFERENCES "servers"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_org_id_policy_id_fkey" FOREIGN KEY ("org_id", "policy_id") REFERENCES "policies"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_org_id_agent_id_fkey" FOREIGN KEY ("org_id", "agent_id") REFERENCES "agents"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_org_id_agent_id_fkey" FOREIGN KEY ("org_id", "agent_id") REFERENCES "agents"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_org_id_server_id_fkey" FOREIGN KEY ("org_id", "server_id") REFERENCES "servers"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "orgs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

