/** Mail servers on this machine, in Node: some that behave and some that do not, and what they have received, parsed. */
import { readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { TestProject } from "vitest/node";

/** A mail as a server has received it and an independent parser reads it. */
export interface Received {
  server: string;
  from: string;
  to: string;
  secure: boolean;
  user: string | null;
  size: number;
  raw: string;
  messageId: string | undefined;
  inReplyTo: string | undefined;
  references: string[];
  subject: string | undefined;
  date: string | undefined;
  fromText: string | undefined;
  toText: string | undefined;
  replyTo: string | undefined;
  text: string | undefined;
  html: string | null;
  /** As they stand in it, unfolded. */
  headers: Record<string, string>;
}

export interface MailPorts {
  /** Speaks in the clear, takes everybody's, and misbehaves by recipient. */
  plain: number;
  /** Encrypts when asked to, and wants a password. */
  starttls: number;
  /** Encrypted from the first byte. */
  tls: number;
  /** As the two before, with a certificate that nobody trusts. */
  stranger: number;
  strangerTls: number;
  /** As those, with a certificate that is trusted, and tells another name. */
  elsewhere: number;
  elsewhereTls: number;
  /** Breaks off, or says what no server says, by recipient. */
  rude: number;
  /** Is no mail server. */
  web: number;
  /** Says nothing at all. */
  silent: number;
  /** Agrees to encrypt, and leaves. */
  leaving: number;
  /** Leads to the one that encrypts when asked to, and breaks every other connection where the encryption begins. */
  wavering: number;
  /** Nobody listens. */
  closed: number;
}

declare module "vitest" {
  export interface ProvidedContext {
    mail: MailPorts;
    /** Where what was received is asked for: `/received?to=`, `/open`. */
    mailbox: string;
  }
}

export const USER = "dripline@mail.test";
export const PASSWORD = "pä ss:w@rd";

const received: Received[] = [];
const listening: Server[] = [];
const sockets = new Set<Socket>();

/** `name+tag@…`: how it behaves; the rest tells tests apart. */
function conductOf(address: string): string {
  return address.split("@")[0]?.split("+")[0] ?? "";
}

function fault(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Greylisted addresses that have come once. */
const known = new Set<string>();

function faultAtRecipient(address: string): Error | null {
  switch (conductOf(address)) {
    case "unknown":
      return fault(550, "5.1.1 No such user here");
    case "full":
      return fault(552, "5.2.2 Mailbox full");
    case "crowded":
      return fault(452, "4.2.2 Mailbox full for now");
    case "relay":
      return fault(554, "5.7.1 Relay access denied");
    case "closing":
      return fault(421, "4.3.2 Closing down");
    case "greylisted": {
      if (known.has(address)) return null;
      known.add(address);
      return fault(451, "4.7.1 Greylisted, come back later");
    }
    default:
      return null;
  }
}

function faultAfterData(address: string): Error | null {
  switch (conductOf(address)) {
    case "spam":
      return fault(554, "5.7.1 Looks like spam");
    case "overfull":
      return fault(552, "5.3.4 Message too big for the mailbox");
    case "later":
      return fault(451, "4.3.0 Try again");
    default:
      return null;
  }
}

const SLOW = 5000;
/** Milliseconds after which even who says nothing hangs up: the runtime cannot leave where an encryption has begun. */
const PATIENCE = 2500;

function behaving(server: string, options: SMTPServerOptions): SMTPServer {
  return new SMTPServer({
    disableReverseLookup: true,
    logger: false,
    authOptional: true,
    ...options,
    onMailFrom({ address }, _session, callback) {
      callback(address.startsWith("nobody@") ? fault(553, "5.7.1 Not your address") : null);
    },
    onRcptTo({ address }, _session, callback) {
      callback(faultAtRecipient(address));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        const to = session.envelope.rcptTo[0]?.address ?? "";
        const refused = faultAfterData(to);
        if (refused) return callback(refused);
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
        await keep(Buffer.concat(chunks), { server, from, to, secure: session.secure, user: session.user ?? null });
        setTimeout(() => callback(null, "2.0.0 Ok: queued as Q4711"), conductOf(to) === "slow" ? SLOW : 0);
      });
    },
    onAuth({ username, password }, _session, callback) {
      if (username === "busy") return callback(fault(454, "4.7.0 Temporary authentication failure"));
      if (username === USER && password === PASSWORD) return callback(null, { user: username });
      callback(fault(535, "5.7.8 Authentication failed"));
    },
  });
}

async function keep(bytes: Buffer, told: Pick<Received, "server" | "from" | "to" | "secure" | "user">): Promise<void> {
  const mail = await simpleParser(bytes);
  const headers = mail.headerLines.map(({ key, line }) => [
    key,
    line.replace(/^[^:]*:\s*/, "").replace(/\r?\n(?=\s)/g, ""),
  ]);
  const many = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());
  received.push({
    ...told,
    size: bytes.length,
    raw: bytes.toString("latin1"),
    messageId: mail.messageId,
    inReplyTo: mail.inReplyTo,
    references: many(mail.references),
    subject: mail.subject,
    date: mail.date?.toISOString(),
    fromText: mail.from?.text,
    toText: [mail.to ?? []]
      .flat()
      .map(({ text }) => text)
      .join("; "),
    replyTo: mail.replyTo?.text,
    text: mail.text,
    html: mail.html || null,
    headers: Object.fromEntries(headers),
  });
}

