/** Certificates and keys as OpenSSL has read them, once for all who have the same ones. */
import { createHash } from 'node:crypto';
import tls from 'node:tls';
import { BoundedMemory } from './bounded-memory.ts';

/**
 * What a context of a client is made of, as a kubeconfig has it. Any other option of `tls.connect` belongs to
 * the connection.
 */
const PARTS = ['ca', 'cert', 'key', 'pfx', 'passphrase'] as const;

/** In a mesh of n clusters each API server has n clients of the same CA, one for each istiod. */
const contexts = new BoundedMemory<tls.SecureContext>(256);

/**
 * Returns the context for what a client trusts and shows: the one made before, if all of that is the same to
 * the byte. A context has nothing of the connections that are made with it: a client hands its session to the
 * connection that resumes it.
 *
 * @param options - as for `tls.connect`; its certificates and keys are texts, Buffers or lists of them
 */
export function secureContextFor(options: tls.SecureContextOptions): tls.SecureContext {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    for (const piece of [options[part] ?? []].flat()) {
      const bytes = Buffer.from(piece as string | Buffer); // a kubeconfig's key has no options of its own
      hash.update(`${part} ${bytes.length} `).update(bytes);
    }
  }
  return contexts.recall(hash.digest('hex'), () => tls.createSecureContext(options));
}
