/** Knows how keys look: a user's, and one that was just made. */
import { spell } from "../../dialects/v1/ids";
import { LONGEST_OVERLAP, nameOf, OVERLAP } from "../../domain/user";
import type { KeyHolder } from "../../engine/keys";
import type { KeyRow } from "../../engine/userkeys";
import type { User } from "../../engine/users";
import { Select, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Badge, Form, Head, Table, When } from "../kit/parts";
import { useAround } from "../kit/shell";
import { lengthOf } from "../kit/when";
import { Deeds, Once } from "./parts";
import { toKeys, underKeys } from "./paths";

interface ListProps {
  of: KeyRow[];
  user: User;
  users: User[];
  caller: KeyHolder;
  mayWrite: boolean;
}

export function KeyList({ of, user, users, caller, mayWrite }: ListProps) {
  const own = user.id === caller.userId;
  const heads = ["Name", "Key", "May", "Last used", "Ends", ...(mayWrite ? [<Deeds />] : [])];
  return (
    <>
      <Head title={own ? "Your keys" : `Keys of ${nameOf(user)}`}>
        {mayWrite && (
          <a class="button primary" href={toKeys("/new", user.id, caller)}>
            Make a key
          </a>
        )}
      </Head>
      {users.length > 1 && <Whose of={users} user={user} />}
      <Table label="Keys" heads={heads}>
        {of.map((row) => (
          <Row of={row} caller={caller} mayWrite={mayWrite} />
        ))}
      </Table>
    </>
  );
}

function Whose({ of, user }: { of: User[]; user: User }) {
  return (
    <form class="filters" action="/keys" data-autosubmit>
      <label>
        Whose
        <select name="user">
          {of.map((one) => (
            <option value={spell("user", one.id)} selected={one.id === user.id}>
              {nameOf(one) || spell("user", one.id)}
            </option>
          ))}
        </select>
      </label>
      <button>Show</button>
    </form>
  );
}

function Row({ of: row, caller, mayWrite }: { of: KeyRow; caller: KeyHolder; mayWrite: boolean }) {
  const { now } = useAround();
  const hasEnded = row.expiresAt !== null && row.expiresAt <= now.wall;
  return (
    <tr>
      <td>
        {row.name ?? <span class="none">Unnamed</span>} {row.id === caller.keyId && <Badge of="this session" />}
        {row.successorId !== null && <Badge of="replaced" />} {hasEnded && <Badge of="expired" />}
      </td>
      <td>
        <code>{row.prefix}…</code>
      </td>
      <td>{row.scopes.includes("*") ? "Everything" : row.scopes.join(", ")}</td>
      <td>{row.lastUsedAt === null ? "Never" : <When at={row.lastUsedAt} relative clock="wall" />}</td>
      <td>{row.expiresAt === null ? "Never" : <When at={row.expiresAt} clock="wall" />}</td>
      {mayWrite && (
        <td>
          <div class="actions">
            {row.successorId === null && !hasEnded && (
              <a href={toKeys(`/${spell("key", row.id)}/rotate`, row.userId, caller)}>
                Replace<span class="unseen"> {row.name ?? row.prefix}</span>
              </a>
            )}
            <a href={toKeys(`/${spell("key", row.id)}/revoke`, row.userId, caller)}>
              Revoke<span class="unseen"> {row.name ?? row.prefix}</span>
            </a>
          </div>
        </td>
      )}
    </tr>
  );
}

/** What somebody sees whose key may not look at keys: the one that he has signed in with. */
export function OwnKey({ caller }: { caller: KeyHolder }) {
  return (
    <>
      <Head title="Your key" />
      <div class="card narrow">
        <p>
          You are signed in with a key that may not look at keys: it lacks <code>users_read</code>. It may:
        </p>
        <ul>
          {caller.scopes.map((scope) => (
            <li>
              <code>{scope}</code>
            </li>
          ))}
        </ul>
        <p>
          It ends: {caller.expiresAt === null ? "only when it is revoked" : <When at={caller.expiresAt} clock="wall" />}
          .
        </p>
      </div>
    </>
  );
}

interface MadeProps {
  title: string;
  secret: string;
  userId: number;
  caller: KeyHolder;
  /** The key that it replaces. */
  before: KeyRow | null;
}

export function MadeKey({ title, secret, userId, caller, before }: MadeProps) {
  return (
    <>
      <Head title={title} crumbs={underKeys(userId, caller)} />
      <Once label="The key" secret={secret}>
        {before && (
          <p>
            The old one, <code>{before.prefix}…</code>, opens until <When at={before.expiresAt} clock="wall" />.
            {before.id === caller.keyId &&
              " You are signed in with it: to stay signed in beyond that, sign in with the new one."}
          </p>
        )}
        <a class="button primary" href={toKeys("", userId, caller)}>
          I have copied it
        </a>
      </Once>
    </>
  );
}

const OVERLAPS = [0, 3600, OVERLAP, LONGEST_OVERLAP].map(
  (seconds) => [String(seconds), seconds === 0 ? "It ends at once: it has leaked" : lengthOf(seconds * 1000)] as const,
);

export function RotateKeyPage({
  row,
  caller,
  faulty,
}: {
  row: KeyRow;
  caller: KeyHolder;
  faulty?: Faulty | undefined;
}) {
  const back = underKeys(row.userId, caller);
  return (
    <>
      <Head title="Replace a key" crumbs={back} />
      <Trouble faulty={faulty} fields={["overlapSeconds"]} />
      <Form to={toKeys(`/${spell("key", row.id)}/rotate`, row.userId, caller)} class="card narrow">
        <p>
          A new key takes the place of <strong>{row.name ?? row.prefix}</strong>, with the same name, the same end, and
          all that it may do. The next page shows it, this once.
        </p>
        <Select
          name="overlapSeconds"
          label="How long the old one goes on"
          value={String(OVERLAP)}
          options={OVERLAPS}
          hint="So that whoever uses it has time to change to the new one."
          faulty={faulty}
        />
        <div class="actions">
          <button class="primary">Replace it</button>
          <a class="button" href={toKeys("", row.userId, caller)}>
            Cancel
          </a>
        </div>
      </Form>
    </>
  );
}
