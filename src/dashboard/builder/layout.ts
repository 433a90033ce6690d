/** Knows where everything stands in the picture of a sequence's steps: one column, two where it branches. */
import type { Step } from "../../domain/step";
import type { Tree } from "../../domain/tree";

/** A step's card, in pixels. */
export const WIDE = 240;
export const HIGH = 76;
const MARGIN = 12;
/** Between two branches. */
const APART = 24;
const GAP = 24;
/** What a gap grows by where a step may be added in it, and where a delay is told in it. */
const ROOM = 32;
const DELAY = 26;
/** Down to where two ways part, and on to where each begins; and back again to where they are one. */
const PART = 16;
const BEGIN = 36;
const JOIN = 20;

interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  step: Step;
  /** The branches it stands in, the innermost last. */
  within: readonly Step[];
}

/** A place at which a step may be added: directly after the one that it names. */
export interface Spot extends Point {
  under: Step;
}

export interface Layout {
  width: number;
  height: number;
  /** In the order in which they are read. */
  boxes: Box[];
  spots: Spot[];
  /** As SVG writes paths. */
  lines: string[];
  /** The heads of branches. */
  ways: (Point & { branch: Step })[];
  /** Seconds that are waited before a step. */
  delays: (Point & { seconds: number })[];
  /** Where the way ends, unless every way has led elsewhere before. */
  end: Point | null;
}

interface Item {
  step: Step;
  fork: [Chain, Chain] | null;
}

/** What hangs on a head, and how far it reaches to either side of its middle. */
interface Chain {
  head: Step;
  items: Item[];
  left: number;
  right: number;
}

/** `spots`: whether steps may be added. */
export function layOut(tree: Tree, { spots }: { spots: boolean }): Layout {
  const layout: Layout = { width: 0, height: 0, boxes: [], spots: [], lines: [], ways: [], delays: [], end: null };
  if (tree.root === null) return layout;
  const trunk = chainFrom(tree, tree.root);
  const pen = { layout, spots };
  const x = MARGIN + trunk.left;
  const { y, open } = draw(pen, trunk, { x, y: MARGIN }, []);
  if (open) layout.end = { x, y };
  return { ...layout, width: x + trunk.right + MARGIN, height: y + (open ? GAP : 0) + MARGIN };
}

function chainFrom(tree: Tree, head: Step): Chain {
  const items: Item[] = [];
  for (let step = tree.child.get(head.id); step; step = tree.child.get(step.id)) {
    if (step.deletedAt !== null) continue;
    const { yes, no } = tree.forks.get(step.id) ?? { yes: null, no: null };
    items.push({ step, fork: yes && no ? [chainFrom(tree, yes), chainFrom(tree, no)] : null });
  }
  const sides = items.map(({ fork }) => (fork ? sidesOf(fork) : { left: 0, right: 0 }));
  const left = Math.max(WIDE / 2, ...sides.map((side) => side.left));
  return { head, items, left, right: Math.max(WIDE / 2, ...sides.map((side) => side.right)) };
}

/** Both branches keep the same distance from the line between them. */
function sidesOf([yes, no]: [Chain, Chain]): { left: number; right: number } {
  return { left: yes.left + yes.right + APART / 2, right: no.left + no.right + APART / 2 };
}

interface Pen {
  layout: Layout;
  spots: boolean;
}

/** Draws a chain from a point on, and tells where it ends, and whether anybody comes out there. */
function draw(pen: Pen, chain: Chain, from: Point, within: readonly Step[]): Point & { open: boolean } {
  const { layout } = pen;
  const { x } = from;
  let [y, under] = [from.y, chain.head];
  for (const { step, fork } of chain.items) {
    y = connect(pen, { x, y }, under, delayTold(step));
    layout.boxes.push({ step, x: x - WIDE / 2, y, within });
    y += HIGH;
    under = step;
    if (step.kind === "move_to_sequence") return { x, y, open: false };
    const joined = fork ? drawFork(pen, fork, { x, y }, within) : null;
    if (joined && !joined.open) return joined;
    y = joined?.y ?? y;
  }
  return { x, y: connect(pen, { x, y }, under, 0), open: true };
}

/** The line down to what comes next, with what stands in the gap; its end. */
function connect({ layout, spots }: Pen, { x, y }: Point, under: Step, seconds: number): number {
  const room = spots ? ROOM : 0;
  const end = y + GAP + room + (seconds > 0 ? DELAY : 0);
  layout.lines.push(`M${x} ${y}V${end}`);
  if (spots) layout.spots.push({ x, y: y + (GAP + room) / 2, under });
  if (seconds > 0) layout.delays.push({ x, y: end - GAP / 2 - DELAY / 4, seconds });
  return end;
}

/** What a delay step waits stands on its card. */
function delayTold({ kind, delay }: Step): number {
  return kind === "delay" ? 0 : delay;
}

function drawFork(pen: Pen, fork: [Chain, Chain], { x, y }: Point, within: readonly Step[]) {
  const { layout } = pen;
  const [yes, no] = fork;
  const [left, right] = [x - APART / 2 - yes.right, x + APART / 2 + no.left];
  const ends = [
    { chain: yes, at: left },
    { chain: no, at: right },
  ].map(({ chain, at }) => {
    layout.lines.push(`M${x} ${y}V${y + PART}H${at}V${y + BEGIN}`);
    layout.ways.push({ x: at, y: y + BEGIN, branch: chain.head });
    return draw(pen, chain, { x: at, y: y + BEGIN }, [...within, chain.head]);
  });
  const lowest = Math.max(...ends.map((end) => end.y));
  const open = ends.filter((end) => end.open);
  for (const end of open) layout.lines.push(`M${end.x} ${end.y}V${lowest}H${x}V${lowest + JOIN}`);
  return { x, y: open.length > 0 ? lowest + JOIN : lowest, open: open.length > 0 };
}

/** Characters that take the room of two: those of Chinese, Japanese and Korean, and pictures. */
const BROAD =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

function roomOf(text: string): number {
  return [...text].reduce((room, one) => room + (BROAD.test(one) ? 2 : 1), 0);
}

/** A text in lines of so much room, broken at blanks where there are any; what is too much ends in dots. */
export function linesOf(text: string, room: number, most: number): string[] {
  const lines: string[] = [];
  let rest = text.replaceAll(/\s+/g, " ").trim();
  while (rest !== "" && lines.length < most) {
    const last = lines.length === most - 1;
    const line = roomOf(rest) <= room ? rest : last ? `${cut(rest, room - 1).trimEnd()}…` : broken(rest, room);
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return lines;
}

function cut(text: string, room: number): string {
  let [taken, left] = ["", room];
  for (const one of text) {
    left -= roomOf(one);
    if (left < 0) break;
    taken += one;
  }
  return taken;
}

function broken(text: string, room: number): string {
  const head = cut(text, room);
  const blank = text.charAt(head.length) === " " ? head.length : head.lastIndexOf(" ");
  return blank > 0 ? head.slice(0, blank) : head;
}
