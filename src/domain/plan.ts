/** Knows what each plan includes. */

export const PLANS = ["FREE", "STARTER", "PRO", "AGENCY"] as const;
export type Plan = (typeof PLANS)[number];

export type Feature = "dm_sequences";

export function includes(plan: Plan, feature: Feature): boolean {
  switch (feature) {
    case "dm_sequences":
      return plan === "AGENCY";
  }
}
