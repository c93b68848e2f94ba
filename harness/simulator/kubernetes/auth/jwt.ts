/** JSON Web Tokens with ES256, made and checked by node:crypto's synchronous calls. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { isObject, type JsonObject } from '../registry/json.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The key of one issuer. Unlike Kubernetes as kubeadm sets it up, which signs with RSA: ECDSA keys cost no
 * time to make.
 */
export class TokenKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly keyId: string;

  constructor() {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
    const der = this.#publicKey.export({ type: 'spki', format: 'der' });
    this.keyId = createHash('sha256').update(der).digest('base64url');
  }

  sign(claims: JsonObject): string {
    const signed = `${encode({ alg: 'ES256', kid: this.keyId })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /**
   * Verifies a token.
   * @returns the claims, or undefined for a text that this key did not sign
   */
  verify(token: string): JsonObject | undefined {
    const [header, claims, signature, ...rest] = token.split('.');
    if (header === undefined || claims === undefined || signature === undefined || rest.length > 0)
      return undefined;
    if (decode(header)?.['alg'] !== 'ES256') return undefined;
    const valid = verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key: this.#publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    return valid ? decode(claims) : undefined;
  }

  /** Returns the public key as a JSON Web Key. */
  jwk(): JsonObject {
    return { use: 'sig', kid: this.keyId, alg: 'ES256', ...this.#publicKey.export({ format: 'jwk' }) };
  }
}
