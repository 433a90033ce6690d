/** Knows how a mail leaves by SMTP (RFC 5321): one connection a mail, encrypted as the transport says, closed whatever comes. */
import { once } from "node:events";
import { connect, Socket } from "node:net";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { forbiddenHost, spellHost } from "../../domain/guard";
import type { Outcome } from "../../domain/message";
import type { Transport } from "../../domain/transport";
import type { Surroundings } from "../channel";
import { within } from "../deadline";
import { strayed } from "../whereabouts";
import type { Letter } from "./letter";
import { mimeOf } from "./mime";
import { isCut, outcomeOfFault } from "./smtpfault";

/**
 * The library limits how long a socket may be silent. The platform's timer for that outlives the socket, and would keep the
 * object awake for ten minutes after each mail; every attempt has a time limit of its own.
 */
Socket.prototype.setTimeout = function (this: Socket) {
  return this;
};

interface Submission {
  letter: Letter;
  transport: Extract<Transport, { kind: "smtp" }>;
  password: string | null;
}

/** What is open while a mail is under way. */
interface Session extends Submission {
  connection: SMTPConnection;
  socket: Socket;
  bytes: Uint8Array;
  /** How far it has come. Once it is `told`, the server may have taken the mail, whatever it answers or does not. */
  stage: "connecting" | "greeting" | "telling" | "told";
  /** Set once the server has taken it, whatever becomes of the goodbye. */
  taken: Outcome | null;
}

export async function sendBySmtp(submission: Submission, surroundings: Surroundings): Promise<Outcome> {
  const { letter, transport, password } = submission;
  const { host } = transport;
  const refusal = forbiddenHost(host, surroundings.production);
  if (refusal !== null) return { kind: "broken", reason: `the mail server's host ${refusal}` };
  const stray = await strayed(spellHost(host) ?? host, surroundings);
  if (stray !== null) return { ...stray, reason: `the mail server's host ${stray.reason}` };
  if (transport.username !== null && password === null) {
    return { kind: "broken", reason: "there is no password for the mail server" };
  }
  const bytes = await mimeOf(letter);
  const until = Date.now() + surroundings.deliveryTimeout;
  for (let tries = 0; tries < ENCRYPTIONS; tries++) {
    const outcome = await attempt({ submission, bytes, until }, surroundings);
    if (outcome !== null) return outcome;
  }
  return {
    kind: "broken",
    reason: `no encryption with the mail server: its certificate must hold for ${transport.host}`,
  };
}

/**
 * Where a certificate does not hold, the platform cuts the line before a word is said, and does not say why. What is cut
 * by chance is not cut at the same place again.
 */
const ENCRYPTIONS = 2;

interface Attempt {
  submission: Submission;
  bytes: Uint8Array;
  until: number;
}

/** Null where it could not be encrypted; nothing was told then. */
async function attempt({ submission, bytes, until }: Attempt, surroundings: Surroundings): Promise<Outcome | null> {
  const session: Session = { ...submission, ...open(submission), bytes, stage: "connecting", taken: null };
  const { connection, socket } = session;
  try {
    return await within(until - Date.now(), Promise.race([speak(session, surroundings), broken(session)]));
  } catch (fault) {
    const { stage, taken } = session;
    if (taken !== null) return taken;
    const encrypting = stage === "greeting" && connection.secure;
    return encrypting && isCut(fault) ? null : outcomeOfFault(fault, stage === "told");
  } finally {
    connection.close();
    // The library closes the encrypted socket alone, and would leave the one below it open.
    socket.destroy();
  }
}

/** The platform finds the host of a name; the library's own way of asking for it does not work there. */
function open({ letter, transport }: Submission): Pick<Session, "connection" | "socket"> {
  const { port, security } = transport;
  const host = (spellHost(transport.host) ?? "").replace(/^\[|\]$/g, "");
  const secure = security === "tls";
  const socket = connect({ host, port });
  if (secure) socket.pause(); // whoever has begun to read it cannot encrypt it any more
  const connection = new SMTPConnection({
    connection: socket,
    host,
    port,
    secure,
    requireTLS: security === "starttls",
    name: letter.from.address.slice(letter.from.address.lastIndexOf("@") + 1),
    socketCloseTimeout: 0,
  });
  return { connection, socket };
}

/** Rejects with what goes wrong outside of any answer. Without somebody listening it would be thrown at nobody. */
function broken({ connection, socket }: Session): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    connection.on("error", reject);
    socket.on("error", reject);
  });
  failed.catch(() => undefined);
  return failed;
}

async function speak(session: Session, { production }: Surroundings): Promise<Outcome> {
  const { connection, socket, letter, bytes, password } = session;
  const { username } = session.transport;
  await once(socket, "connect");
  session.stage = "greeting";
  await answered((done) => connection.connect(done));
  session.stage = "telling";
  if (username !== null && password !== null) {
    if (production && !connection.secure) return UNENCRYPTED;
    await answered((done) => connection.login({ user: username, pass: password }, done));
  }
  const envelope = { from: letter.from.address, to: [letter.to.address], size: bytes.byteLength };
  const taken = await answered<Taken>((done) => connection.send(envelope, told(session), done));
  session.taken = { kind: "delivered", providerId: queueIdOf(taken) ?? letter.messageId };
  await farewell(connection);
  return session.taken;
}

const UNENCRYPTED: Outcome = {
  kind: "broken",
  reason: "the mail server offers no encryption, and no password is told in the clear",
};

/** Reads the mail piece by piece, so that it is known when the last of it has gone. */
function told(session: Session): Readable {
  const source = Readable.from(pieces(session.bytes));
  return source.once("end", () => {
    session.stage = "told";
  });
}

const PIECE = 16_384;

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

type Done<T> = (error?: Error | null, result?: T) => void;

function answered<T>(ask: (done: Done<T>) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    ask((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** Milliseconds that the server is given to say goodbye; the mail is its already. */
const FAREWELL = 500;

async function farewell(connection: SMTPConnection): Promise<void> {
  const ended = once(connection, "end");
  connection.quit();
  await within(FAREWELL, ended).catch(() => undefined);
}

interface Taken {
  response: string;
  serverMessageId?: string | undefined;
}

/** What the server calls it: some tell it in a way of their own, the others after «queued as». */
function queueIdOf(taken: Taken | undefined): string | null {
  return taken?.serverMessageId ?? /\bqueued as <?([\w.@-]{1,100})/i.exec(taken?.response ?? "")?.[1] ?? null;
}
