/** The links, in the order of the chain. */
import { apiAddress } from './api-address.ts';
import { caChain } from './ca-chain.ts';
import { clusterName } from './cluster-name.ts';
import { context } from './context.ts';
import { controlPlane } from './control-plane.ts';
import { credentials } from './credentials.ts';
import { discoveryAddress } from './discovery-address.ts';
import { endpoints } from './endpoints.ts';
import { exposedIstiod } from './exposed-istiod.ts';
import { exposedServices } from './exposed-services.ts';
import { gateway } from './gateway.ts';
import { gatewayPort } from './gateway-port.ts';
import { injection } from './injection.ts';
import type { Link } from './link.ts';
import { loadBalancing } from './load-balancing.ts';
import { meshId } from './mesh-id.ts';
import { network } from './network.ts';
import { networkSpelling } from './network-spelling.ts';
import { portNames } from './port-names.ts';
import { readiness } from './readiness.ts';
import { remoteSecret } from './remote-secret.ts';
import { service } from './service.ts';
import { trustDomain } from './trust-domain.ts';
import { versions } from './versions.ts';

/** What comes first is what the others hang on. */
export const LINKS: readonly Link[] = [
  context,
  controlPlane,
  apiAddress,
  remoteSecret,
  credentials,
  caChain,
  meshId,
  clusterName,
  trustDomain,
  network,
  networkSpelling,
  gateway,
  gatewayPort,
  exposedServices,
  exposedIstiod,
  discoveryAddress,
  service,
  portNames,
  endpoints,
  injection,
  readiness,
  loadBalancing,
  versions,
];
