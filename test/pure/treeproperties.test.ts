import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { isEnded } from "../../src/domain/enrollment";
import { isTouch, type Step } from "../../src/domain/step";
import type { TaskStatus } from "../../src/domain/task";
import { numberOf, shownSteps, walk } from "../../src/domain/tree";
import { faultOf } from "../../src/domain/walkable";
import { at, grow } from "./planting";
import { fair, turn } from "./ride";
import { alwaysInTrees, withoutMoves } from "./treehappenings";
import { branchesAbove, happenInTree, isStop, type TreeRide } from "./treeride";

describe("a journey through a tree that is edited meanwhile", () => {
  test("no step runs twice, no message of a step is sent twice, no act is done twice", () => {
    alwaysInTrees(({ state, history }) => {
      expect(state.ran).toEqual([...new Set(state.ran)]);
      const done = history.flatMap((entry) =>
        (entry.what === "message" && entry.status === "sent") || (entry.what === "step" && DONE.includes(entry.result))
          ? entry.step
          : [],
      );
      expect(done).toEqual([...new Set(done)]);
      const worked = history.flatMap((entry) => (entry.what === "task" && isOver(entry.status) ? entry.task.id : []));
      expect(worked).toEqual([...new Set(worked)]);
    });
  });

  test("where no step is moved, every step that ran stands under the branches that were taken, to the end", () => {
    withoutMoves(({ steps, state, claims }) => {
      const tree = grow(steps);
      for (const id of new Set([...state.ran, ...claims.map(({ step }) => step)])) {
        expect(state.ran).toEqual(expect.arrayContaining(branchesAbove(tree, at(steps, id))));
      }
    });
  });

  // "A moved one is followed": who stands at a step goes where that is moved to, and on from there; so he comes into a
  // branch by its condition's verdict, or because the step he stood at was put there by an edit, be it alone or with a
  // condition around it. The verdict, once it falls, takes back the right to the other branch.
  test("where steps are moved, one runs in a branch only if that was taken, or if the journey was carried into it", () => {
    alwaysInTrees(({ passages }) => {
      for (const { branches, entitled } of passages) expect(entitled).toEqual(expect.arrayContaining(branches));
    });
  });

  test("of a condition one branch is taken, right after it; without its verdict, none", () => {
    alwaysInTrees(({ steps, state }) => {
      state.ran.forEach((id, i) => {
        const { kind, parentId } = at(steps, id);
        if (kind === "condition_branch") expect(state.ran[i - 1]).toBe(parentId);
        if (kind === "condition") expect(at(steps, state.ran[i + 1] ?? 0).parentId).toBe(id);
      });
    });
  });

  test("a deleted step is not begun, and neither the entry nor a branch is ever done", () => {
    alwaysInTrees(({ passages }) => {
      for (const { step } of passages) {
        expect(step.deletedAt).toBeNull();
        expect(isStop(step)).toBe(true);
      }
    });
  });

  test("what a condition was found to be is where the journey went on", () => {
    alwaysInTrees(({ steps, state, history }) => {
      for (const entry of history) {
        if (entry.what !== "step" || entry.kind !== "condition") continue;
        const taken = at(steps, state.ran[state.ran.indexOf(entry.step) + 1] ?? 0);
        expect(entry.result).toBe(String(taken.branch));
      }
    });
  });

  test("a step inserted ahead is visited if its branch is, one inserted behind is not; none that stayed is passed over", () => {
    withoutMoves(({ steps, state, claims, ahead }) => {
      const tree = grow(steps);
      const completed = state.phase.is === "ended" && state.phase.why === "completed";
      const begun = new Set([...state.ran, ...claims.map(({ step }) => step)]);
      for (const [id, lay] of ahead) {
        const step = at(steps, id);
        const taken = branchesAbove(tree, step).every((branch) => state.ran.includes(branch));
        if (lay === false) expect(begun).not.toContain(id);
        if (lay === true && completed && taken && step.deletedAt === null) expect(state.ran).toContain(id);
      }
    });
  });

  test("every live journey has a wake-up ahead, or is held, paused or at a task; a watching one looks no later than its end", () => {
    alwaysInTrees(({ turns }) => {
      for (const { after, now } of turns) {
        const { phase } = after;
        if (phase.is === "ended" || phase.is === "paused" || (phase.is === "waiting" && phase.held)) continue;
        if (phase.is === "working" && after.task?.skipAt === null) continue;
        expect(["waiting", "working"]).toContain(phase.is);
        expect(nextWake(after, now)).toBeGreaterThan(now.wall);
      }
    });
  });

  test("every state is plain data: it survives the object's storage and JSON", () => {
    alwaysInTrees(({ turns }) => {
      for (const { after } of turns) {
        expect(structuredClone(after)).toStrictEqual(after);
        expect(JSON.parse(JSON.stringify(after))).toStrictEqual(after);
      }
    });
  });

  test("a task is made once and comes to one end, unless it is open; the journey goes on only then", () => {
    alwaysInTrees(({ state, history }) => {
      const told = history.flatMap((entry) => (entry.what === "task" ? [entry] : []));
      const over = told.filter(({ status }) => isOver(status)).map(({ task }) => task.id);
      const made = told.filter(({ status }) => status === "made").map(({ task }) => task.id);
      expect([...new Set(made)]).toEqual(made);
      expect([...over, ...(state.task ? [state.task.id] : [])]).toEqual(made);
      if (state.phase.is === "working") expect(state.task).toMatchObject({ step: state.phase.step });
      if (state.task) {
        expect(isEnded(state)).toBe(false);
        expect(state.ran).not.toContain(state.task.step);
      }
    });
  });
});

