/** Where routes lead to, and gateways by their names (validation.go @1.30.3 and @1.8.0). */
import { type Tree, tree } from '../../../../base/untyped.ts';
import { type Context, each, type Findings, listed, NONE, problem, problemIf, warning } from './findings.ts';
import { headerChanges } from './headers.ts';
import { domainName, has, isLabel, percent, port, textOf, wildcardDomain } from './values.ts';

/** The name of a subset. */
export const subsetName = (name: string): Findings =>
  name === ''
    ? problem('subset name cannot be empty')
    : problemIf(!isLabel(name), `subset name is invalid: ${name}`);

/** A host, maybe a subset and a port of it. */
export function destination(fields: Tree): Findings {
  const [host, subset] = [textOf(fields, 'host'), textOf(fields, 'subset')];
  return [
    ...(host === '*' ? problem('invalid destination host *') : wildcardDomain(host)),
    ...(subset === '' ? NONE : subsetName(subset)),
    ...(has(fields, 'port') ? port(tree(fields['port'])['number']) : NONE),
  ];
}

/** Destinations with their weights: 1.8 wants a sum of 100. */
function weighted(all: readonly Tree[], isOld: boolean, look: (fields: Tree) => Findings): Findings {
  const total = all.reduce((sum, { weight }) => sum + Number(weight ?? 0), 0);
  const isSum = isOld ? total === 100 : total !== 0;
  return [
    ...each(all, fields => [
      ...(has(fields, 'destination') ? NONE : listed('destination is required')),
      ...look(fields),
      ...(has(fields, 'destination') ? destination(tree(fields['destination'])) : NONE),
      ...(isOld
        ? percent(fields['weight'])
        : problemIf(Number(fields['weight'] ?? 0) < 0, `weight ${fields['weight']} < 0`)),
    ]),
    ...problemIf(
      all.length > 1 && !isSum,
      isOld ? `total destination weight ${total} != 100` : 'total destination weight = 0',
    ),
  ];
}

/** Those of HTTP, which may change headers. */
export const httpDestinations = (all: readonly Tree[], { isOld }: Context): Findings =>
  weighted(all, isOld, fields => headerChanges(fields['headers'], isOld));

/** Those of connections. */
export const plainDestinations = (all: readonly Tree[], { isOld }: Context): Findings =>
  weighted(all, isOld, () => NONE);

/** `mesh`, `name` or `namespace/name`; what comes behind a plain name is not looked at. */
export function gatewayNames(names: readonly string[]): Findings {
  const found: Findings[number][] = [];
  for (const name of names) {
    const at = name.indexOf('/');
    if (at < 0) {
      const [own = '', namespace = ''] = name.split('.');
      if (name.includes('.'))
        found.push(
          ...warning(
            `using legacy gatewayName format "${name}"; ` +
              `prefer the <namespace>/<name> format: "${namespace}/${own}"`,
          ),
        );
      return [...found, ...domainName(name)];
    }
    const [namespace, own] = [name.slice(0, at), name.slice(at + 1)];
    found.push(
      ...problemIf(namespace === '' || own === '', 'config namespace and gateway name cannot be empty'),
      ...problemIf(!isLabel(namespace), `invalid value for namespace: ${JSON.stringify(namespace)}`),
      ...problemIf(!isLabel(own), `invalid value for gateway name: ${JSON.stringify(own)}`),
    );
  }
  return found;
}
