/** Knows the corpus of mails: each a file, with places for what names a message of ours. */

/** What the places stand for in one test. */
export interface Names {
  /** A Message-ID of ours, without brackets, and one whose seal was altered. */
  id: string;
  bad: string;
  /** What stands behind the plus of an address of ours. */
  token: string;
}

export function filled(source: Uint8Array, names: Names): Uint8Array {
  // Byte by byte, so that a mail in whatever charset stays what it is.
  const text = Array.from(source, (byte) => String.fromCharCode(byte)).join("");
  const put = text.replace(/\{(id|bad|token)\}/g, (_, name: keyof Names) => names[name]);
  return Uint8Array.from(put, (char) => char.charCodeAt(0));
}

/** As the runtime hands it over: in pieces. */
export function streamed(bytes: Uint8Array, piece = 1000): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + piece));
      at += piece;
    },
  });
}
