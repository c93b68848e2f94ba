/** What the token of a service account says. */
import type { JsonObject, KubernetesObject } from '../registry/json.ts';

/** The audience of tokens for the API server, which kubeadm sets as the issuer too. */
export const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';
/** The issuer of tokens that secrets keep. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';

/** What a TokenRequest asks for. */
export interface TokenRequest {
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** The pod (or other object) with which the token ends. */
  readonly boundTo?: {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly node?: string;
  };
}

/**
 * Makes the claims of a token that ends.
 * @param now - seconds since the epoch
 * @param id - tells this token from all others
 */
export function boundClaims(
  account: KubernetesObject,
  request: TokenRequest,
  now: number,
  id: string,
): JsonObject {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const { boundTo } = request;
  return {
    aud: request.audiences.length > 0 ? request.audiences : [API_AUDIENCE],
    exp: now + request.expirationSeconds,
    iat: now,
    iss: API_AUDIENCE,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...(boundTo && { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } }),
      ...(boundTo?.node !== undefined && boundTo.kind === 'Pod' && { node: { name: boundTo.node } }),
      serviceaccount: { name, uid },
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}

/** Makes the claims of a token that a Secret of this name keeps, and that has no end. */
export function secretClaims(account: KubernetesObject, secretName: string): JsonObject {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  return {
    iss: LEGACY_ISSUER,
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secretName,
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}
