/** Knows which addresses belong to a company, and which to whoever wants one. */
import type { Address } from "./contact";

/** Those who give addresses away under one domain, or under names below it. */
const FREE = new Set(
  `126.com 139.com 163.com 189.cn 1und1.de abv.bg alice.it aliyun.com aol.com arcor.de att.net azet.sk bellsouth.net
  bigpond.com bluewin.ch bol.com.br btinternet.com centrum.cz charter.net chello.nl comcast.net cox.net daum.net
  duck.com earthlink.net email.com email.cz email.de eml.cc fastmail.com fastmail.fm foxmail.com free.fr freemail.hu
  freenet.de gmail.com googlemail.com hanmail.net hey.com home.nl hushmail.com icloud.com ig.com.br inbox.com inbox.lv
  interia.pl kpnmail.nl laposte.net libero.it libertysurf.fr mac.com mail.com mail.de mail.ee mail.ru mailbox.org
  mailfence.com me.com msn.com nate.com naver.com neuf.fr numericable.fr o2.pl online.de onet.pl optonline.net
  optusnet.com.au orange.fr outlook.com pm.me posteo.de posteo.net proton.me protonmail.ch protonmail.com qq.com
  rambler.ru rediffmail.com rocketmail.com runbox.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca simplelogin.com
  sina.com skynet.be sohu.com sympatico.ca t-online.de telenet.be telfort.nl telia.com telus.net terra.com.br
  terra.es tin.it tiscali.it tuta.com tuta.io tutanota.com tutanota.de uol.com.br verizon.net virgilio.it
  virginmedia.com volny.cz vp.pl walla.co.il wanadoo.fr web.de wp.pl xs4all.nl xtra.co.nz ymail.com ziggo.nl zoho.com
  zohomail.com`.split(/\s+/),
);

/** And those who do so in every country: gmx.net, hotmail.fr, yahoo.co.uk. */
const FREE_EVERYWHERE = /^(?:aol|gmx|hotmail|live|outlook|yahoo|yandex)\.(?:[a-z]{2,4})(?:\.[a-z]{2})?$/;

export function isFreeMail(domain: string): boolean {
  const labels = domain.toLowerCase().split(".");
  return labels.some((_, i) => {
    const from = labels.slice(i).join(".");
    return FREE.has(from) || FREE_EVERYWHERE.test(from);
  });
}

/** The company domains of somebody's addresses; what stands before it in one is another domain. */
export function companiesOf(addresses: readonly Pick<Address, "platform" | "key">[]): string[] {
  const domains = addresses.flatMap(({ platform, key }) => {
    const at = key.lastIndexOf("@");
    return platform === "EMAIL" && at !== -1 ? [key.slice(at + 1)] : [];
  });
  return [...new Set(domains)].filter((domain) => domain !== "" && !isFreeMail(domain));
}
