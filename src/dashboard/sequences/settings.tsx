/** Knows how the settings of a sequence are shown and changed. */
import { spell } from "../../dialects/v1/ids";
import type { Segment } from "../../domain/segment";
import { askedReenroll, type Sequence } from "../../domain/sequence";
import { Input, type Option, Select, TextArea, Tick, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Badge, Form, Head, Version } from "../kit/parts";
import { SequenceTabs } from "../kit/tabs";
import { type Part, Replying } from "./replysettings";
import { FIELD_NAMES } from "./settingsform";

export interface SettingsProps {
  of: Sequence;
  segments: readonly Segment[];
  /** Whether whoever looks may change it. */
  isOwn: boolean;
  mayWrite: boolean;
  faulty?: Faulty | undefined;
}

export function Settings({ of, segments, isOwn, mayWrite, faulty }: SettingsProps) {
  const path = `/sequences/${spell("sequence", of.id)}`;
  const part = { of, faulty: faulty?.fields.copyName === undefined ? faulty : undefined };
  return (
    <>
      <Head
        title={
          <>
            {of.name} <Badge of={of.status} />
          </>
        }
        crumbs={[["Sequences", "/"]]}
      />
      <SequenceTabs of={of.id} at="settings" />
      {!isOwn && <p class="advice">Only its owner may change this sequence. You may copy it.</p>}
      <Trouble faulty={faulty} fields={[...FIELD_NAMES, "copyName"]} />
      <Form to={`${path}/settings`}>
        <Version at={of.revision} />
        <fieldset class="bare" disabled={!(isOwn && mayWrite)}>
          <div class="columns">
            <Naming {...part} />
            <Replying {...part} />
            <Enrolling {...part} segments={segments} />
            <Throttling {...part} />
            <Sending {...part} />
            <Sharing {...part} />
          </div>
          {isOwn && mayWrite && <button class="primary">Save these settings</button>}
        </fieldset>
      </Form>
      {mayWrite && of.status !== "ARCHIVED" && (
        <section class="card narrow below">
          <h2>Copy this sequence</h2>
          <Form to={`${path}/duplicate`}>
            <Input
              name="copyName"
              label="Name of the copy"
              value={[...`Copy of ${of.name}`].slice(0, 255).join("")}
              required
              faulty={faulty?.fields.copyName === undefined ? undefined : faulty}
              hint="A draft with the same steps and settings. Nobody is enrolled in it, neither now nor by a tag or segment."
              more={{ maxlength: 255 }}
            />
            <button>Make a copy</button>
          </Form>
        </section>
      )}
    </>
  );
}

function Naming({ of, faulty }: Part) {
  return (
    <section class="card">
      <h2>Name</h2>
      <Input name="name" label="Name" value={of.name} required faulty={faulty} more={{ maxlength: 255 }} />
      <TextArea
        name="description"
        label="What is it for?"
        value={of.description}
        faulty={faulty}
        more={{ rows: 3, maxlength: 1024 }}
      />
    </section>
  );
}

function Enrolling({ of, faulty, segments }: Part & { segments: readonly Segment[] }) {
  const asked = askedReenroll(of);
  const unsaid: Option[] = [["", "Yes by hand, no by a tag or segment"]];
  return (
    <section class="card">
      <h2>Who comes in</h2>
      <Select
        name="reenroll"
        label="Whoever was here before may come in again"
        value={asked}
        options={[...(asked === null ? unsaid : []), ["after_exit", "Yes, once they are out"], ["never", "Never"]]}
        faulty={faulty}
      />
      <Input
        name="initTag"
        label="Enroll whoever is given this tag"
        value={of.initTag}
        faulty={faulty}
        hint="Taking the tag away takes them out. Empty: no tag enrolls."
      />
      <Select
        name="initSegmentId"
        label="Enroll whoever comes into this segment"
        value={of.initSegmentId === null ? "" : spell("segment", of.initSegmentId)}
        options={[["", "No segment"], ...optionsOf(segments, of.initSegmentId)]}
        faulty={faulty}
      />
    </section>
  );
}

/** One that is chosen and not among those that are listed is there nevertheless. */
function optionsOf(segments: readonly Segment[], chosen: number | null): Option[] {
  const listed = segments.map(({ id, name }): Option => [spell("segment", id), name]);
  if (chosen === null || segments.some(({ id }) => id === chosen)) return listed;
  return [[spell("segment", chosen), `Segment ${chosen}`], ...listed];
}

function Throttling({ of, faulty }: Part) {
  return (
    <section class="card">
      <h2>How many at a time</h2>
      <Input
        name="throttleCapacity"
        label="Under way at once, for each user"
        value={of.throttleCapacity}
        faulty={faulty}
        hint="Others wait until a place is free. Empty: as many as come."
        more={{ inputmode: "numeric" }}
      />
      <Input
        name="throttleMaxAdds"
        label="Let in on a day, for each user"
        value={of.throttleMaxAdds}
        faulty={faulty}
        hint="Days are those of UTC. Empty: as many as come."
        more={{ inputmode: "numeric" }}
      />
      <Tick name="throttlePaused" label="Let nobody in for now" value={of.throttlePausedAt !== null} faulty={faulty} />
    </section>
  );
}

function Sending({ of, faulty }: Part) {
  return (
    <section class="card">
      <h2>Messages</h2>
      <Tick name="trackOpens" label="Notice when a mail is opened" value={of.trackOpens} faulty={faulty} />
      <Tick name="trackClicks" label="Notice when a link is clicked" value={of.trackClicks} faulty={faulty} />
      <Tick
        name="transactional"
        label="Transactional: also goes to those who opted out"
        value={of.transactional}
        faulty={faulty}
      />
      <p class="hint">Only for what somebody asked for, such as a receipt.</p>
    </section>
  );
}

function Sharing({ of, faulty }: Part) {
  return (
    <section class="card">
      <h2>Who may change it</h2>
      <Select
        name="shareType"
        label="Others of the workspace"
        value={of.shareType}
        options={[
          ["shared", "See it and change it"],
          ["read_only", "See it and enroll, but do not change it"],
          ["private", "Do not see it"],
        ]}
        faulty={faulty}
      />
      <Tick
        name="locked"
        label="Locked: no new enrollments, and no changes of its steps"
        value={of.locked}
        faulty={faulty}
      />
    </section>
  );
}
