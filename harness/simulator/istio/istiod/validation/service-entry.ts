/** ServiceEntries (validation.go, ValidateServiceEntry @1.30.3 and @1.8.0). */
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { type Context, each, type Findings, NONE, problem, problemIf, warningIf } from './findings.ts';
import {
  domainName,
  exportTo,
  has,
  isAddress,
  isHttp,
  isTls,
  partialWildcard,
  port,
  portName,
  protocol,
  selectorLabels,
  subnet,
  textOf,
  wildcardDomain,
  workloadLabels,
} from './values.ts';
import { endpointPorts, workloadEntry } from './workload-entry.ts';

/** Hosts outside of the registry: names, addresses, ports and endpoints. */
export function serviceEntry(spec: Tree, context: Context): Findings {
  const { isOld } = context;
  const labels = tree(spec['workloadSelector'])['labels'];
  const selector = selectorLabels(labels);
  if (selector.length > 0) return selector;
  const ports = trees(spec['ports']);
  const ofPorts = each(ports, one => [
    ...portName(textOf(one, 'name')),
    ...protocol(one['protocol']),
    ...port(one['number']),
  ]);
  return [
    ...warningIf(
      !isOld && has(spec, 'workloadSelector') && Object.keys(tree(labels)).length === 0,
      'service entry: workload selector specified without labels, ' +
        'will be applied to all services in namespace',
    ),
    ...problemIf(
      has(spec, 'workloadSelector') && has(spec, 'endpoints'),
      'only one of WorkloadSelector or Endpoints is allowed in Service Entry',
    ),
    ...hostsOf(texts(spec['hosts']), context),
    ...addresses(spec),
    ...definedTwice(ports),
    ...(isOld ? NONE : ofPorts),
    ...endpoints(spec, context),
    ...undistinguished(spec),
    ...(isOld ? ofPorts : NONE),
    ...exportTo(spec['exportTo'], context, true),
  ];
}

const hostsOf = (hosts: readonly string[], { isOld }: Context): Findings => [
  ...problemIf(hosts.length === 0, 'service entry must have at least one host'),
  ...each(hosts, host =>
    host === '*'
      ? problem('invalid host *')
      : [
          ...wildcardDomain(host),
          ...(isOld ? NONE : each(partialWildcard(host), ({ text }) => warningIf(true, text))),
        ],
  ),
];

const resolutionOf = (spec: Tree): string => textOf(spec, 'resolution') || 'NONE';

function addresses(spec: Tree): Findings {
  const all = texts(spec['addresses']);
  return [
    ...each(all, subnet),
    ...problemIf(
      all.some(address => address.includes('/')) && !['NONE', 'STATIC'].includes(resolutionOf(spec)),
      'CIDR addresses are allowed only for NONE/STATIC resolution types',
    ),
  ];
}

function definedTwice(ports: readonly Tree[]): Findings {
  const names = ports.map(one => textOf(one, 'name'));
  const numbers = ports.map(one => Number(one['number'] ?? 0));
  return each(ports, (_port, at) => [
    ...problemIf(
      names.indexOf(names[at] ?? '') < at,
      `service entry port name ${JSON.stringify(names[at])} already defined`,
    ),
    ...problemIf(numbers.indexOf(numbers[at] ?? 0) < at, `service entry port ${numbers[at]} already defined`),
  ]);
}

function endpoints(spec: Tree, context: Context): Findings {
  const all = trees(spec['endpoints']);
  const names = trees(spec['ports']).map(one => textOf(one, 'name'));
  switch (resolutionOf(spec)) {
    case 'NONE':
      return [
        ...problemIf(all.length > 0, 'no endpoints should be provided for resolution type none'),
        ...warningIf(
          !context.isOld && has(spec, 'workloadSelector'),
          'workloadSelector should not be set when resolution mode is NONE',
        ),
      ];
    case 'STATIC':
      return each(all, endpoint => workloadEntry(endpoint, context, names));
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      return byName(spec, all, names, context);
    default:
      return NONE;
  }
}

function byName(spec: Tree, all: readonly Tree[], names: readonly string[], { isOld }: Context): Findings {
  const mode = resolutionOf(spec);
  const wrong = all.length > 0 ? NONE : each(texts(spec['hosts']), domainName);
  const told = isOld
    ? 'hosts must be FQDN if no endpoints are provided for resolution mode DNS'
    : 'hosts must be FQDN or contain only prefix wildcards if no endpoints are provided ' +
      `for resolution mode ${mode}, ${wrong[0]?.text}`;
  return [
    ...(isOld ? each(wrong, () => problem(told)) : problemIf(wrong.length > 0, told)),
    ...problemIf(
      mode === 'DNS_ROUND_ROBIN' && all.length > 1,
      `there must only be 0 or 1 endpoint for resolution mode ${mode}`,
    ),
    ...each(all, endpoint => {
      const address = textOf(endpoint, 'address');
      return [
        ...problemIf(
          !isAddress(address) && domainName(address).length > 0,
          `endpoint address ${JSON.stringify(address)} is not a valid FQDN or an IP address`,
        ),
        ...workloadLabels(endpoint['labels']),
        ...endpointPorts(endpoint, names),
      ];
    }),
  ];
}

/** Several hosts of plain TCP cannot be told apart. */
function undistinguished(spec: Tree): Findings {
  const isTold = resolutionOf(spec) !== 'NONE' && texts(spec['hosts']).length > 1;
  const plain = trees(spec['ports']).some(one => {
    const name = textOf(one, 'protocol');
    return !isHttp(name) && !isTls(name);
  });
  return problemIf(isTold && plain, 'multiple hosts provided with non-HTTP, non-TLS ports');
}
