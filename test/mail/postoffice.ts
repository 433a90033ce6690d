/** Knows a real SMTP server on this machine: what it accepted, and whom it treats badly. */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export interface Delivered {
  to: string;
  raw: string;
  mail: ParsedMail;
}

export interface PostOffice {
  url: string;
  delivered: Delivered[];
  /** The mails that reached somebody, the first one first. */
  to: (address: string) => ParsedMail[];
  close: () => Promise<void>;
}

const UNKNOWN_USER = 550;

/** Refuses `gone@…`; for `cut@…` it takes the whole mail and hangs up without a word. */
export async function openPostOffice(): Promise<PostOffice> {
  const delivered: Delivered[] = [];
  const lines = new Map<string, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("gone@") ? refusal(UNKNOWN_USER, "5.1.1 no such user") : null),
    onData: (stream, session, done) => {
      void (async () => {
        const raw = Buffer.concat(await Array.fromAsync<Buffer>(stream)).toString();
        const to = session.envelope.rcptTo[0]?.address ?? "";
        delivered.push({ to, raw, mail: await simpleParser(raw) });
        if (!to.startsWith("cut@")) return done(null, "kept");
        lines.get(lineOf(session))?.destroy();
      })();
    },
  });
  server.on("error", () => undefined); // of a connection that was cut
  server.server.on("connection", (line: Socket) => lines.set(lineOf(line), line));
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    delivered,
    to: (address) => delivered.filter(({ to }) => to === address).map(({ mail }) => mail),
    close: () => new Promise((settle) => server.close(() => settle())),
  };
}

/** The far end of a line, by which a session is told from the others. */
function lineOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return `${remoteAddress}:${remotePort}`;
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
