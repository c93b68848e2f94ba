/** DestinationRules (validation.go, ValidateDestinationRule @1.30.3 and @1.8.0). */
import { list, type Tree, tree, trees } from '../../../../base/untyped.ts';
import { connectionPool } from './connection-pool.ts';
import { subsetName } from './destinations.ts';
import {
  type Context,
  each,
  type Findings,
  NONE,
  problem,
  problemIf,
  problemsOnly,
  warningIf,
} from './findings.ts';
import { loadBalancer } from './load-balancer.ts';
import {
  domainName,
  duration,
  exportTo,
  has,
  isAddress,
  percent,
  port,
  selectorLabels,
  textOf,
  wildcardDomain,
  workloadLabels,
} from './values.ts';

/** A rule for a host: its policy, and that of each subset. */
export function destinationRule(spec: Tree, context: Context): Findings {
  const names = trees(spec['subsets']).map(subset => textOf(subset, 'name'));
  return [
    ...wildcardDomain(textOf(spec, 'host')),
    ...(has(spec, 'trafficPolicy') ? trafficPolicy(tree(spec['trafficPolicy']), context) : NONE),
    ...each(trees(spec['subsets']), (subset, at) => [
      ...problemIf(
        !context.isOld && names.indexOf(names[at] ?? '') < at,
        `duplicate subset names: ${names[at]}`,
      ),
      ...subsetName(names[at] ?? ''),
      ...workloadLabels(subset['labels']),
      ...(has(subset, 'trafficPolicy')
        ? problemsOnly(trafficPolicy(tree(subset['trafficPolicy']), context))
        : NONE),
    ]),
    ...exportTo(spec['exportTo'], context),
    ...ofSelected(spec, context),
  ];
}

/** A rule for some workloads is one of its namespace. */
function ofSelected(spec: Tree, { namespace, isOld }: Context): Findings {
  if (isOld || !has(spec, 'workloadSelector')) return NONE;
  const seen = new Set(list(spec['exportTo']).map(entry => (entry === '.' ? namespace : entry)));
  const told = !seen.has(namespace)
    ? 'destination rule with workload selector cannot have exportTo beyond current namespace'
    : 'destination rule with workload selector cannot have multiple entries in exportTo';
  return [
    ...problemIf(seen.size > 0 && (!seen.has(namespace) || seen.size > 1), told),
    ...selectorLabels(tree(spec['workloadSelector'])['matchLabels']),
  ];
}

const OF_PORT = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'];
const SINCE_1_8 = ['tunnel', 'proxyProtocol', 'retryBudget'];

function trafficPolicy(policy: Tree, context: Context): Findings {
  const { isOld } = context;
  const fields = [...OF_PORT, 'portLevelSettings', ...(isOld ? [] : SINCE_1_8)];
  if (!fields.some(name => has(policy, name))) return problem('traffic policy must have at least one field');
  if (!isOld && has(policy, 'tunnel') && has(policy, 'proxyProtocol'))
    return problem('tunnel and proxyProtocol must not be set together');
  return [
    ...ofOnePort(policy, context),
    ...each(trees(policy['portLevelSettings']), settings => [
      ...problemIf(!has(settings, 'port'), 'portTrafficPolicy must have valid port'),
      ...(OF_PORT.some(name => has(settings, name))
        ? problemsOnly(ofOnePort(settings, context))
        : problem('port traffic policy must have at least one field')),
    ]),
    ...(!isOld && has(policy, 'tunnel') ? tunnel(tree(policy['tunnel'])) : NONE),
  ];
}

/** What a policy and its settings for a port have alike. */
const ofOnePort = (policy: Tree, { isOld }: Context): Findings => [
  ...(has(policy, 'outlierDetection') ? outlierDetection(tree(policy['outlierDetection']), isOld) : NONE),
  ...(has(policy, 'connectionPool') ? connectionPool(tree(policy['connectionPool']), isOld) : NONE),
  ...(has(policy, 'loadBalancer')
    ? loadBalancer(tree(policy['loadBalancer']), has(policy, 'outlierDetection'), isOld)
    : NONE),
  ...clientTls(tree(policy['tls']), isOld),
];

function outlierDetection(settings: Tree, isOld: boolean): Findings {
  const isSplit = settings['splitExternalLocalOriginErrors'] === true;
  return [
    ...duration(settings['baseEjectionTime']),
    ...warningIf(
      Number(settings['consecutiveErrors'] ?? 0) !== 0,
      'outlier detection consecutive errors is deprecated, ' +
        'use consecutiveGatewayErrors or consecutive5xxErrors instead',
    ),
    ...problemIf(
      !isOld && !isSplit && Number(settings['consecutiveLocalOriginFailures'] ?? 0) > 0,
      'outlier detection consecutive local origin failures is specified, ' +
        'but split external local origin errors is set to false',
    ),
    ...duration(settings['interval']),
    ...percent(settings['maxEjectionPercent']),
    ...percent(settings['minHealthPercent']),
  ];
}

/** Certificates of a client come from one place. */
function clientTls(settings: Tree, isOld: boolean): Findings {
  const mode = textOf(settings, 'mode');
  const given = (...names: readonly string[]): boolean => names.some(name => textOf(settings, name) !== '');
  const own = mode === 'SIMPLE' || mode === 'MUTUAL';
  const isUnchecked = !isOld && settings['insecureSkipVerify'] === true;
  const hasNames = has(settings, 'subjectAltNames');
  const files = ['clientCertificate', 'caCertificates', 'privateKey', ...(isOld ? [] : ['caCrl'])];
  const unchecked = [
    ...problemIf(
      isUnchecked && mode === 'SIMPLE' && (given('caCertificates', 'credentialName') || hasNames),
      'cannot specify CaCertificates or CredentialName or SubjectAltNames ' +
        'when InsecureSkipVerify is set true',
    ),
    ...problemIf(
      isUnchecked && mode === 'MUTUAL' && (given('caCertificates') || hasNames),
      'cannot specify CaCertificates or SubjectAltNames when InsecureSkipVerify is set true',
    ),
  ];
  if (own && given('credentialName')) {
    const what = isOld ? 'CA certificate' : 'CA certificate or CA CRL';
    const told = `cannot specify client certificates or ${what} If credentialName is set`;
    return [...unchecked, ...problemIf(given(...files), told)];
  }
  const isMutual = mode === 'MUTUAL';
  return [
    ...unchecked,
    ...problemIf(isMutual && !given('clientCertificate'), 'client certificate required for mutual tls'),
    ...problemIf(isMutual && !given('privateKey'), 'private key required for mutual tls'),
  ];
}

function tunnel(settings: Tree): Findings {
  const [protocol, host] = [textOf(settings, 'protocol'), textOf(settings, 'targetHost')];
  const [wrong] = isAddress(host) ? [] : domainName(host);
  return [
    ...problemIf(!['', 'CONNECT', 'POST'].includes(protocol), 'tunnel protocol must be "CONNECT" or "POST"'),
    ...problemIf(
      wrong !== undefined,
      `tunnel target host must be valid FQDN or IP address: ${wrong?.text}; ${host} is not a valid IP`,
    ),
    ...each(port(settings['targetPort']), ({ text }) => problem(`tunnel target port is invalid: ${text}`)),
  ];
}
