/** Knows the plans, and which features each includes unless a workspace was given or denied them. */

export const PLANS = ["FREE", "STARTER", "PRO", "AGENCY"] as const;
export type Plan = (typeof PLANS)[number];

export const FEATURES = ["dm_sequences"] as const;
export type Feature = (typeof FEATURES)[number];

/** What differs from the plan. */
export type Features = { readonly [F in Feature]?: boolean | undefined };

export interface Subscription {
  plan: Plan;
  features: Features;
}

export function includes({ plan, features }: Subscription, feature: Feature): boolean {
  return features[feature] ?? planIncludes(plan, feature);
}

function planIncludes(plan: Plan, feature: Feature): boolean {
  switch (feature) {
    case "dm_sequences":
      return plan === "AGENCY";
  }
}

/** All features, and whether a workspace has each. */
export function featuresOf(subscription: Subscription): Record<Feature, boolean> {
  return { dm_sequences: includes(subscription, "dm_sequences") };
}
