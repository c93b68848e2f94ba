/** The root of a mesh that `certs` has kept, with its key: clusters can be added below it. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { type Authority, loadAuthority } from '../base/authority.ts';
import { existsSync } from '../base/disk/disk.ts';
import { readTextFile } from '../base/disk/read-file.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { ROOT_CERTIFICATE, ROOT_KEY } from '../model/mesh-certificates.ts';

/** A root of a folder, and what a user should know of it. */
interface KeptRoot {
  readonly root: Authority;
  /** Milliseconds since the epoch; nothing below it is valid for longer. */
  readonly notAfterMs: number;
}

/**
 * Reads the root in a folder.
 * @param again - the command line that makes a new mesh of these clusters elsewhere, for the hints
 * @returns undefined if the folder has none
 * @throws HarnessError ERR_USAGE if its key is not there, or cannot sign; ERR_UNREADABLE_FILE
 */
export function keptRootIn(folder: string, nowMs: number, again: string): KeptRoot | undefined {
  const [certificate, key] = [ROOT_CERTIFICATE, ROOT_KEY].map(name => path.join(folder, name));
  if (certificate === undefined || key === undefined) return undefined;
  const has = { certificate: existsSync(certificate), key: existsSync(key) };
  if (!has.certificate && !has.key) return undefined;
  if (!has.key)
    throw new HarnessError('ERR_USAGE', `The key of ${certificate} is not there: ${key}.`, {
      hint:
        'A cluster can be added to a mesh whose root has its key: --keep-root-key keeps it. Make all ' +
        `clusters anew in another folder, and put the new secrets in the place of the old ones:\n  ${again}`,
    });
  if (!has.certificate)
    throw new HarnessError('ERR_USAGE', `${key} is there without its certificate, ${certificate}.`, {
      hint: 'Put the certificate beside it, or choose another folder with --out.',
    });
  return checked(certificate, key, nowMs);
}

function checked(certificateFile: string, keyFile: string, nowMs: number): KeptRoot {
  const certificatePem = readIn(certificateFile);
  const privateKeyPem = readIn(keyFile);
  const refuse = (why: string, cause?: unknown): never => {
    throw new HarnessError('ERR_USAGE', `No cluster can be added with ${keyFile}: ${why}.`, {
      hint: 'Choose another folder with --out: a new root is made there.',
      cause,
    });
  };
  const key = parsed(() => createPrivateKey(privateKeyPem));
  if (!key) return refuse('it is no private key in PEM without a passphrase');
  const read = parsed(() => new X509Certificate(certificatePem));
  if (!read) return refuse(`${certificateFile} is no certificate in PEM`);
  try {
    const root = loadAuthority({
      certificatePem,
      privateKeyPem,
      chainPem: certificatePem,
      rootPem: certificatePem,
    });
    const { asymmetricKeyType } = key;
    const notAfterMs = Date.parse(read.validTo);
    if (asymmetricKeyType !== 'ec') return refuse(`it is a key of type ${asymmetricKeyType}, not ec`);
    if (!read.ca) return refuse(`${certificateFile} is not the certificate of an authority`);
    if (notAfterMs <= nowMs) return refuse(`${certificateFile} has expired (${read.validTo})`);
    return { root, notAfterMs };
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    return refuse(messageOf(error).replace(/\.$/, ''), error);
  }
}

/** Reads a PEM text; what OpenSSL says of one that is none helps nobody. @returns undefined if it is none */
function parsed<Kind>(read: () => Kind): Kind | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function readIn(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    throw new HarnessError('ERR_UNREADABLE_FILE', `${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Make it readable for you alone (chmod 600), or choose another folder with --out.',
      cause: error,
    });
  }
}
