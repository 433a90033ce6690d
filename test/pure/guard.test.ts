import { describe, expect, test } from "vitest";
import { forbidden, forbiddenHost, spellHost } from "../../src/domain/guard";

const INSIDE = "names a loopback or private address";

const v4 = [
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.1",
  "127.0.0.1.",
  "0x7f000001",
  "0x7f.1",
  "0177.0.0.1",
  "2130706433",
  "１２７.0.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.168.0.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "255.255.255.255",
];

const v6 = [
  "[::]",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:8.8.8.8]",
  "[::127.0.0.1]",
  "[64:ff9b::10.0.0.1]",
  "[100::1]",
  "[2001::1]",
  "[2001:0:1::1]",
  "[2001:db8::1]",
  "[2001:0DB8:0::1]",
  "[2002:7f00:1::]",
  "[3fff::1]",
  "[fc00::1]",
  "[fd00::1]",
  "[fe80::1]",
  "[ff02::1]",
];

const names = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "api.localhost",
  "printer.local",
  "metadata.google.internal",
  "router.lan",
  "nas.home.arpa",
  "intranet",
];

const open = [
  "example.com",
  "hooks.example.co.uk",
  "localhost.example.com",
  "10.example.com",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.1",
  "100.63.0.1",
  "100.128.0.1",
  "169.253.1.1",
  "172.15.0.1",
  "172.32.0.1",
  "192.0.1.1",
  "192.167.0.1",
  "198.17.0.1",
  "198.51.101.1",
  "203.0.114.1",
  "223.255.255.255",
  "[2606:4700:4700::1111]",
  "[2001:4860:4860::8888]",
  "[2a00:1450:4001:830::200e]",
];

describe("in production", () => {
  test.each([...v4, ...v6, ...names])("https://%s -> forbidden, it is inside", (host) => {
    expect(forbidden(`https://${host}/hook`, true)).toBe(INSIDE);
    expect(forbidden(`https://${host}:8443/hook`, true)).toBe(INSIDE);
  });

  test.each(open)("https://%s -> allowed", (host) => {
    expect(forbidden(`https://${host}/hook?x=1`, true)).toBeNull();
  });

  test("http -> forbidden", () => {
    expect(forbidden("http://example.com/hook", true)).toBe("must begin with https://");
  });
});

describe("in development", () => {
  test.each([
    "http://localhost:8787/hook",
    "http://127.0.0.1",
    "https://[::1]/",
    "http://10.0.0.1/",
    "https://example.com",
  ])("%s -> allowed", (url) => {
    expect(forbidden(url, false)).toBeNull();
  });
});

describe.each([
  ["production", true],
  ["development", false],
])("in %s as anywhere", (_, production) => {
  test.each(["", "example.com/hook", "https://", "https://exa mple.com", "//example.com"])("%j -> malformed", (url) => {
    expect(forbidden(url, production)).toBe("is malformed");
  });

  test.each(["ftp://example.com", "file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x", "localhost:80"])(
    "%s -> it must be https",
    (url) => {
      expect(forbidden(url, production)).toBe("must begin with https://");
    },
  );

  test.each(["https://user:secret@example.com/", "https://user@example.com/", "https://:secret@example.com/"])(
    "%s -> no credentials in it",
    (url) => {
      expect(forbidden(url, production)).toBe("must not carry credentials");
    },
  );
});

describe("a mail server's host", () => {
  test.each([...v4, ...v6, ...names])("%s -> forbidden in production, it is inside", (host) => {
    expect(forbiddenHost(host, true)).toBe(INSIDE);
    expect(forbiddenHost(host, false)).toBeNull();
  });

  test.each(["::1", "fe80::1", "::ffff:127.0.0.1"])("%s, bare -> the same", (host) => {
    expect(forbiddenHost(host, true)).toBe(INSIDE);
  });

  test.each([...open, "2606:4700:4700::1111", "smtp.example.com.", "SMTP.Example.com", "smtp.bücher.example"])(
    "%s -> allowed",
    (host) => {
      expect(forbiddenHost(host, true)).toBeNull();
    },
  );

  test.each([
    "",
    " ",
    ".",
    "..",
    "a:25",
    "a:80",
    "example.com:587",
    "[::1]:25",
    "[::1",
    "::1]",
    "[a]",
    "user@example.com",
    "example.com/x",
    "example.com?x",
    "example.com#x",
    "example.com\\x",
    "exa mple.com",
    "example.com\r\nQUIT",
    "example.com\t",
    "%31%32%37.0.0.1",
    "example..com",
    "localhost..",
    "exa_mple!.com",
    "a\u0000b.com",
    "http://example.com",
    "1.2.3.4.5",
    "256.1.1.1",
  ])("%j -> no name of a host", (host) => {
    expect(forbiddenHost(host, false)).toBe("is no name of a host");
    expect(forbiddenHost(host, true)).toBe("is no name of a host");
  });

  test.each([
    ["SMTP.Example.com.", "smtp.example.com"],
    ["0x7f.1", "127.0.0.1"],
    ["[::1]", "[::1]"],
    ["::1", "[::1]"],
    ["smtp.bücher.example", "smtp.xn--bcher-kva.example"],
    ["ＳＭＴＰ.example.com", "smtp.example.com"],
  ])("%s is called as %s, as it was looked at", (host, called) => {
    expect(spellHost(host)).toBe(called);
  });
});
