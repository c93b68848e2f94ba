/** The Service's port: the same number and name in all clusters, and a name that says HTTP. */
import { list } from '../../../base/untyped.ts';
import { SERVICE, SERVICE_PORT } from '../../workloads.ts';
import { objectIn } from '../cluster-objects.ts';
import { at, text } from '../object-fields.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

interface Port {
  readonly name: string;
  readonly protocol: string | undefined;
}

/** Returns the port that calls go to; undefined if the Service has another. @throws NotAsked */
function portOf({ facts }: Reached): Port | 'no Service' | undefined {
  const service = objectIn(facts.objects, 'sampleServices', SERVICE);
  if (!service) return 'no Service';
  const port = list(at(service, 'spec', 'ports')).find(each => at(each, 'port') === SERVICE_PORT);
  return port === undefined
    ? undefined
    : { name: text(at(port, 'name')) ?? '', protocol: text(at(port, 'appProtocol')) };
}

function look(chain: Chain): readonly Finding[] {
  const specs = chain.topology.clusters.filter(({ client, helloWorld }) => client || helloWorld.length > 0);
  const names = new Map<string, string>();
  const findings = eachOf(chain, specs, cluster => {
    const { name } = cluster;
    const port = portOf(cluster);
    const steps = [chain.steps.about('service', name)];
    if (port === 'no Service') return notAsked(`there is no Service ${SERVICE} in ${name}`);
    if (!port) return broken(`the Service ${SERVICE} of ${name} has no port ${SERVICE_PORT}`, steps);
    const [first] = names;
    names.set(name, port.name);
    // Istiod joins the endpoints of clusters by the name of the port (model.EndpointIndex).
    if (first && first[1] !== port.name) {
      const [there, its] = first;
      const seen = `port ${SERVICE_PORT} is called "${its}" in ${there} and "${port.name}" in ${name}`;
      return broken(`${seen}: endpoints of ports with different names are not joined`, [
        ...steps,
        chain.steps.about('service', there),
      ]);
    }
    const says = port.protocol ?? port.name.split('-')[0] ?? '';
    if (
      says !== '' &&
      !/^(http2?|grpc(-web)?)$/i.test(says) &&
      /^(tcp|tls|https|mongo|mysql|redis|udp)$/i.test(says)
    ) {
      return broken(
        `port ${SERVICE_PORT} in ${name} is called "${port.name}", which says ${says}, not http`,
        steps,
      );
    }
    return ok(`${port.name === '' ? 'unnamed' : port.name} in ${name}`);
  });
  return findings.length > 0 ? findings : [notAsked('neither HelloWorld nor a client is there')];
}

/** The name of the Service's port, the same in all clusters. */
export const portNames: Link = {
  id: 'port-names',
  asks: 'Has the Service the same port with the same name in all clusters, one that says HTTP?',
  look,
};
