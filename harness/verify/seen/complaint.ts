/** What a proxy says of the istiod that it does not reach. Pure. */

/** How a proxy words that it has no istiod (pilot-agent of 1.8 and of today, and Envoy). */
const COMPLAINTS = [
  /upstream terminated|config stream .*closed|connection (error|refused|failure)|rpc error|x509|dial tcp/i,
  /\b(warn|warning|error)\b/i,
] as const;
const LONGEST = 240;

/** Takes the last complaint out of a proxy's log, without its time; undefined if it has none. */
export function complaintIn(log: string): string | undefined {
  const lines = log.trimEnd().split('\n').reverse();
  for (const pattern of COMPLAINTS) {
    const line = lines.find(each => pattern.test(each));
    if (line === undefined) continue;
    const said = line.replace(/^\S+T\S+\s+/, '').replace(/^(info|warn|warning|error)\s+/i, '');
    return said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
  }
  return undefined;
}
