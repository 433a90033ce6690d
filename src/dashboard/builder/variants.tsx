/** Knows the texts among which those who come to a message are split. */
import { spell } from "../../dialects/v1/ids";
import type { StepOf } from "../../domain/step";
import { firstEnabled, MOST_WEIGHT, USUAL_WEIGHT, type Variant } from "../../domain/variant";
import { Input, Tick, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Badge, Do, Form, percent, Table } from "../kit/parts";
import { Looks, Message } from "./message";
import { pathOf, type Site, stepPath, Within } from "./site";
import { shortened, titleOf } from "./words";

type MessageStep = StepOf<"message">;

export function Variants({ of: step }: { of: MessageStep }) {
  const { variants } = step;
  const enabled = variants.filter(({ enabledAt }) => enabledAt !== null);
  const total = enabled.reduce((sum, { weight }) => sum + weight, 0);
  const first = firstEnabled(variants);
  return (
    <section aria-labelledby="texts">
      <div class="head">
        <h2 id="texts">Texts</h2>
        <a class="button" href={`${stepPath(step)}/variants/new`}>
          Add another text
        </a>
      </div>
      <p class="hint">Each contact gets one of these, always the same. How often each is sent goes by its weight.</p>
      <Table label="Texts" heads={["Text", "Says", "Share", "Weight", ""]}>
        {variants.map((variant, i) => (
          <Row
            {...{ step, variant, name: nameOf(i), isFirst: variant.id === first?.id }}
            share={variant.enabledAt === null ? null : variant.weight / total}
            isLast={enabled.length === 1 && variant.enabledAt !== null}
          />
        ))}
      </Table>
    </section>
  );
}

interface RowProps {
  step: MessageStep;
  variant: Variant;
  name: string;
  /** Whether it is the one that stands in the step's own form. */
  isFirst: boolean;
  /** Whether nobody could be written to without it. */
  isLast: boolean;
  share: number | null;
}

function Row({ step, variant, name, isFirst, isLast, share }: RowProps) {
  const path = variantPath(step, variant.id);
  const enabled = variant.enabledAt !== null;
  return (
    <tr>
      <td>
        {name} {enabled ? null : <Badge of="off" />}
      </td>
      <td>
        <a href={isFirst ? stepPath(step) : path}>{shortened(variant.subject || variant.body, 60)}</a>
      </td>
      <td class="number">{percent(share)}</td>
      <td>
        <Form to={`${path}/weight`} class="inline weight">
          <input
            name="weight"
            type="number"
            min="1"
            max={MOST_WEIGHT}
            value={variant.weight}
            aria-label={`Weight of text ${name}`}
          />
          <button>Set</button>
        </Form>
      </td>
      <td>
        {!isLast && (
          <span class="actions">
            <Do to={`${path}/switch`} on={enabled ? "" : "on"}>
              {enabled ? `Switch ${name} off` : `Switch ${name} on`}
            </Do>
            <Do to={`${path}/delete`} kind="danger">
              Delete {name}
            </Do>
          </span>
        )}
      </td>
    </tr>
  );
}

/** A, B … Z, and then by number. */
export function nameOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

export function variantPath(step: MessageStep, id: number): string {
  return `${stepPath(step)}/variants/${spell("variant", id)}`;
}

interface EditorProps {
  site: Site;
  step: MessageStep;
  /** Null: one that is yet to be made. */
  variant: Variant | null;
  faulty?: Faulty | undefined;
  known: readonly string[];
}

export function VariantEditor({ site, step, variant, faulty, known }: EditorProps) {
  const at = step.variants.findIndex(({ id }) => id === variant?.id);
  const text = variant ? { ...variant, subject: variant.isReply ? null : variant.subject } : BLANK;
  const title = variant ? `Text ${nameOf(at)} of ${titleOf(step)}` : `Another text for ${titleOf(step)}`;
  return (
    <Within of={site} title={title}>
      <div class="desk">
        <Form to={variant ? variantPath(step, variant.id) : `${stepPath(step)}/variants/new`} id="step" class="card">
          <Trouble faulty={faulty} fields={["subject", "messageTemplate", "format", "weight"]} />
          <Message text={text} faulty={faulty} />
          {variant === null && (
            <>
              <Input
                {...{ name: "weight", label: "Weight", type: "number", value: USUAL_WEIGHT, faulty }}
                hint={`How often it is sent beside the others, 1 to ${MOST_WEIGHT}.`}
                more={{ min: 1, max: MOST_WEIGHT, class: "short" }}
              />
              <Tick name="enabled" label="Send it from now on" value faulty={faulty} />
            </>
          )}
          <p class="actions">
            <button class="primary">{variant ? "Save" : "Add the text"}</button>
          </p>
        </Form>
        <Looks to={`${pathOf(site.sequence.id)}/look`} whom="" known={known} />
      </div>
    </Within>
  );
}

const BLANK = { subject: null, body: "", format: "text" } as const;
