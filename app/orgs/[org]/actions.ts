"use server";

import { FindAnything } from "#lib/search/schema.ts";
import { findAnything } from "#lib/search/search.ts";
import { orgQuery } from "#lib/web/action.ts";

export const find = orgQuery("org.read", FindAnything, findAnything);
