/** What TLS is made of that is not the mesh's: files of the proxy's container, as they are now. */
import { constants } from 'node:crypto';
import tls from 'node:tls';
import type { TlsFiles } from '../../xds/resources.ts';

/** Stands for the roots of the image: they know no server of this world. */
const SYSTEM = 'system';

/** Makes each context once. */
export class ForeignContexts {
  readonly #read: (path: string) => string | undefined;
  readonly #made = new Map<string, tls.SecureContext>();

  /** @param read - a file of the container; undefined if there is none */
  constructor(read: (path: string) => string | undefined) {
    this.#read = read;
  }

  /** @returns undefined if a file is missing, or is no certificate */
  of({ certificate, roots }: TlsFiles): tls.SecureContext | undefined {
    const [chain, key] = certificate
      ? [this.#read(certificate.chain), this.#read(certificate.key)]
      : [undefined, undefined];
    const ca = roots === undefined || roots === SYSTEM ? '' : this.#read(roots);
    if (ca === undefined || (certificate && (chain === undefined || key === undefined))) return undefined;
    const name = JSON.stringify([chain, key, ca]);
    const known = this.#made.get(name);
    if (known) return known;
    try {
      const context = tls.createSecureContext({
        ...(chain !== undefined && { cert: chain, key }),
        ca: ca === '' ? [] : ca,
        secureOptions: constants.SSL_OP_NO_TICKET,
      });
      this.#made.set(name, context);
      return context;
    } catch {
      return undefined; // what stands in the files is not what it should be
    }
  }
}
