/** Reads bundles: what one says of itself at once, and its content only if every digest is right. */
import { createHash } from 'node:crypto';
import { HarnessError, messageOf } from '../../../base/errors.ts';
import {
  type BundleHead,
  DIGESTS,
  type Digests,
  HEAD,
  type Member,
  noBundle,
  readDigests,
  readHead,
} from './bundle-format.ts';
import { entriesOf, type TarEntry, textOf } from './tar.ts';

/**
 * Reads what a bundle says of itself; nothing of its content is looked at.
 * @throws HarnessError ERR_PLATFORM_NOT_READY for a file that is none
 */
export async function bundleHead(file: string, signal: AbortSignal): Promise<BundleHead> {
  try {
    for await (const entry of entriesOf(file, signal)) {
      if (entry.name !== HEAD) break;
      return readHead(file, await textOf(entry));
    }
  } catch (error) {
    throw refusal(file, error, signal);
  }
  throw noBundle(file, `it does not begin with ${HEAD}`);
}

/**
 * Holds every entry against its size and its SHA-256, and the list of entries against what the bundle says.
 * @throws HarnessError ERR_PLATFORM_NOT_READY, which names the first that is damaged
 */
export async function verifyBundle(file: string, signal: AbortSignal): Promise<BundleHead> {
  let head: BundleHead | undefined;
  let digests: Digests | undefined;
  const found = new Map<string, Digests[string]>();
  try {
    for await (const entry of entriesOf(file, signal)) {
      if (!head) {
        if (entry.name !== HEAD) break;
        head = readHead(file, await textOf(entry));
      } else if (entry.name === DIGESTS) digests = readDigests(file, await textOf(entry));
      else found.set(entry.name, await digestOf(entry));
    }
  } catch (error) {
    throw refusal(file, error, signal);
  }
  if (!head) throw noBundle(file, `it does not begin with ${HEAD}`);
  if (!digests) throw noBundle(file, 'it is cut off');
  for (const { name } of head.members) {
    const [is, ought] = [found.get(name), digests[name]];
    if (!is || !ought) throw noBundle(file, `${name} is missing`);
    if (is.bytes !== ought.bytes || is.sha256 !== ought.sha256)
      throw noBundle(file, `${name} is damaged: SHA-256 ${is.sha256}, expected ${ought.sha256}`);
  }
  return head;
}

/**
 * Passes the entries of a bundle that was verified to `take`, in their order; those that nobody wants too.
 */
export async function eachMember(
  file: string,
  { members }: BundleHead,
  take: (member: Member, entry: TarEntry) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map(members.map(member => [member.name, member]));
  for await (const entry of entriesOf(file, signal)) {
    const member = known.get(entry.name);
    if (member) await take(member, entry);
  }
}

async function digestOf({ content }: TarEntry): Promise<Digests[string]> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    bytes += (chunk as Buffer).length; // no encoding is set
    hash.update(chunk as Buffer);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function refusal(file: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return error instanceof HarnessError ? error : noBundle(file, messageOf(error));
}