/** Speaks just enough to be believed, and then does as the recipient's name says. */
function speakRudely(socket: Socket): void {
  let to = "";
  let body: string | null = null;
  let buffered = "";
  socket.on("error", () => undefined).write("220 rude ESMTP\r\n");
  socket.on("data", (chunk) => {
    buffered += chunk.toString("latin1");
    if (body !== null) {
      body += buffered;
      buffered = "";
      if (conductOf(to) === "cutwithin") return void socket.destroy();
      if (body.endsWith("\r\n.\r\n")) finish();
      return;
    }
    for (let end = buffered.indexOf("\r\n"); end >= 0 && body === null; end = buffered.indexOf("\r\n")) {
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      answer(line);
    }
  });
  const answer = (line: string) => {
    if (/^EHLO/i.test(line)) return socket.write("250-rude\r\n250 SIZE 10000000\r\n");
    if (/^RCPT/i.test(line)) to = /<([^>]*)>/.exec(line)?.[1] ?? "";
    if (/^QUIT/i.test(line) && conductOf(to) === "curt") return socket.resetAndDestroy();
    if (/^QUIT/i.test(line) && conductOf(to) === "sulky") return socket.write("go away\r\n");
    if (/^QUIT/i.test(line)) return socket.end("221 Bye\r\n");
    if (!/^DATA/i.test(line)) return socket.write("250 Ok\r\n");
    if (conductOf(to) === "cutbefore") return socket.destroy();
    body = "";
    return socket.write("354 Go ahead\r\n");
  };
  const finish = async () => {
    const raw = Buffer.from((body ?? "").slice(0, -3), "latin1");
    await keep(raw, { server: "rude", from: "", to, secure: false, user: null });
    body = null;
    switch (conductOf(to)) {
      case "cutafter":
        return socket.destroy();
      case "babble":
        return socket.write("hello to you too\r\n");
      case "shutdown":
        return socket.write("421 Shutting down\r\n");
      default:
        return socket.write("250 Ok, queued as R1\r\n");
    }
  };
}

function leave(socket: Socket): void {
  socket.on("error", () => undefined).write("220 leaving ESMTP\r\n");
  socket.on("data", (chunk) => {
    if (/^EHLO/i.test(chunk.toString())) return socket.write("250-leaving\r\n250 STARTTLS\r\n");
    return socket.write("220 Go ahead\r\n", () => socket.destroy());
  });
}

const HANDSHAKE = 0x16;
let connections = 0;

function waver(socket: Socket, port: number): void {
  connections += 1;
  const breaks = connections % 2 === 1;
  const onward = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.on("error", () => undefined).once("close", () => onward.destroy());
  onward.once("close", () => socket.destroy()).pipe(socket);
  socket.on("data", (chunk) => (breaks && chunk[0] === HANDSHAKE ? socket.destroy() : onward.write(chunk)));
}

function portOf(server: SMTPServer): number {
  return (server.server.address() as AddressInfo).port;
}

async function listen(server: Server | SMTPServer): Promise<number> {
  const inner = server instanceof SMTPServer ? (server.server as Server) : server;
  inner.on("connection", (socket: Socket) => sockets.add(socket));
  listening.push(inner);
  if (server instanceof SMTPServer) server.on("error", () => undefined);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", () => ready()));
  return (inner.address() as AddressInfo).port;
}

/** Longer than any pause between two questions, so that none meets a connection that is just being closed. */
const KEEP_ALIVE = 120_000;

/** By the servers' own count: who upgrades a socket may take off what listens to it. */
async function openConnections(): Promise<number> {
  const counts = listening.map(
    (server) => new Promise<number>((counted) => server.getConnections((_, count) => counted(count ?? 0))),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Runs while the tests do, on free ports of this machine. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = "test/support/certificates";
  const key = readFileSync(`${folder}/server.key`);
  const trusted = { key, cert: readFileSync(`${folder}/server.crt`) };
  const elsewhere = { key, cert: readFileSync(`${folder}/elsewhere.crt`) };
  const closing = createServer();
  const servers = {
    plain: behaving("plain", { disabledCommands: ["STARTTLS"], allowInsecureAuth: true }),
    starttls: behaving("starttls", { ...trusted, authOptional: false }),
    tls: behaving("tls", { ...trusted, secure: true, authOptional: false }),
    stranger: behaving("stranger", {}),
    strangerTls: behaving("strangerTls", { secure: true }),
    elsewhere: behaving("elsewhere", elsewhere),
    elsewhereTls: behaving("elsewhereTls", { ...elsewhere, secure: true }),
    rude: createServer(speakRudely),
    web: createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    silent: createServer((socket) => socket.on("error", () => undefined).setTimeout(PATIENCE, () => socket.destroy())),
    leaving: createServer(leave),
    wavering: createServer((socket) => waver(socket, portOf(servers.starttls))),
    closed: closing,
  };
  const ports = Object.entries(servers).map(async ([name, server]) => [name, await listen(server)] as const);
  provide("mail", Object.fromEntries(await Promise.all(ports)) as unknown as MailPorts);
  closing.close();
  const control = createHttp({ keepAliveTimeout: KEEP_ALIVE }, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const to = searchParams.get("to");
    const answer =
      pathname === "/open" ? await openConnections() : received.filter((mail) => to === null || mail.to === to);
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((ready) => control.listen(0, "127.0.0.1", ready));
  provide("mailbox", `http://127.0.0.1:${(control.address() as AddressInfo).port}`);
  return () => {
    for (const server of Object.values(servers)) if (server !== closing) server.close(() => undefined);
    for (const socket of sockets) socket.destroy();
    control.close();
    control.closeAllConnections();
  };
}
