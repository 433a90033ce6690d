/** Knows the sequence that is being built: its steps, its places, and why nothing may be changed of it, where so. */
import type { PropsWithChildren } from "hono/jsx";
import { spell } from "../../dialects/v1/ids";
import { ok, type Result } from "../../domain/failure";
import { allows } from "../../domain/scope";
import type { Sequence } from "../../domain/sequence";
import { mayChange } from "../../domain/sharing";
import type { Step } from "../../domain/step";
import { growTree, liveParentOf, type Tree, trunk, within } from "../../domain/tree";
import type { Context } from "../../engine/context";
import type { DryRun } from "../../engine/dryruns";
import type { KeyHolder } from "../../engine/keys";
import type { Place } from "../../engine/places";
import { show } from "../../engine/sequences";
import type { Asked } from "../kit/page";
import { Badge, Head } from "../kit/parts";
import type { Page } from "../kit/show";
import { SequenceTabs, type Tab } from "../kit/tabs";
import { layOut } from "./layout";

export interface Site {
  sequence: Sequence;
  tree: Tree;
  /** Why it is only looked at; null where it may be changed. */
  fixed: string | null;
}

export async function siteOf(ctx: Context, caller: KeyHolder, id: number): Promise<Result<Site>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  const { sequence, steps } = found.value;
  return ok({ sequence, tree: growTree(steps, sequence.revision), fixed: fixedBy(sequence, caller) });
}

function fixedBy(sequence: Sequence, { userId, scopes }: KeyHolder): string | null {
  if (sequence.status === "ARCHIVED") return "This sequence is archived: it is kept to be looked at.";
  if (!mayChange(sequence, userId)) return "Only its owner may change this sequence.";
  if (!allows(scopes, "sequences_write")) return "Your key may look at sequences, and not change them.";
  if (sequence.locked) return "This sequence is locked. Unlock it in its settings to change it.";
  return null;
}

export function pathOf(sequenceId: number): string {
  return `/sequences/${spell("sequence", sequenceId)}`;
}

export function stepPath({ id, sequenceId }: Pick<Step, "id" | "sequenceId">): string {
  return `${pathOf(sequenceId)}/steps/${spell("step", id)}`;
}

/** What stands around the pages of one sequence. */
export function Around({ of, at, children }: PropsWithChildren<{ of: Site; at: Tab }>) {
  const { sequence, fixed } = of;
  return (
    <>
      <Head title={sequence.name} crumbs={[["Sequences", "/"]]}>
        <Badge of={sequence.status} />
      </Head>
      <SequenceTabs of={sequence.id} at={at} />
      {fixed !== null && (
        <p class="said fixed" role="status">
          {fixed}
        </p>
      )}
      {children}
    </>
  );
}

interface WithinProps {
  of: Site;
  title: string;
  under?: "Steps" | "Schedule";
}

/** A page about one step, one text, or one schedule. */
export function Within({ of: { sequence }, title, under = "Steps", children }: PropsWithChildren<WithinProps>) {
  const crumbs: [string, string][] = [
    ["Sequences", "/"],
    [sequence.name, pathOf(sequence.id)],
    [under, `${pathOf(sequence.id)}/${under === "Steps" ? "build" : "schedule"}`],
  ];
  return (
    <>
      <Head title={title} crumbs={crumbs} />
      {children}
    </>
  );
}

export function paged(title: string, body: Page["body"]): { ok: true; value: Page } {
  return ok({ title, section: "sequences", body, scripts: ["builder.js"] });
}

/** The place after a step. At the very end it lies behind deleted steps too, so that who waits at one of them comes to it. */
export function placeAfter(tree: Tree, under: Step): Place {
  const last = [...trunk(tree)].findLast(({ deletedAt }) => deletedAt === null);
  const isEnd = last?.id === under.id && under.kind !== "condition";
  return isEnd ? "end" : { under: under.id };
}

/** Where a step could go, in reading order, and which of these are the next ones above and below. */
export function placesFor(tree: Tree, step: Step): { all: Step[]; up: Step | null; down: Step | null } {
  const own = new Set([step, ...within(tree, step)].map(({ id }) => id));
  const above = liveParentOf(tree, step)?.id;
  const spots = layOut(tree, { spots: true }).spots.map(({ under }) => under);
  const isOther = ({ id }: Step) => !own.has(id) && id !== above;
  const at = spots.findIndex(({ id }) => id === above);
  return {
    all: spots.filter(isOther),
    up: spots.slice(0, at).findLast(isOther) ?? null,
    down: spots.slice(at + 1).find(isOther) ?? null,
  };
}

/** What a change would do to those under way. */
export function Effect({ of }: { of: DryRun }) {
  return (
    <p class="said effect" role="status">
      {told(of)}
    </p>
  );
}

function told({ live, touched, dueNow, ending, truncated }: DryRun): string {
  if (live === 0) return "Nobody is under way in this sequence, so nobody notices.";
  const under = `${counted(live, "contact is", "contacts are")} under way.`;
  if (touched === 0) return `${under} None of them is touched by this.`;
  const due = dueNow === 0 ? "no message falls" : counted(dueNow, "message falls", "messages fall");
  const ends = ending === 0 ? "" : `, and ${counted(ending, "of them ends", "of them end")} by it`;
  const most = truncated ? "at least " : "";
  return `${under} This touches ${most}${touched.toLocaleString("en")} of them: ${due} due at once${ends}.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** What a form of one of its steps stands at. */
export async function revisionFor({
  ctx,
  caller,
  ids,
}: Pick<Asked<"id" | "stepId", unknown>, "ctx" | "caller" | "ids">): Promise<Result<number>> {
  const site = await siteOf(ctx, caller, ids.id);
  return site.ok ? ok(site.value.sequence.revision) : site;
}
