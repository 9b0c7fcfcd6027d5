import { authHandler } from "#lib/web/auth.ts";

export const GET = authHandler;
export const POST = authHandler;