const isOver = (status: TaskStatus) => ["completed", "skipped", "cancelled"].includes(status);

const DONE = ["passed", "true", "false", "done"];

describe("left alone in a fair world", () => {
  test("every live journey through a tree reaches its end, by its own alarms and what lifts its hold", () => {
    alwaysInTrees((ride) => {
      if (isEnded(ride.state)) return;
      ride.world = fair;
      for (let i = 0; i < 400 && !isEnded(ride.state); i++) goOn(ride);
      const { phase } = ride.state;
      if (phase.is === "ended" && phase.why === "failed") expect(phase.error).toMatch(/^given up/);
      else
        expect(phase).toMatchObject({ is: "ended", why: expect.stringMatching(/^(completed|replied|moved|removed)$/) });
      if (phase.is === "ended" && phase.why === "removed") expect(ride.contact.inactive).toBe(true);
    });
  });
});

/** Takes it to its next alarm, where what it claims is done. What is paused is resumed, what is held is woken. */
function goOn(ride: TreeRide): void {
  if (ride.state.phase.is === "paused") turn(ride, { kind: "resume" });
  const held = ride.state.phase.is === "waiting" && ride.state.phase.held !== undefined;
  if (held) happenInTree(ride, { does: "wake" });
  happenInTree(ride, { does: "goOn" });
}

describe("any edits of any tree", () => {
  test("the edits yield whole trees; what is said against one is true, and nothing is said against a good one", () => {
    alwaysInTrees(({ edits }) => {
      for (const { steps, fault } of edits) {
        expect(ruptureIn(steps)).toBeNull();
        expect(fault !== null).toBe(livesBeyondMove(steps));
        if (fault !== null) expect(fault).toMatch(/^nothing comes after a move/);
      }
    });
  });

  test("the tree as it stands can be walked: every step is reached once, whatever was edited and deleted", () => {
    alwaysInTrees(({ steps }) => {
      expect(faultOf(steps)).toBeNull();
      const walked = [...walk(grow(steps))].map(({ id }) => id);
      expect(walked.toSorted((a, b) => a - b)).toEqual(steps.map(({ id }) => id).toSorted((a, b) => a - b));
    });
  });

  test("the shown steps are numbered from 1 without a gap, a journey's number is one of them or 0", () => {
    alwaysInTrees(({ steps, state }) => {
      const tree = grow(steps);
      const shown = shownSteps(tree);
      expect(shown.map(({ id }) => numberOf(tree, id))).toEqual(shown.map((_, i) => i + 1));
      expect(shown).toHaveLength(
        steps.filter(({ kind, deletedAt }) => kind === "message" && deletedAt === null).length,
      );
      expect(numberOf(tree, state.lastShown)).toBeLessThanOrEqual(shown.length);
      const touches = shownSteps(tree, isTouch);
      expect(touches.map(({ id }) => numberOf(tree, id, isTouch))).toEqual(touches.map((_, i) => i + 1));
      expect(touches.filter(({ kind }) => kind === "message")).toEqual(shown);
      if (state.lastTouch !== null) expect(["message", "task"]).toContain(at(steps, state.lastTouch).kind);
      if (state.lastShown !== null) expect(at(steps, state.lastShown).kind).toBe("message");
    });
  });
});

/** Looks upwards alone, and so otherwise than what is tested: where the parents do not make a tree. */
function ruptureIn(steps: readonly Step[]): string | null {
  const places = steps.map(({ parentId, branch }) => `${parentId}/${branch}`);
  if (new Set(places).size !== places.length) return "two steps in one place";
  for (const step of steps) {
    if (climb(steps, step).at(-1)?.kind !== "entry") return `${step.id} does not come from the entry`;
    const branches = steps.filter(({ kind, parentId }) => kind === "condition_branch" && parentId === step.id).length;
    if (branches !== (step.kind === "condition" ? 2 : 0)) return `${step.id} has ${branches} branches`;
  }
  return null;
}

/** Travels every way there is, and looks for live steps that it has not come by. */
function livesBeyondMove(steps: readonly Step[]): boolean {
  const passed = new Set<number>();
  /** Whether somebody comes out at the end of what begins with this step. */
  const travel = (step: Step | undefined): boolean => {
    if (!step) return true;
    passed.add(step.id);
    const after = steps.filter(({ parentId }) => parentId === step.id);
    const next = after.find(({ kind }) => kind !== "condition_branch");
    if (step.deletedAt !== null) return travel(next);
    if (step.kind === "move_to_sequence") return false;
    const ways = after.filter(({ kind }) => kind === "condition_branch").map(travel);
    return ways.length > 0 && !ways.includes(true) ? false : travel(next);
  };
  travel(steps.find(({ parentId }) => parentId === null));
  return steps.some(({ id, kind, deletedAt }) => kind !== "condition_branch" && deletedAt === null && !passed.has(id));
}

/** A step and all above it, up to the entry; no further than there are steps, should they go round. */
function climb(steps: readonly Step[], step: Step): Step[] {
  const above = [step];
  for (let up = step; up.parentId !== null && above.length <= steps.length; above.push(up)) up = at(steps, up.parentId);
  return above;
}
