/** X: remote endpoints are known, and refuse the connection or fail the handshake. */
import { controlPlaneOf } from '../../model/topology.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';
import { explainRoots } from './trust.ts';

export const remoteRefuses: Pattern = ({ symptom, from, missing, clusters, endpoints, roots }, steps) => {
  if (symptom !== 'X') return undefined;
  const { name: client, network } = from.spec;
  const remote = clusters.get(missing.find(name => name !== client) ?? client);
  if (!remote) return undefined;
  const { name } = remote.spec;
  if (roots > 1 && remote.root !== from.root) {
    const why = explainRoots({ clusters }, steps);
    return {
      sentence: `The workloads of ${client} and ${name} trust different roots, so that neither accepts the other's certificate: ${why.sentence}.`,
      steps: why.steps,
    };
  }
  const throughGateway = endpoints?.find(({ owner }) => owner?.kind === 'gateway');
  if (throughGateway?.owner) {
    const gateway = throughGateway.owner.cluster;
    const configuredBy = clusters.get(controlPlaneOf(clusters.get(gateway)?.spec ?? from.spec));
    if (remote.spec.network === network) {
      return {
        sentence: `The proxies of ${client} call ${name} through the gateway of ${gateway}, though both are on ${network}: one of the two is installed with another network.`,
        steps: inOrder(steps.about('install', name), steps.about('install', client)),
      };
    }
    if (configuredBy && !configuredBy.exposesServices) {
      return {
        sentence: `The east-west gateway of ${gateway} refuses calls of services: nothing in ${configuredBy.spec.name} exposes them.`,
        steps: inOrder(
          steps.about('expose-services', configuredBy.spec.name),
          steps.about('expose-services', gateway),
        ),
      };
    }
    return {
      sentence: `The east-west gateway of ${gateway} refuses or drops the connections of ${client}.`,
      steps: inOrder(
        steps.about('expose-services', gateway),
        steps.about('gateway-install', gateway),
        steps.about('certificates'),
      ),
    };
  }
  return {
    sentence: `The endpoints of ${name} are known in ${client}, and refuse the connection or its certificate.`,
    steps: inOrder(steps.about('certificates'), steps.about('install', name), steps.about('workload', name)),
  };
};
