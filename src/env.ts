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
}

const parsed = new WeakMap<object, Settings>();

/** The settings of an environment. Throws, naming the setting, on one that may not be. */
export function settingsOf(env: Env): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = Settings.safeParse(env);
  if (!result.success) throw new Error(`configuration: ${z.prettifyError(result.error)}`);
  const { ENVIRONMENT, CLOCK_SPEED, RETRY_BASE_MS, DRIPLINE_SECRET } = result.data;
  const settings = {
    production: ENVIRONMENT === "production",
    clockSpeed: CLOCK_SPEED,
    retryBase: RETRY_BASE_MS,
    secret: DRIPLINE_SECRET ?? "development needs no secret of its own",
  };
  parsed.set(env, settings);
  return settings;
}
