/** Tokens of service accounts: issued by TokenRequest or kept in secrets, and turned back into identities. */
import { BoundedMemory } from '../../../base/bounded-memory.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { RecentMap } from '../../../base/recent-map.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
  timestamp,
} from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { Store } from '../registry/store.ts';
import { serviceAccountUser, type UserInfo } from '../registry/user.ts';
import { TokenKey } from './jwt.ts';
import { API_AUDIENCE, boundClaims, LEGACY_ISSUER, secretClaims, type TokenRequest } from './token-claims.ts';

/** A token and the time of its end. */
export interface IssuedToken {
  readonly token: string;
  readonly expirationTimestamp: string;
}

/** Whom a valid token stands for. */
export interface TokenIdentity {
  readonly user: UserInfo;
  /** For whom the token is meant. */
  readonly audiences: readonly string[];
}

/** The number of checked signatures that are kept. */
const CACHE_SIZE = 4096;
/**
 * How long an identity is believed without another look: an account that is gone may do nothing, and is known
 * nevertheless (pkg/kubeapiserver/options/authentication.go @v1.34, TokenSuccessCacheTTL).
 */
const BELIEVED_MS = 10_000;

/** What was found out about a token, and until when that holds. */
interface Believed {
  readonly identity: TokenIdentity;
  /** On the world's clock, in milliseconds since the epoch. */
  readonly untilMs: number;
}

/** Issues the tokens of service accounts and checks them: JWTs signed with the cluster's key. */
export class ServiceAccountTokens {
  readonly #key = new TokenKey();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #store: Store;
  readonly #registry: ResourceRegistry;
  readonly #claims = new BoundedMemory<JsonObject>(CACHE_SIZE);
  readonly #believed = new RecentMap<string, Believed>(CACHE_SIZE);

  constructor(options: {
    readonly clock: Clock;
    readonly random: Random;
    readonly store: Store;
    readonly registry: ResourceRegistry;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#store = options.store;
    this.#registry = options.registry;
  }

  /** Returns the key set for others who check tokens. */
  keySet(): JsonObject {
    return { keys: [this.#key.jwk()] };
  }

  issue(account: KubernetesObject, request: TokenRequest): IssuedToken {
    const now = Math.floor(this.#clock.now() / 1000);
    const expires = now + request.expirationSeconds;
    const token = this.#key.sign(boundClaims(account, request, now, this.#random.uuid()));
    return { token, expirationTimestamp: timestamp(expires * 1000) };
  }

  /** Issues a token without an end, for a Secret of type `kubernetes.io/service-account-token`. */
  issueForSecret(account: KubernetesObject, secretName: string): string {
    return this.#key.sign(secretClaims(account, secretName));
  }

  /**
   * Finds the user of a token, as of this moment or of the last ten seconds.
   * @returns undefined if this cluster did not issue it, it has expired, or its bound object is gone
   */
  identify(token: string): TokenIdentity | undefined {
    const now = this.#clock.now();
    const believed = this.#believed.get(token);
    if (believed && believed.untilMs > now) return believed.identity;
    const identity = this.#look(token);
    if (identity) this.#believed.set(token, { identity, untilMs: now + BELIEVED_MS });
    return identity;
  }

  #look(token: string): TokenIdentity | undefined {
    const claims = this.#verified(token);
    if (!claims) return undefined;
    return claims['iss'] === LEGACY_ISSUER
      ? this.#identifyLegacy(claims, token)
      : this.#identifyBound(claims);
  }

  #verified(token: string): JsonObject | undefined {
    return this.#claims.recall(token, () => this.#key.verify(token));
  }

  #identifyBound(claims: JsonObject): TokenIdentity | undefined {
    const now = this.#clock.now() / 1000;
    if (claims['iss'] !== API_AUDIENCE || Number(claims['exp']) <= now || Number(claims['nbf']) > now + 1)
      return undefined;
    const own = objectOf(claims['kubernetes.io']);
    const namespace = stringOf(own['namespace']) ?? '';
    const account = this.#live('serviceaccounts', namespace, own['serviceaccount']);
    if (!account) return undefined;
    const extra: Record<string, readonly string[]> = {
      'authentication.kubernetes.io/credential-id': [`JTI=${String(claims['jti'])}`],
    };
    for (const [kind, resource] of [
      ['pod', 'pods'],
      ['secret', 'secrets'],
    ] as const) {
      if (own[kind] === undefined) continue;
      const bound = this.#live(resource, namespace, own[kind]);
      if (!bound) return undefined;
      if (kind === 'pod') {
        extra['authentication.kubernetes.io/pod-name'] = [bound.metadata.name ?? ''];
        extra['authentication.kubernetes.io/pod-uid'] = [bound.metadata.uid ?? ''];
      }
    }
    const node = stringOf(objectOf(own['node'])['name']);
    if (node !== undefined) extra['authentication.kubernetes.io/node-name'] = [node];
    return {
      user: {
        ...serviceAccountUser(namespace, account.metadata.name ?? '', account.metadata.uid ?? ''),
        extra,
      },
      audiences: listOf(claims['aud']).filter(audience => typeof audience === 'string'),
    };
  }

  /** Such a token is valid as long as its secret holds it. */
  #identifyLegacy(claims: JsonObject, token: string): TokenIdentity | undefined {
    const read = (key: string) => stringOf(claims[`kubernetes.io/serviceaccount/${key}`]) ?? '';
    const namespace = read('namespace');
    const account = this.#live('serviceaccounts', namespace, {
      name: read('service-account.name'),
      uid: read('service-account.uid'),
    });
    const secret = this.#store.get(this.#registry.require('secrets'), namespace, read('secret.name'));
    if (!account || !secret || secret.metadata.deletionTimestamp !== undefined) return undefined;
    const kept = stringOf(objectOf(secret['data'])['token']);
    if (kept === undefined || Buffer.from(kept, 'base64').toString() !== token) return undefined;
    return {
      user: serviceAccountUser(namespace, account.metadata.name ?? '', account.metadata.uid ?? ''),
      audiences: [API_AUDIENCE],
    };
  }

  /** Returns the object of that name if it still is the same one. */
  #live(resource: string, namespace: string, reference: unknown): KubernetesObject | undefined {
    if (!isObject(reference)) return undefined;
    const object = this.#store.get(
      this.#registry.require(resource),
      namespace,
      stringOf(reference['name']) ?? '',
    );
    return object && object.metadata.uid === reference['uid'] ? object : undefined;
  }
}
