/** Knows what each plan includes. */

export const PLANS = ["FREE", "STARTER", "PRO", "AGENCY"] as const;
export type Plan = (typeof PLANS)[number];

/** Requests a minute for each key, unless an installation sets others (`RATE_LIMITS`). Those of the published API. */
export const REQUESTS_A_MINUTE: Record<Plan, number> = { FREE: 120, STARTER: 200, PRO: 500, AGENCY: 1000 };

export type Feature = "dm_sequences";

export function includes(plan: Plan, feature: Feature): boolean {
  switch (feature) {
    case "dm_sequences":
      return plan === "AGENCY";
  }
}

/** Reads limits such as `FREE=60,AGENCY=5000`; plans that it does not name keep theirs. Null where it is no such list. */
export function readRates(text: string): Record<Plan, number> | null {
  const rates = { ...REQUESTS_A_MINUTE };
  for (const part of text.split(",")) {
    const [, name, rate] = /^\s*([A-Z]+)\s*=\s*([1-9]\d{0,8})\s*$/.exec(part) ?? [];
    const plan = PLANS.find((one) => one === name);
    if (plan === undefined) return null;
    rates[plan] = Number(rate);
  }
  return rates;
}
