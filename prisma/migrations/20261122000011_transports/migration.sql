-- How each server is reached, and where a proxy that holds sessions can be reached by the others.

CREATE TYPE "transport" AS ENUM ('streamable_http', 'sse', 'stdio');

ALTER TABLE "servers" ADD COLUMN "transport" "transport";

ALTER TABLE "proxy_instances" ADD COLUMN "address" TEXT;
