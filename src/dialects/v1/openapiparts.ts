/** Knows what all operations of v1's document share: its refusals, its headers, its key, and the words in front. */
import { IDEMPOTENCY_KEY } from "../../domain/idempotency";
import { STATUS } from "./errors";

/** A part of the document that nothing here looks into. */
export type Json = Record<string, unknown>;

/** JSON Schema, as far as ours goes. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export type Content = Record<string, { schema: Schema }>;

const ABOUT = `Requests and answers are JSON. A list has pages (\`page\`, \`limit\`), and tells how many there are. Times are ISO 8601 in UTC.
Every write takes an \`Idempotency-Key\`: by the same key and body it is done once, and answered as before, for 24 hours.
An id of another workspace is one that is not there. Fields that no schema names are passed over; new ones may come into answers.`;
export const INFO = {
  title: "Dripline",
  summary: "Message sequences at the edge",
  description: ABOUT,
  license: { name: "MIT", identifier: "MIT" },
};

export const inJson = (schema: Schema): Content => ({ "application/json": { schema } });

const CODES = Object.keys(STATUS);

export const ERROR: Schema = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: {
        code: { type: "string", enum: CODES },
        message: { type: "string" },
        details: {
          type: "object",
          properties: { field: { type: "string" } },
          required: ["field"],
          additionalProperties: true,
        },
      },
      required: ["code", "message"],
    },
  },
  required: ["error"],
};

const responses = Object.fromEntries(
  [...Map.groupBy(Object.entries(STATUS), ([, status]) => status)].map(([status, codes]) => [
    `Refused${status}`,
    {
      description: codes.map(([code]) => code).join(", "),
      headers: status === 429 || status === 503 ? { ...headersOf(false), "Retry-After": headerOf("RetryAfter") } : {},
      content: inJson({ $ref: "#/components/schemas/Error" }),
    },
  ]),
);

function headerOf(name: string) {
  return { $ref: `#/components/headers/${name}` };
}

export function headersOf(writes: boolean): Json {
  const replayed = writes ? { "Idempotency-Replayed": headerOf("IdempotencyReplayed") } : {};
  const rates = ["Limit", "Remaining", "Reset"].map((one) => [`X-RateLimit-${one}`, headerOf(`RateLimit${one}`)]);
  return { ...replayed, ...Object.fromEntries(rates) };
}

const number = (description: string) => ({ description, schema: { type: "integer" } });
const headers = {
  IdempotencyReplayed: {
    description: "The write had been done by this key, and was answered like this",
    schema: { type: "string", enum: ["true"] },
  },
  RateLimitLimit: number("Requests that the key may make in a minute"),
  RateLimitRemaining: number("How many of them are left"),
  RateLimitReset: number("When the minute is over, in seconds since 1970"),
  RetryAfter: number("Seconds after which to try again"),
};

const parameters = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "Has a write done once, however often it is sent",
    schema: { type: "string", pattern: IDEMPOTENCY_KEY },
  },
};

const securitySchemes = {
  key: { type: "http", scheme: "bearer", description: "An API key, or an access token of /oauth/token" },
};

export const COMPONENTS = { parameters, headers, responses, securitySchemes };
