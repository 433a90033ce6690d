/** Knows the bindings and the settings: parsed once, and nobody else reads configuration. */
import * as z from "zod";
import { forbiddenHost } from "./domain/guard";
import { type Installed, readSmtpUrl } from "./domain/installed";
import { LEVELS, type Level } from "./domain/level";
import { LEAST, type Limit, type LimitsByPlan, limitsBy, MOST, readByPlan, readByPlanOrNone } from "./domain/limits";
import { readSender } from "./domain/mailaddress";
import { DELIVERY_TIMEOUT } from "./domain/outcome";
import { MOST_DAYS, RETENTION, type Retention } from "./domain/retention";
import { RETRY_BASE } from "./domain/retry";
import { forbiddenPort, type Sender } from "./domain/transport";

/** A text that is read as something; `null` is what cannot be. */
function readBy<T>(read: (text: string) => T | null, message: string) {
  return z.string().transform((text, ctx): T => {
    const value = read(text);
    if (value !== null) return value;
    ctx.issues.push({ code: "custom", input: undefined, message });
    return z.NEVER;
  });
}

function limit(name: Limit) {
  return z.coerce.number().int().min(LEAST[name]).max(MOST[name]).optional();
}

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
    SMTP_URL: z
      .string()
      .regex(/^smtps?:/)
      .pipe(readBy(readSmtpUrl, "must be smtp://user:password@host:port, with what is special in it percent-encoded"))
      .optional(),
    /** Whom mails come from where nobody says: an address, or a name and the address in angle brackets. */
    MAIL_FROM: readBy(readSender, "must be an address, or a name and <an address>").optional(),
    /** Another server that speaks as Resend does; in development only. */
    RESEND_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** Wall milliseconds that an attempt to send a mail may take. */
    DELIVERY_TIMEOUT_MS: z.coerce.number().int().positive().max(DELIVERY_TIMEOUT).default(DELIVERY_TIMEOUT),
    /** Days after the end of a journey at which its object is freed. */
    FREED_AFTER_DAYS: z.coerce.number().int().min(1).max(MOST_DAYS).default(RETENTION.freedAfter),
    /** Days after the end of a journey at which what is told of it goes, where its workspace says nothing; 0: never. */
    RETENTION_DAYS: z.coerce.number().int().min(0).max(MOST_DAYS).default(RETENTION.kept),
    /** Opens `/admin`; without it nobody is let in there. */
    DRIPLINE_OPERATOR: z.string().min(32).max(512).regex(/^\S+$/, "must have no spaces").optional(),
    /** Requests a minute for each key by its workspace's plan, `FREE=60,AGENCY=5000`. */
    RATE_LIMITS: readBy(readByPlan, "must be a list such as FREE=60,AGENCY=5000").optional(),
    /** Live enrollments of a workspace by its plan, `FREE=1000,PRO=none`. */
    ENROLLMENT_LIMITS: readBy(readByPlanOrNone, "must be a list such as FREE=1000,PRO=none").optional(),
    /** Steps of a sequence, where a workspace has no limit of its own. */
    STEP_LIMIT: limit("stepsPerSequence"),
    /** Bytes of a request's body, likewise. */
    BODY_LIMIT: limit("bodyBytes"),
    /** Entries of one page of a list, likewise; each API's own limit holds besides. */
    PAGE_LIMIT: limit("pageSize"),
    /** `on`: requests that only read are answered by the nearest copy of the database. */
    READ_REPLICAS: z.enum(["on", "off"]).default("off"),
    /** The least that is logged: `info` tells of every request, batch and message, `warn` of what went wrong. */
    LOG_LEVEL: z.enum(LEVELS).optional(),
  })
  .refine((settings) => settings.ENVIRONMENT !== "production" || settings.CLOCK_SPEED === 1, {
    message: "CLOCK_SPEED must be 1 in production",
  })
  .refine((settings) => settings.ENVIRONMENT !== "production" || settings.DRIPLINE_SECRET !== undefined, {
    message: "DRIPLINE_SECRET must be set in production",
  })
  .refine(({ RETENTION_DAYS, FREED_AFTER_DAYS }) => RETENTION_DAYS === 0 || RETENTION_DAYS > FREED_AFTER_DAYS, {
    message: "RETENTION_DAYS must be more than FREED_AFTER_DAYS, or 0",
  })
  .superRefine((settings, ctx) => {
    const fault = settings.ENVIRONMENT === "production" ? faultOfMail(settings) : null;
    if (fault !== null) ctx.addIssue({ code: "custom", message: fault });
  });

