-- Every protocol revision a server was found to speak: what is passed through, what is translated.

ALTER TABLE "servers" ADD COLUMN "protocol_revisions" TEXT[] DEFAULT ARRAY[]::TEXT[];

UPDATE "servers" SET "protocol_revisions" = ARRAY["protocol_revision"] WHERE "protocol_revision" IS NOT NULL;
