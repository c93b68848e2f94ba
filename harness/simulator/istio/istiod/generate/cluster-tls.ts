/** The TLS of a cluster (pilot/pkg/networking/core/cluster_tls.go @1.31; cluster.go @1.8.0). */
import type { Cluster, UpstreamTls } from '../../xds/resources.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { TrafficBlocks } from '../model/traffic-policy.ts';
import { isForeignTls } from './destination-policy.ts';

/** What a cluster says of it. */
type ClusterTls = Pick<Cluster, 'transportSocketMatches' | 'namesByHost' | 'keepsAlpn'>;

/** What is known of a service besides its policy. */
interface MeshTls {
  /** With what the mesh itself speaks. */
  readonly own: UpstreamTls;
  /**
   * Whether endpoints say if they speak it, as nobody outside of the mesh does; who goes to an original
   * destination knows no endpoint that could say it.
   */
  readonly auto: 'by endpoint' | 'always' | 'never';
  readonly service: MeshService;
  readonly isHttp2: boolean;
}

/** Returns the cluster's part. */
export function clusterTls(context: PushContext, policy: TrafficBlocks, mesh: MeshTls): ClusterTls {
  if (isForeignTls(policy)) return foreignTls(context, policy, mesh);
  if (policy.tlsMode === 'DISABLE') return {};
  const { sni = '', subjectAltNames = [] } = policy.tls ?? {};
  const tls = {
    ...mesh.own,
    ...(sni !== '' && { sni }),
    ...(subjectAltNames.length > 0 && { matchSubjectAltNames: subjectAltNames }),
  };
  if (policy.tlsMode === 'ISTIO_MUTUAL') return { transportSocketMatches: [always(tls)] };
  if (mesh.auto === 'never') return {};
  if (mesh.auto === 'always') return { transportSocketMatches: [always(mesh.own)] };
  return {
    transportSocketMatches: [
      { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, tls: mesh.own },
      { name: 'tlsMode-disabled', match: {} },
    ],
  };
}

const always = (tls: UpstreamTls) => ({ name: 'istio-mutual', match: {}, tls }) as const;

/** constructUpstreamTLS: today a server is verified by the image's roots and called as the request says. */
function foreignTls(
  { behaviour: { verifiesForeignServers } }: PushContext,
  { tlsMode, tls }: TrafficBlocks,
  { own, service, isHttp2 }: MeshTls,
): ClusterTls {
  const { sni = '', subjectAltNames: given = [], insecureSkipVerify = false } = tls ?? {};
  const { clientCertificate: chain = '', privateKey: key = '', caCertificates = '' } = tls ?? {};
  const roots = caCertificates || (verifiesForeignServers ? 'system' : '');
  const inherits = verifiesForeignServers && service.external && given.length === 0;
  const namesByHost = {
    sni: sni === '',
    san: sni === '' && given.length === 0 && !insecureSkipVerify,
  };
  return {
    transportSocketMatches: [
      always({
        sni,
        alpn: isHttp2 ? ['h2'] : [],
        matchSubjectAltNames: inherits ? own.matchSubjectAltNames : given,
        files: {
          ...(tlsMode === 'MUTUAL' && { certificate: { chain, key } }),
          ...(roots !== '' && !insecureSkipVerify && { roots }),
        },
      }),
    ],
    ...(verifiesForeignServers && (namesByHost.sni || namesByHost.san) && { namesByHost }),
    ...(verifiesForeignServers && { keepsAlpn: true }),
  };
}
