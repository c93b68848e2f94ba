/** Numbers and names that routes and subsets could not have (pkg/config/validation/validation.go @1.30.3). */
import { list, tree } from '../../../../base/untyped.ts';
import { text } from './config-fields.ts';

type Tree = ReturnType<typeof tree>;

/** Returns a sentence for each problem of a VirtualService's hosts and routes, in Istio's words. */
export function problemsOfRouting(spec: Tree): string[] {
  const gateways = list(spec['gateways']);
  const isOfMesh = gateways.length === 0 || gateways.includes('mesh');
  return [
    ...(isOfMesh && list(spec['hosts']).includes('*')
      ? ['wildcard host * is not allowed for virtual services bound to the mesh gateway']
      : []),
    ...list(spec['http'])
      .map(tree)
      .flatMap(route => [
        ...list(route['route']).map(tree).flatMap(problemsOfDestination),
        ...problemsOfRetries(tree(route['retries'])),
      ]),
  ];
}

function problemsOfDestination({ destination, weight }: Tree): string[] {
  const { host, subset } = tree(destination);
  return [
    ...(host === '*' ? ['invalid destination host *'] : []),
    ...(text(subset) ? problemsOfSubsetName(text(subset)) : []),
    ...(Number(weight ?? 0) < 0 ? [`weight ${weight} < 0`] : []),
  ];
}

const problemsOfRetries = ({ attempts, perTryTimeout, retryOn }: Tree): string[] => [
  ...(Number(attempts ?? 0) < 0 ? ['attempts cannot be negative'] : []),
  ...(attempts === 0 && (perTryTimeout || retryOn)
    ? ['http retry policy configured when attempts are set to 0 (disabled)']
    : []),
];

/** Returns a sentence for each problem of a DestinationRule's subsets and limits. */
export function problemsOfSubsets(spec: Tree): string[] {
  const subsets = list(spec['subsets']).map(tree);
  const names = subsets.map(({ name }) => text(name) ?? '');
  const policies = [spec, ...subsets].map(({ trafficPolicy }) =>
    tree(tree(trafficPolicy)['outlierDetection']),
  );
  return [
    ...names.filter((name, at) => names.indexOf(name) < at).map(name => `duplicate subset names: ${name}`),
    ...names.flatMap(problemsOfSubsetName),
    ...policies
      .flatMap(({ maxEjectionPercent, minHealthPercent }) => [maxEjectionPercent, minHealthPercent])
      .filter(percent => Number(percent ?? 0) < 0 || Number(percent ?? 0) > 100)
      .map(percent => `percentage ${percent} is not in range 0..100`),
  ];
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/i;
function problemsOfSubsetName(name: string | undefined): string[] {
  if (!name) return ['subset name cannot be empty'];
  return LABEL.test(name) ? [] : [`subset name is invalid: ${name}`];
}
