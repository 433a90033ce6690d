/** Knows how to make workspaces, users and keys on an empty state, as SQL for the local database. */
import { createHash } from "node:crypto";
import { PLANS } from "../domain/plan.ts";

export interface KeySpec {
  key: string;
  plan: string;
}

/** Reads `key` or `key:PLAN`, comma-separated. */
export function keySpecs(text: string): KeySpec[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [key = "", plan = "AGENCY"] = part.split(":");
      if (!PLANS.some((known) => known === plan)) throw new Error(`${plan} is none of the plans ${PLANS.join(", ")}`);
      if (!/^[\w.~+/=-]{8,200}$/.test(key))
        throw new Error("a key has 8 to 200 letters, digits and any of . ~ + / = - _");
      return { key, plan };
    });
}

/** Each key with a workspace and a user of its own; nothing where there is any workspace yet. */
export function seedSql(specs: readonly KeySpec[], now: number): string {
  const rows = specs.map(({ key, plan }, i) => {
    const id = i + 1;
    const digest = createHash("sha256").update(key).digest("hex");
    return [
      `INSERT OR IGNORE INTO workspaces (id, name, plan, created_at) VALUES (${id}, 'Workspace ${id}', '${plan}', ${now});`,
      `INSERT OR IGNORE INTO users (id, workspace_id, name, created_at) VALUES (${id}, ${id}, 'Owner', ${now});`,
      `INSERT OR IGNORE INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at)
        VALUES ('${digest}', ${id}, ${id}, '${key.slice(0, 8)}', '["*"]', ${now});`,
    ].join("\n");
  });
  return rows.join("\n");
}
