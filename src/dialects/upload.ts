/** Knows how a large body comes in: piece by piece, as text, with a fingerprint of all of it. */
import { badFile } from "../domain/csv";
import { ok, type Result } from "../domain/failure";

export interface Uploading {
  texts: AsyncGenerator<Result<string>>;
  /** Once all of it has come in: tells it, and what it was sent with, from others. */
  fingerprint: () => Promise<string>;
}

/** Reads on only as fast as it is taken. A failure is the last that comes. */
export function uploadOf(body: ReadableStream<Uint8Array> | null, most: number, sentWith: string): Uploading {
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  async function* texts(): AsyncGenerator<Result<string>> {
    await writer.write(new TextEncoder().encode(`${sentWith}\n`));
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
    let size = 0;
    for await (const bytes of body ?? []) {
      size += bytes.byteLength;
      if (size > most) return yield badFile(`is larger than ${most / 1024 ** 2} MiB`);
      await writer.write(bytes);
      const text = decoded(decoder, bytes);
      yield text;
      if (!text.ok) return;
    }
    yield decoded(decoder, null);
    await writer.close();
  }
  return { texts: texts(), fingerprint: async () => new Uint8Array(await digest.digest).toHex() };
}

/** The mark of the byte order is left out. */
function decoded(decoder: TextDecoder, bytes: Uint8Array | null): Result<string> {
  try {
    return ok(bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true }));
  } catch {
    return badFile("is not UTF-8");
  }
}
