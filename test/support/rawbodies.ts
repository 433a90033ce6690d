/** Knows bodies that are no JSON, or more of it than anybody should send, and content types that nobody takes. */

export const RAW = [
  ...["", " ", "{", "[", "{}", "[]", "null", "0", '"x"', "{]", '{"name":}', "\u0000", "\ufeff{}", "a,b\n1,2", "%7B%7D"],
  ...['{"name":"a","name":"b"}', `${"[".repeat(100_000)}`, `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`, "NaN"],
  ...["email\nann@example.com\n", 'email,tags\n,\n"', "x".repeat(1024 * 1024 + 1)],
];

export const TYPES = [
  "text/csv",
  "text/plain",
  "application/xml",
  "multipart/form-data",
  "application/json; charset=utf-16",
  "",
];
