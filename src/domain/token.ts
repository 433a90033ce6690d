/** Knows how a link or an address of ours names a message: by a token that only who holds the secret can make. */

export interface Named {
  workspaceId: number;
  message: number;
}

export interface Token extends Named {
  seal: string;
}

/** What is sealed: one seal a journey, for all that its messages are named by. */
export function sealedText(workspaceId: number, enrollment: number): string {
  return `journey/${workspaceId}/${enrollment}`;
}

/** Digits, small letters and hyphens alone: it may stand in a path and before the @ of an address. */
export function spellToken({ workspaceId, message, seal }: Token): string {
  return `${workspaceId}-${message}-${seal}`;
}

const TOKEN = /^(\d{1,15})-(\d{1,15})-([0-9a-f]{24})$/i;

/** Null where it is none; whether its seal is right is another question. */
export function readToken(text: string): Token | null {
  const [, workspace, message, seal] = TOKEN.exec(text) ?? [];
  if (workspace === undefined || message === undefined || seal === undefined) return null;
  return { workspaceId: Number(workspace), message: Number(message), seal: seal.toLowerCase() };
}
