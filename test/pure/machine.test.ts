import { describe, expect, test } from "vitest";
import { type Agent, agentOf, type Look } from "../../src/domain/machine";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

function look(userAgent: string | null, over: Partial<Look> = {}): Look {
  return { userAgent, purpose: "", languages: "de-DE,de;q=0.9", network: null, bot: null, ...over };
}

const programs: [Agent, string, string | null][] = [
  ["browser", "Chrome on Windows", CHROME],
  [
    "browser",
    "Safari on an iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  ],
  [
    "browser",
    "Apple Mail without its protection",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  ],
  ["browser", "Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"],
  ["browser", "Thunderbird", "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.12.0"],
  ["browser", "Outlook for Windows", "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17628; Pro)"],
  [
    "browser",
    "Outlook of old",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; Microsoft Outlook 16.0.4266; ms-office; MSOffice 16)",
  ],
  [
    "browser",
    "a link opened inside LinkedIn",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.29.8",
  ],
  [
    "browser",
    "a phone whose maker is called Cubot",
    "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36",
  ],
  [
    "browser",
    "Gmail's proxy, which fetches when a person opens the mail",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
  ],
  ["browser", "Yahoo's proxy, as well", "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"],
  ["machine", "Apple's Mail Privacy Protection", "Mozilla/5.0"],
  [
    "machine",
    "Gmail, which loads ahead",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
  ],
  ["machine", "nobody", null],
  ["machine", "an empty name", " "],
  ["machine", "Barracuda", "Barracuda Sentinel (EE)"],
  ["machine", "Proofpoint", "Proofpoint-URLDefense/1.0"],
  ["machine", "Mimecast in a browser's clothes", "Mozilla/5.0 (compatible; Mimecast URL Protect)"],
  ["machine", "Symantec", "Symantec Email Security.cloud"],
  ["machine", "Trend Micro", "TMES URL inspection"],
  ["machine", "Office, which looks whether a link is there", "Microsoft Office Existence Discovery"],
  ["machine", "Slack, which shows what a link leads to", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"],
  ["machine", "Facebook", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"],
  ["machine", "WhatsApp", "WhatsApp/2.23.20.0 A"],
  [
    "machine",
    "Teams",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
  ],
  ["machine", "Bing", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"],
  ["machine", "Google", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"],
  ["machine", "Chrome that nobody sits at", CHROME.replace("Chrome/", "HeadlessChrome/")],
  ["machine", "curl", "curl/8.5.0"],
  ["machine", "Wget", "Wget/1.21.4"],
  ["machine", "Python", "python-requests/2.32.3"],
  ["machine", "Go", "Go-http-client/2.0"],
  ["machine", "Java", "Java/17.0.11"],
  ["machine", "Node", "node"],
  ["machine", "axios", "axios/1.7.2"],
  ["doubtful", "an Android app of some kind", "okhttp/4.12.0"],
  ["doubtful", "an Apple app of some kind", "Mail/3774.600.62 CFNetwork/1494.0.7 Darwin/23.4.0"],
];

describe("who asks", () => {
  test.each(programs)("%s: %s", (agent, _, userAgent) => {
    expect(agentOf(look(userAgent))).toBe(agent);
  });
});

const circumstances: [Agent, string, Partial<Look>][] = [
  ["browser", "a browser at home", { network: "Deutsche Telekom AG" }],
  ["machine", "a browser that fetches ahead", { purpose: "prefetch;prerender" }],
  ["machine", "a preview", { purpose: "preview" }],
  ["browser", "a purpose that says nothing of the kind", { purpose: "navigate" }],
  ["doubtful", "a browser that knows no language", { languages: null }],
  ["doubtful", "a browser in a data centre", { network: "Amazon.com, Inc." }],
  ["doubtful", "a browser at Microsoft's, where mails are looked into", { network: "Microsoft Corporation" }],
  ["machine", "a browser at a scanner's", { network: "Barracuda Networks, Inc." }],
  ["machine", "what the platform knows by name", { bot: { verified: true, score: 1 } }],
  ["doubtful", "what the platform takes for automated", { bot: { verified: false, score: 2 } }],
  ["browser", "what the platform takes for a person", { bot: { verified: false, score: 97 } }],
  ["browser", "what the platform has not looked at", { bot: { verified: false, score: null } }],
];

describe("from where, and how", () => {
  test.each(circumstances)("%s: %s", (agent, _, over) => {
    expect(agentOf(look(CHROME, over))).toBe(agent);
  });

  test("Gmail's proxy stays a person's, though it comes from a data centre and is known to the platform", () => {
    const proxy = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    const from = { network: "Google LLC", languages: null, bot: { verified: true, score: 1 } };
    expect(agentOf(look(proxy, from))).toBe("browser");
    expect(agentOf(look(proxy, { ...from, purpose: "prefetch" }))).toBe("machine");
  });
});
