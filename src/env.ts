/** Knows the bindings and the settings: parsed once, and nobody else reads configuration. */
import * as z from "zod";
import { RETRY_BASE } from "./domain/retry";

const Settings = z
  .object({
    /** `development` allows a faster clock, a built-in secret, and channels that call this machine. */
    ENVIRONMENT: z.enum(["production", "development"]),
    /** Journey seconds a wall second; 1 in production. */
    CLOCK_SPEED: z.coerce.number().positive().max(1_000_000).default(1),
    /** Wall milliseconds that the first retry of a delivery waits. */
    RETRY_BASE_MS: z.coerce.number().int().positive().default(RETRY_BASE),
    /** Keys the hashes of erased addresses that opted out; at least 32 characters. */
    DRIPLINE_SECRET: z.string().min(32).optional(),
    /** Where this service is reached from outside: links in mails lead there. */
    PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** The domain whose mail is routed to this Worker. */
    REPLY_DOMAIN: z.hostname().optional(),
    /** What carries mails where neither a workspace nor a mailbox says: smtp:// or smtps://. */
    SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    /** Whom mails come from where nobody says: an address, or a name and the address in angle brackets. */
    MAIL_FROM: z.string().optional(),
  })
  .refine((settings) => settings.ENVIRONMENT !== "production" || settings.CLOCK_SPEED === 1, {
    message: "CLOCK_SPEED must be 1 in production",
  })
  .refine((settings) => settings.ENVIRONMENT !== "production" || settings.DRIPLINE_SECRET !== undefined, {
    message: "DRIPLINE_SECRET must be set in production",
  });

export interface Settings {
  production: boolean;
  clockSpeed: number;
  retryBase: number;
  secret: string;
  /** Without a slash at its end. */
  publicUrl: string | null;
  replyDomain: string | null;
  smtpUrl: string | null;
  mailFrom: string | null;
}

const parsed = new WeakMap<object, Settings>();

/** The settings of an environment. Throws, naming the setting, on one that may not be. */
export function settingsOf(env: Env): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = Settings.safeParse(env);
  if (!result.success) throw new Error(`configuration: ${z.prettifyError(result.error)}`);
  const { ENVIRONMENT, CLOCK_SPEED, RETRY_BASE_MS, DRIPLINE_SECRET, PUBLIC_URL, REPLY_DOMAIN } = result.data;
  const { SMTP_URL = null, MAIL_FROM = null } = result.data;
  const settings = {
    production: ENVIRONMENT === "production",
    clockSpeed: CLOCK_SPEED,
    retryBase: RETRY_BASE_MS,
    secret: DRIPLINE_SECRET ?? "development needs no secret of its own",
    publicUrl: PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    replyDomain: REPLY_DOMAIN?.toLowerCase() ?? null,
    smtpUrl: SMTP_URL,
    mailFrom: MAIL_FROM,
  };
  parsed.set(env, settings);
  return settings;
}
