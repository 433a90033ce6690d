/** Knows the pages of one sequence, and which of them one is on. */
import { spell } from "../../dialects/v1/ids";

const TABS = [
  ["overview", "Overview", ""],
  ["build", "Steps", "/build"],
  ["enrollments", "Enrollments", "/enrollments"],
  ["simulate", "Simulate", "/simulate"],
  ["schedule", "Schedule", "/schedule"],
  ["settings", "Settings", "/settings"],
] as const;
export type Tab = (typeof TABS)[number][0];

export function SequenceTabs({ of, at }: { of: number; at: Tab }) {
  return (
    <nav class="tabs" aria-label="This sequence">
      {TABS.map(([name, label, path]) => (
        <a href={`/sequences/${spell("sequence", of)}${path}`} aria-current={name === at ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}
