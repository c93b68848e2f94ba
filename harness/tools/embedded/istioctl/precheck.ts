/**
 * `istioctl x precheck`: whether Istio may be installed or upgraded. istioctl/pkg/precheck @1.30.3. Its
 * findings below a warning, of annotations that may still change, are not shown by anyone.
 */
import { tree, trees } from '../../../base/untyped.ts';
import { ToolExit } from '../invocation.ts';
import { documentOf, type Finding, formatOf, LEVELS, orderOf, pageOf, thresholdOf } from './findings.ts';
import { printed } from './printed.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

/** The least minor version of Kubernetes. */
const LEAST_MINOR = 32;
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
/** What an installation creates: group, resource, and whether it is in istio-system. */
const CREATED: readonly (readonly [group: string, resource: string, isNamespaced: boolean])[] = [
  ['', 'namespaces', false],
  [RBAC, 'clusterroles', false],
  [RBAC, 'clusterrolebindings', false],
  ['apiextensions.k8s.io', 'customresourcedefinitions', false],
  [RBAC, 'roles', true],
  ['', 'serviceaccounts', true],
  ['', 'services', true],
  ['apps', 'deployments', true],
  ['', 'configmaps', true],
  [ADMISSION, 'mutatingwebhookconfigurations', false],
  [ADMISSION, 'validatingwebhookconfigurations', false],
];
const SAFE =
  '✔ No issues found when checking the cluster. Istio is safe to install or upgrade!\n' +
  '  To get started, check out https://istio.io/latest/docs/setup/getting-started/.\n';

/** Prints what speaks against an installation; fails if anything is worse than a hint. */
export const precheck: Verb = {
  flags: {
    'skip-controlplane': { type: 'boolean' },
    'output-threshold': { type: 'text' },
    output: { type: 'text', short: 'o' },
    'from-version': { type: 'text', short: 'f' },
    revision: { type: 'text', short: 'r' },
  },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { flags, invocation } = call;
    const shown = thresholdOf(call, 'output-threshold', 'Warning');
    const format = formatOf(flags.text('output'));
    const all = [
      ...(flags.boolean('skip-controlplane') ? [] : await controlPlane(call)),
      ...(await sinceVersion(call, flags.text('from-version') ?? '')),
    ].sort(orderOf);
    const told = all.filter(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf(shown));
    if (told.length === 0) invocation.stderr(SAFE);
    else if (format === 'log')
      invocation.stdout(
        told.map(({ level, code, about, text }) => `${level} [${code}] (${about}) ${text}\n`).join(''),
      );
    else invocation.stdout(printed(format, told.map(documentOf(call.istioVersion))) ?? '');
    if (!all.some(({ level }) => level !== 'Info')) return 0;
    throw new ToolExit(
      'Error: Issues found when checking the cluster. Istio may not be safe to install or upgrade.\n' +
        `See ${pageOf(call.istioVersion)} for more information about causes and resolutions.`,
    );
  },
};

async function controlPlane(call: Call): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const { gitVersion } = tree(await call.client.request('GET', '/version', { signal: call.signal }));
  const minor = Number(/^v1\.(\d+)/.exec(String(gitVersion))?.[1] ?? LEAST_MINOR);
  if (minor < LEAST_MINOR)
    findings.push({
      level: 'Error',
      code: 'IST0142',
      about: 'Cluster',
      text:
        `The Kubernetes Version "${String(gitVersion)}" is lower than the minimum version: ` +
        `1.${LEAST_MINOR}`,
    });
  for (const each of CREATED) {
    const reason = await reasonAgainst(call, each);
    if (reason !== undefined)
      findings.push({
        level: 'Error',
        code: 'IST0141',
        about: 'Cluster',
        text: `Missing required permission to create resource ${each[1]} (${reason})`,
      });
  }
  return [...findings, ...(await gatewayVersions(call))];
}

/** Why the user may not create a resource. */
async function reasonAgainst(
  { client, signal }: Call,
  [group, resource, isNamespaced]: (typeof CREATED)[number],
): Promise<string | undefined> {
  const resourceAttributes = {
    ...(isNamespaced && { namespace: ISTIO_NAMESPACE }),
    verb: 'create',
    group,
    version: 'v1',
    resource,
  };
  const review = await client.create(
    { apiVersion: 'authorization.k8s.io/v1', plural: 'selfsubjectaccessreviews' },
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
    {},
    signal,
  );
  const { allowed, reason } = tree(review['status']);
  return allowed === true ? undefined : String(reason || 'permission denied');
}

const GATEWAY_GROUP = 'gateway.networking.k8s.io';
/** Version of Gateway API → the kinds that must have it. */
const GATEWAY_KINDS = [
  ['v1beta1', ['Gateway', 'GatewayClass', 'HTTPRoute', 'ReferenceGrant'], 'Error', 'IST0156'],
  ['v1', ['Gateway', 'GatewayClass', 'HTTPRoute', 'GRPCRoute'], 'Warning', 'IST0172'],
] as const;

async function gatewayVersions({ client, signal }: Call): Promise<readonly Finding[]> {
  const path = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
  const { items } = await client.list(path, {}, signal);
  return items.flatMap(({ metadata, spec }) => {
    const { group, names, versions } = tree(spec);
    if (group !== GATEWAY_GROUP) return [];
    const served = trees(versions).flatMap(each => (each['served'] === true ? String(each['name']) : []));
    const kind = String(tree(names)['kind']);
    return GATEWAY_KINDS.flatMap(([version, kinds, level, code]) => {
      if (!kinds.some(each => each === kind) || served.includes(version)) return [];
      const has = served.length === 0 ? 'none' : [...served].sort().join(',');
      const text = `The Gateway API CRD version ${has} is lower than the minimum version: ${version}`;
      return [{ level, code, about: `CustomResourceDefinition ${metadata.name ?? ''}`, text }];
    });
  });
}

/** What has changed since a version, and concerns this cluster. @throws ToolExit for what is none */
async function sinceVersion({ client, signal }: Call, version: string): Promise<readonly Finding[]> {
  if (version === '') return [];
  const dot = version.indexOf('.');
  if (dot < 0) throw new ToolExit(`Error: invalid version ${version}, expected format like '1.0'`);
  const [major, minor] = [version.slice(0, dot), version.slice(dot + 1)];
  if (major !== '1') throw new ToolExit(`Error: expected major version 1, got ${version}`);
  if (!/^[+-]?\d+$/.test(minor)) throw new ToolExit(`Error: minor version is not a number: ${minor}`);
  if (Number(minor) > 21) return [];
  const path = { apiVersion: 'v1', plural: 'services', namespace: ISTIO_NAMESPACE, name: 'zipkin' };
  if (!(await client.find(path, signal))) return [];
  return [
    {
      level: 'Warning',
      code: 'IST0169',
      about: `Service ${ISTIO_NAMESPACE}/zipkin`,
      text:
        'The configuration "meshConfig.defaultConfig.tracer" changed in release 1.21: tracing is no ' +
        "longer by default enabled to send to 'zipkin.istio-system.svc'; follow https://istio.io/latest/" +
        'docs/tasks/observability/distributed-tracing/telemetry-api/. Or, install with ' +
        '`--set compatibilityVersion=1.21` to retain the old default.',
    },
  ];
}
