/**
 * Who is asking? A proxy's token is reviewed by the API server of the cluster that it claims to be in
 * (docs/reference/istio.md I9).
 */
import { messageOf } from '../../../../base/errors.ts';
import type { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import { spiffeId } from '../../ca/certificate-authority.ts';

const AUDIENCE = 'istio-ca';

/** Whom a token proved to be. */
export interface Caller {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** `spiffe://cluster.local/ns/sample/sa/sleep` */
  readonly identity: string;
}

/** The clusters whose API servers can review tokens. */
export interface AuthenticatorOptions {
  readonly behaviour: Pick<IstioBehaviour, 'defaultClusterIdIsLocal' | 'unknownCluster'>;
  readonly localClusterId: string;
  readonly localClient: () => KubernetesClient;
  /** Clients of the clusters whose remote secrets are held. */
  readonly remoteClient: (clusterId: string) => KubernetesClient | undefined;
  readonly remoteClusterIds: () => readonly string[];
  readonly trustDomain: () => string;
}

/** security/pkg/server/ca/authenticate/kube_jwt.go @1.8.0, kubeauth/kube_jwt.go @1.30.3 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * @param headers - `authorization: Bearer …` and `clusterid`
   * @throws Error whose message is for istiod's log; the caller is told no more than that it failed
   */
  async authenticate(headers: Readonly<Record<string, string | string[] | undefined>>): Promise<Caller> {
    const token = /^Bearer\s+(\S+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
    if (token === undefined)
      throw new Error('target JWT extraction error: no bearer token exists in HTTP authorization header');
    const clusterId = String(headers['clusterid'] ?? '');
    const client = this.#clientOf(clusterId);
    let status: ReviewStatus;
    try {
      const review = await client.create(
        { apiVersion: 'authentication.k8s.io/v1', plural: 'tokenreviews' },
        {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenReview',
          metadata: {},
          spec: { token, audiences: [AUDIENCE] },
        },
      );
      status = (review['status'] ?? {}) as ReviewStatus; // an API server's answer
    } catch (error) {
      throw new Error(`failed to validate the JWT from cluster "${clusterId}": ${messageOf(error)}`, {
        cause: error,
      });
    }
    if (status.error)
      throw new Error(
        `failed to validate the JWT from cluster "${clusterId}": the service account authentication returns an error: ${status.error}`,
      );
    return this.#callerOf(clusterId, status);
  }

  #clientOf(clusterId: string): KubernetesClient {
    const { localClusterId, localClient, remoteClient, remoteClusterIds, behaviour } = this.#options;
    // A proxy that names no cluster is a local one.
    if (clusterId === '' || clusterId === localClusterId) return localClient();
    if (behaviour.defaultClusterIdIsLocal && clusterId === 'Kubernetes') return localClient();
    const client = remoteClient(clusterId);
    if (client) return client;
    throw new Error(behaviour.unknownCluster(clusterId, localClusterId, remoteClusterIds()));
  }

  #callerOf(clusterId: string, { authenticated, user }: ReviewStatus): Caller {
    const [, namespace, serviceAccount] =
      /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user?.username ?? '') ?? [];
    if (!authenticated || namespace === undefined || serviceAccount === undefined) {
      throw new Error(
        `failed to validate the JWT from cluster "${clusterId}": the token is not authenticated or not a service account`,
      );
    }
    return {
      namespace,
      serviceAccount,
      identity: spiffeId(this.#options.trustDomain(), namespace, serviceAccount),
    };
  }
}

interface ReviewStatus {
  readonly authenticated?: boolean;
  readonly error?: string;
  readonly user?: { readonly username?: string };
}
