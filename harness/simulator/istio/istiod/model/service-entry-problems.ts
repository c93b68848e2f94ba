/** What a ServiceEntry could not mean (pkg/config/validation/validation.go @1.30.3, ValidateServiceEntry). */
import { list, tree } from '../../../../base/untyped.ts';
import { text, texts } from './config-fields.ts';

/** Returns a sentence for each problem, in Istio's words. */
export function problemsOfServiceEntry(spec: ReturnType<typeof tree>): string[] {
  const hosts = texts(spec['hosts']);
  const ports = list(spec['ports']).map(tree);
  const endpoints = list(spec['endpoints']);
  const resolution = text(spec['resolution']) ?? 'NONE';
  const isByName = resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN';
  const selects = spec['workloadSelector'] !== undefined && spec['workloadSelector'] !== null;
  return [
    ...(selects && endpoints.length > 0
      ? ['only one of WorkloadSelector or Endpoints is allowed in Service Entry']
      : []),
    ...(hosts.length === 0 ? ['service entry must have at least one host'] : []),
    ...hosts.filter(host => host === '*').map(host => `invalid host ${host}`),
    ...(isByName && texts(spec['addresses']).some(address => /\/(?!32$)/.test(address))
      ? ['CIDR addresses are allowed only for NONE/STATIC resolution types']
      : []),
    ...twice(ports.map(({ name }) => text(name) ?? '')).map(
      name => `service entry port name ${JSON.stringify(name)} already defined`,
    ),
    ...twice(ports.map(({ number }) => String(number))).map(
      number => `service entry port ${number} already defined`,
    ),
    ...(resolution === 'NONE' && endpoints.length > 0
      ? ['no endpoints should be provided for resolution type none']
      : []),
    ...(resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1
      ? [`there must only be 0 or 1 endpoint for resolution mode ${resolution}`]
      : []),
  ];
}

/** Those that stand somewhere before, too. */
const twice = (items: readonly string[]): readonly string[] =>
  items.filter((item, at) => items.indexOf(item) < at);
