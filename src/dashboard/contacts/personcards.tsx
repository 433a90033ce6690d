/** Knows what is known of a contact himself: his addresses and fields, his tags, and whether he may be written to. */
import type { PropsWithChildren } from "hono/jsx";
import type { Contact } from "../../domain/contact";
import type { Block } from "../../domain/suppression";
import { Badge, Do, Form, pathWith, When } from "../kit/parts";
import { shownValue } from "./fields";
import { AddressLine, pathOf, platformCalled, TagChoices } from "./who";

function Fact({ name, children }: PropsWithChildren<{ name: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function WhoCard({ of }: { of: Contact }) {
  const names = [
    ["First name", of.firstName],
    ["Last name", of.lastName],
    ["Time zone", of.timezone],
    ["Came from", of.source],
  ] as const;
  return (
    <section class="card">
      <h2>Who it is</h2>
      <dl class="facts">
        <Fact name="Addresses">
          <span class="addresses">
            {of.addresses.map((one) => (
              <AddressLine of={one} />
            ))}
          </span>
        </Fact>
        {names.map(([name, value]) => value && <Fact name={name}>{value}</Fact>)}
        {of.avatarUrl && <Fact name="Picture">{of.avatarUrl}</Fact>}
        {Object.entries(of.customFields).map(([name, value]) => (
          <Fact name={name}>{shownValue(value)}</Fact>
        ))}
        <Fact name="Contact since">
          <When at={of.createdAt} />
        </Fact>
        <Fact name="Last heard of">
          <When at={of.lastSeenAt} relative />
        </Fact>
      </dl>
    </section>
  );
}

const BLOCKED: Record<Block, string> = {
  bounced: "did not take a message, so nothing more is sent there.",
  complained: "said that a message was spam, so nothing more is sent there.",
};

/** What keeps messages from him, and how that is lifted. */
export function PlaceCard({ of, mayWrite }: { of: Contact; mayWrite: boolean }) {
  const to = (deed: string) => pathOf(of.id, `/${deed}`);
  const isOpen = of.optedOutAt === null && !of.inactive;
  return (
    <section class="card">
      <h2>May be written to</h2>
      {isOpen && <p>Yes: sequences may enroll and write to this person.</p>}
      {of.optedOutAt !== null && (
        <p>
          <Badge of="opted out" /> Since <When at={of.optedOutAt} />. Only transactional sequences write still.
        </p>
      )}
      {of.inactive && (
        <p>
          <Badge of="inactive" /> No sequence enrolls or writes to this person.
        </p>
      )}
      {of.addresses.map(
        ({ platform, address, blocked }) =>
          blocked && (
            <p>
              <Badge of={blocked} /> {address} on {platformCalled(platform)} {BLOCKED[blocked]}{" "}
              {mayWrite && (
                <Do to={to("lift")} kind="plain" platform={platform} address={address}>
                  Write there again
                </Do>
              )}
            </p>
          ),
      )}
      {mayWrite && (
        <p class="actions">
          <a class="button" href={to(of.optedOutAt === null ? "opt-out" : "opt-in")}>
            {of.optedOutAt === null ? "Opt out" : "Lift the opt-out"}
          </a>
          {of.inactive ? (
            <Do to={to("activate")}>Make active</Do>
          ) : (
            <a class="button" href={to("deactivate")}>
              Make inactive
            </a>
          )}
        </p>
      )}
    </section>
  );
}

interface TagProps {
  of: Contact;
  /** Tags that others have. */
  choices: readonly string[];
  mayWrite: boolean;
}

export function TagCard({ of: { id, tags }, choices, mayWrite }: TagProps) {
  return (
    <section class="card">
      <h2>Tags</h2>
      {tags.length === 0 && <p class="none">No tags.</p>}
      <ul class="tags">
        {tags.map((tag) => (
          <li class="tag">
            <a href={pathWith("/contacts", { tags: tag })}>{tag}</a>
            {mayWrite && (
              <Form to={pathOf(id, "/untag")} class="inline">
                <input type="hidden" name="tag" value={tag} />
                <button class="plain" aria-label={`Remove the tag ${tag}`} title="Remove">
                  ×
                </button>
              </Form>
            )}
          </li>
        ))}
      </ul>
      {mayWrite && (
        <Form to={pathOf(id, "/tag")} class="filters">
          <label>
            Add tags
            <input name="tags" required list="tags-in-use" placeholder="vip, berlin" autocomplete="off" />
          </label>
          <TagChoices of={choices.filter((tag) => !tags.includes(tag))} />
          <button>Add</button>
        </Form>
      )}
    </section>
  );
}
