/** How what is kept or leaves is locked, sealed and named. */
import { describe, expect, test } from "vitest";
import { readToken, sealedText, spellToken } from "../../src/domain/token";
import { lock, unlock } from "../../src/vault";

const SECRET = "a secret of at least thirty-two characters";

describe("credentials", () => {
  test("are opened by the same secret for the same owner, and by nothing else", async () => {
    const locked = await lock(SECRET, "workspace/1", "pässword");
    expect(locked).not.toContain("pässword");
    expect(await unlock(SECRET, "workspace/1", locked)).toBe("pässword");
    expect(await unlock(SECRET, "workspace/2", locked)).toBeNull();
    expect(await unlock(`${SECRET}!`, "workspace/1", locked)).toBeNull();
    expect(await unlock(SECRET, "workspace/1", `${locked.slice(0, -4)}AAA=`)).toBeNull();
    expect(await unlock(SECRET, "workspace/1", "no base64 at all")).toBeNull();
  });

  test("the same ones are never locked to the same text twice", async () => {
    expect(await lock(SECRET, "workspace/1", "x")).not.toBe(await lock(SECRET, "workspace/1", "x"));
  });
});

describe("tokens", () => {
  const seal = "0123456789abcdef01234567";

  test("are read as they were spelled, also in capitals", () => {
    const token = spellToken({ workspaceId: 1, message: 36_865, seal });
    expect(token).toBe(`1-36865-${seal}`);
    expect(readToken(token)).toEqual({ workspaceId: 1, message: 36_865, seal });
    expect(readToken(token.toUpperCase())).toEqual({ workspaceId: 1, message: 36_865, seal });
  });

  test.each(["", "1-2", `1-2-${seal}0`, `1-2-${seal.slice(1)}`, `a-2-${seal}`, `1--2-${seal}`, `1-2-${seal} `])(
    "%j is none",
    (text) => {
      expect(readToken(text)).toBeNull();
    },
  );

  test("one seal is for one journey of one workspace", () => {
    expect(sealedText(1, 23)).not.toBe(sealedText(12, 3));
  });
});