interface MailSettings {
  PUBLIC_URL?: string | undefined;
  SMTP_URL?: ReturnType<typeof readSmtpUrl> | undefined;
  MAIL_FROM?: Sender | undefined;
  RESEND_URL?: string | undefined;
}

/** What would lose or expose mails in production; said at the start rather than by the first mail. */
function faultOfMail({ PUBLIC_URL, SMTP_URL, MAIL_FROM, RESEND_URL }: MailSettings): string | null {
  if (PUBLIC_URL?.startsWith("http:")) return "PUBLIC_URL must begin with https:// in production";
  if (RESEND_URL !== undefined) return "RESEND_URL may be set in development only";
  const transport = SMTP_URL?.transport;
  if (!transport) return null;
  if (MAIL_FROM === undefined) return "MAIL_FROM must be set where SMTP_URL is";
  const host = forbiddenHost(transport.host, true);
  if (host !== null) return `SMTP_URL ${host}`;
  const port = forbiddenPort(transport.port, true);
  return port === null ? null : `SMTP_URL: its port ${port}`;
}

/** From whom mails come on a machine where nobody has said it. */
const LOCAL_SENDER: Sender = { address: "dripline@localhost", name: "Dripline", replyTo: null };

export interface Settings {
  production: boolean;
  clockSpeed: number;
  retryBase: number;
  secret: string;
  /** Without a slash at its end. */
  publicUrl: string | null;
  replyDomain: string | null;
  installed: Installed;
  resendUrl: string;
  deliveryTimeout: number;
  retention: Retention;
  limits: LimitsByPlan;
  operator: string | null;
  logLevel: Level;
  replicas: boolean;
}

const parsed = new WeakMap<object, Settings>();

/** The settings of an environment. Throws, naming the setting, on one that may not be. */
export function settingsOf(env: Env): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = Settings.safeParse(env);
  if (!result.success) throw new Error(`configuration: ${z.prettifyError(result.error)}`);
  const { ENVIRONMENT, CLOCK_SPEED, RETRY_BASE_MS, DRIPLINE_SECRET, REPLY_DOMAIN } = result.data;
  const production = ENVIRONMENT === "production";
  const installed = installedBy(result.data);
  const settings = {
    production,
    clockSpeed: CLOCK_SPEED,
    retryBase: RETRY_BASE_MS,
    secret: DRIPLINE_SECRET ?? "development needs no secret of its own",
    publicUrl: installed.publicUrl ?? null,
    replyDomain: REPLY_DOMAIN?.toLowerCase() ?? null,
    installed,
    resendUrl: result.data.RESEND_URL?.replace(/\/+$/, "") ?? "https://api.resend.com",
    deliveryTimeout: result.data.DELIVERY_TIMEOUT_MS,
    retention: { freedAfter: result.data.FREED_AFTER_DAYS, kept: result.data.RETENTION_DAYS || null },
    limits: limitsIn(result.data),
    operator: result.data.DRIPLINE_OPERATOR ?? null,
    replicas: result.data.READ_REPLICAS === "on",
    logLevel: result.data.LOG_LEVEL ?? (production ? "info" : "warn"),
  };
  parsed.set(env, settings);
  return settings;
}

function limitsIn({ RATE_LIMITS, ENROLLMENT_LIMITS, STEP_LIMIT, BODY_LIMIT, PAGE_LIMIT }: z.output<typeof Settings>) {
  const byPlan = { requestsPerMinute: RATE_LIMITS, enrollments: ENROLLMENT_LIMITS };
  return limitsBy({ ...byPlan, stepsPerSequence: STEP_LIMIT, bodyBytes: BODY_LIMIT, pageSize: PAGE_LIMIT });
}

/** A mail catcher on one's own machine speaks in the clear, and takes mails from anybody. */
function installedBy({ ENVIRONMENT, SMTP_URL, MAIL_FROM, PUBLIC_URL }: z.output<typeof Settings>): Installed {
  const local = ENVIRONMENT === "development";
  const { transport = null, secret = null } = SMTP_URL ?? {};
  const sender = MAIL_FROM ?? (local ? LOCAL_SENDER : null);
  const reached = PUBLIC_URL === undefined ? {} : { publicUrl: PUBLIC_URL.replace(/\/+$/, "") };
  if (!local || transport?.security !== "starttls") return { transport, secret, sender, ...reached };
  return { transport: { ...transport, security: "optional" }, secret, sender, ...reached };
}
