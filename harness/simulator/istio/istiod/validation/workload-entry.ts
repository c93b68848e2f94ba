/** WorkloadEntries, WorkloadGroups and endpoints of ServiceEntries (validation.go @1.30.3 and @1.8.0). */
import { list, type Tree, tree } from '../../../../base/untyped.ts';
import { type Context, each, type Findings, NONE, problem, problemIf, warningIf } from './findings.ts';
import {
  addressOf,
  domainName,
  has,
  isAddress,
  port,
  portName,
  socketPath,
  textOf,
  workloadLabels,
} from './values.ts';

const SOCKET = 'unix://';

/** @param names - of the ports of a ServiceEntry whose endpoint it is; absent: it stands by itself */
export function workloadEntry(entry: Tree, context: Context, names?: readonly string[]): Findings {
  if (context.isOld) return names ? oldEndpoint(entry, names) : oldEntry(entry);
  const [address, network] = [textOf(entry, 'address'), textOf(entry, 'network')];
  if (address === '' && network === '') return problem('address is required');
  const isSocket = address.startsWith(SOCKET);
  return [
    ...warningIf(address === '', `address is unset with network ${JSON.stringify(network)}`),
    ...(isSocket ? ofSocket(entry, address) : ofHost(address, names !== undefined)),
    ...endpointPorts(entry, names),
    ...workloadLabels(entry['labels']),
    ...problemIf(
      isSocket && names !== undefined && names.length !== 1,
      'exactly 1 service port required for unix endpoints',
    ),
  ];
}

const oldEntry = (entry: Tree): Findings => problemIf(textOf(entry, 'address') === '', 'address must be set');

function oldEndpoint(entry: Tree, names: readonly string[]): Findings {
  const address = textOf(entry, 'address');
  const isSocket = address.startsWith(SOCKET);
  return [
    ...(isSocket ? ofSocket(entry, address) : [...addressOf(address), ...undefinedPorts(entry, names)]),
    ...workloadLabels(entry['labels']),
    ...problemIf(isSocket && names.length !== 1, 'exactly 1 service port required for unix endpoints'),
  ];
}

const ofSocket = (entry: Tree, address: string): Findings => [
  ...socketPath(address.slice(SOCKET.length)),
  ...problemIf(
    Object.keys(tree(entry['ports'])).length > 0,
    `unix endpoint ${address} must not include ports`,
  ),
];

function ofHost(address: string, isStatic: boolean): Findings {
  if (address === '' || isAddress(address)) return NONE;
  const shown = JSON.stringify(address);
  if (isStatic) return problem(`endpoint address ${shown} is not a valid IP address`);
  return problemIf(
    domainName(address).length > 0,
    `endpoint address ${shown} is not a valid FQDN or an IP address`,
  );
}

const undefinedPorts = (entry: Tree, names: readonly string[] | undefined): Findings =>
  each(Object.entries(tree(entry['ports'])), ([name, number]) =>
    problemIf(
      names !== undefined && !names.includes(name),
      `endpoint port ${number} is not defined by the service entry`,
    ),
  );

/** Ports of an endpoint, by the names of its service's. */
export const endpointPorts = (entry: Tree, names: readonly string[] | undefined): Findings =>
  each(Object.entries(tree(entry['ports'])), ([name, number]) => [
    ...undefinedPorts({ ports: { [name]: number } }, names),
    ...portName(name),
    ...port(number),
  ]);

const COUNTS = [
  'periodSeconds',
  'initialDelaySeconds',
  'timeoutSeconds',
  'successThreshold',
  'failureThreshold',
];

/** A group for entries that register themselves. */
export function workloadGroup(spec: Tree, { isOld }: Context): Findings {
  if (isOld) return NONE;
  if (!has(spec, 'template')) return problem('template is required');
  const [label] = workloadLabels(tree(spec['metadata'])['labels']);
  if (label) return problem(`invalid labels: 1 error occurred:\n\t* ${label.text}\n\n`);
  if (!has(spec, 'probe')) return NONE;
  const probe = tree(spec['probe']);
  const kind = ['httpGet', 'tcpSocket', 'exec'].find(name => has(probe, name));
  return [
    ...each(COUNTS, name => problemIf(Number(probe[name] ?? 0) < 0, `${name} must be non-negative`)),
    ...(kind === undefined
      ? problem('unknown health check method <nil>')
      : kind === 'exec'
        ? problemIf(list(tree(probe['exec'])['command']).length === 0, 'exec.command is required')
        : port(tree(probe[kind])['port'])),
  ];
}
