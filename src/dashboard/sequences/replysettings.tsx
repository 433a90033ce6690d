/** Knows how the settings say what a reply does. */
import type { Sequence } from "../../domain/sequence";
import { Input, type Option, Select } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { inUnits, UNIT_NAMES } from "./settingsform";

/** What each part of the settings is given. */
export interface Part {
  of: Sequence;
  faulty: Faulty | undefined;
}

const ACTIONS: Option[] = [
  ["finish", "Ends the sequence for them"],
  ["pause", "Pauses it, and ends it later"],
  ["continue", "Changes nothing: it goes on"],
];

export function Replying({ of, faulty }: Part) {
  return (
    <section class="card">
      <h2>When somebody replies</h2>
      <div class="reply">
        <Select
          name="primaryReplyAction"
          label="A reply by the contact"
          value={of.primaryReplyAction}
          options={ACTIONS}
          faulty={faulty}
        />
        <Length name="primaryReply" seconds={of.primaryReplyPause} faulty={faulty} />
      </div>
      <div class="reply">
        <Select
          name="secondaryReplyAction"
          label="A reply by somebody else in the thread"
          value={of.secondaryReplyAction}
          options={[["", "Does the same as the contact's own"], ...ACTIONS]}
          faulty={faulty}
        />
        <Length name="secondaryReply" seconds={of.secondaryReplyPause} faulty={faulty} />
      </div>
      <Select
        name="replyScope"
        label="A reply that ends it, ends it for"
        value={of.replyScope}
        options={[
          ["contact", "The one who replied"],
          ["domain", "Everybody at the same company"],
        ]}
        faulty={faulty}
        hint="The company is told by the domain of the email address."
      />
    </section>
  );
}

/** Seen only beside an action that pauses; the stylesheet hides it otherwise. */
function Length({ name, seconds, faulty }: { name: string; seconds: number; faulty: Faulty | undefined }) {
  const { amount, unit } = inUnits(seconds);
  return (
    <div class="length">
      <Input
        name={`${name}Pause`}
        label="Ends after"
        value={amount}
        faulty={faulty}
        more={{ inputmode: "numeric", size: 6 }}
      />
      <Select
        name={`${name}Unit`}
        label="Unit"
        value={unit}
        options={UNIT_NAMES.map((one) => [one, one] as const)}
        faulty={faulty}
      />
    </div>
  );
}
