import { eventProperties } from "./events.ts";
import { headerProperties } from "./headers.ts";
import { jsonProperties } from "./json.ts";
import type { Property } from "./property.ts";

/** Every promise that holds for any bytes; `npm run campaign` tries each a million times. */
export const properties: readonly Property[] = [
  ...jsonProperties,
  ...eventProperties,
  ...headerProperties,
];
