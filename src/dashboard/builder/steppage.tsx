/** Knows how one step is shown to be changed: its form, what a change would do, where it could go, and its other texts. */
import { spell } from "../../dialects/v1/ids";
import type { Step, StepDraft } from "../../domain/step";
import type { Tree } from "../../domain/tree";
import type { DryRun } from "../../engine/dryruns";
import { Input, type Option, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Form, Version } from "../kit/parts";
import { Length, OwnFields } from "./fieldset";
import { Looks } from "./message";
import { Effect, pathOf, placesFor, type Site, stepPath, Within } from "./site";
import { placeAfter } from "./tree";
import { Variants } from "./variants";
import { gistOf, KINDS, titleOf } from "./words";

export interface Writing {
  site: Site;
  draft: StepDraft;
  faulty?: Faulty | undefined;
  /** What it would do, where that was asked. */
  effect?: DryRun | undefined;
  targets: readonly Option[];
  /** Addresses for which a text may be looked at. */
  known: readonly string[];
}

export function NewStep({ under, ...writing }: Writing & { under: Step }) {
  const { site, draft } = writing;
  const query = `?under=${spell("step", under.id)}&kind=${draft.kind}`;
  return (
    <Within of={site} title={`New step: ${KINDS[draft.kind].name.toLowerCase()}`}>
      <p class="hint">It comes {placeAfter(site.tree, under)}.</p>
      <Written {...writing} to={`${pathOf(site.sequence.id)}/steps/new${query}`} save="Add the step" />
    </Within>
  );
}

export function OneStep({ step, ...writing }: Writing & { step: Step }) {
  const { site } = writing;
  if (site.fixed !== null) return <Seen site={site} step={step} />;
  return (
    <Within of={site} title={titleOf(step)}>
      <Written {...writing} to={stepPath(step)} save="Save" />
      {step.kind === "message" && <Variants of={step} />}
      <Moves site={site} step={step} />
      <section class="card" aria-labelledby="deletion">
        <h2 id="deletion">Delete</h2>
        <a class="button danger" href={`${stepPath(step)}/delete`}>
          Delete this step …
        </a>
      </section>
    </Within>
  );
}

function Written({ to, save, ...writing }: Writing & { to: string; save: string }) {
  const { site, draft, faulty, effect, targets, known } = writing;
  const isWaiting = draft.kind === "delay";
  const isWriting = draft.kind === "message" || draft.kind === "task";
  const own = faulty?.fault.field?.split(".")[0] ?? null;
  const told = faulty && { ...faulty, fault: { ...faulty.fault, field: own } };
  return (
    <div class={isWriting ? "desk" : "narrow"}>
      <Form to={to} id="step" class="card">
        <Trouble faulty={told} fields={FIELDS} />
        <input type="hidden" name="kind" value={draft.kind} />
        <Version at={site.sequence.revision} />
        <OwnFields draft={draft} faulty={told} targets={targets} />
        <Length
          {...{ name: "delay", value: draft.delay, faulty: told }}
          label={isWaiting ? "How long" : "Wait before it"}
          {...(isWaiting ? {} : { hint: "From when the step before it was done; 0 is at once." })}
        />
        <Input
          {...{ name: "label", label: "Name", value: draft.label, faulty: told }}
          hint="For yourselves; shown in place of what it says."
        />
        {effect && <Effect of={effect} />}
        <p class="actions">
          <button class="primary" name="go" value="save">
            {save}
          </button>
          <button name="go" value="try">
            What would this do?
          </button>
        </p>
      </Form>
      {isWriting && <Looks to={`${pathOf(site.sequence.id)}/look`} whom="" known={known} />}
    </div>
  );
}

/** Where what is wrong with one is told beside it. */
const FIELDS = [
  ...["label", "delay", "subject", "preheader", "format", "messageTemplate", "time", "timeZone", "asks", "which"],
  ...["tag", "field", "op", "value", "waitUpTo", "tags", "sequenceId", "method", "url", "headers", "type", "note"],
  "autoskip",
];

function Moves({ site: { tree }, step }: { site: Site; step: Step }) {
  const { all, up, down } = placesFor(tree, step);
  if (all.length === 0) return null;
  const to = `${stepPath(step)}/move`;
  return (
    <section class="card" aria-labelledby="moving">
      <h2 id="moving">Move</h2>
      <Form to={to} class="filters">
        <label>
          To
          <select name="under">
            {all.map((under) => (
              <option value={spell("step", under.id)}>{placeAfter(tree, under)}</option>
            ))}
          </select>
        </label>
        <button>Move there</button>
      </Form>
      <div class="actions">
        <Nearby {...{ to, tree }} under={up} words="Move up" />
        <Nearby {...{ to, tree }} under={down} words="Move down" />
      </div>
    </section>
  );
}

interface NearbyProps {
  to: string;
  tree: Tree;
  under: Step | null;
  words: string;
}

function Nearby({ to, tree, under, words }: NearbyProps) {
  if (under === null) return null;
  return (
    <Form to={to} class="inline">
      <input type="hidden" name="under" value={spell("step", under.id)} />
      <button title={placeAfter(tree, under)}>{words}</button>
    </Form>
  );
}

/** A step of a sequence that is only looked at. */
function Seen({ site, step }: { site: Site; step: Step }) {
  return (
    <Within of={site} title={titleOf(step)}>
      <p class="said fixed" role="status">
        {site.fixed}
      </p>
      <section class="card" aria-label="What it does">
        <p>{KINDS[step.kind].does}</p>
        <p>{gistOf(step)}</p>
        {step.subject !== null && <p>Subject: {step.subject}</p>}
        {step.body !== null && <pre>{step.body}</pre>}
      </section>
    </Within>
  );
}
