/** The rules of network policies (pkg/apis/networking/validation/validation.go @v1.34). */
import { parseRange } from '../../../../base/ip-address.ts';
import { contains, parseCidr } from '../../../../base/ipv4.ts';
import { type FieldError, forbiddenValue, invalidValue, required } from '../field-errors.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';

import { isSet, portNumber, portNumberOrName, textOf, validateChoice } from './entries.ts';
import { validateSelector } from './metadata.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Ingress', 'Egress'];
const NO_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function validatePort({ protocol, port, endPort }: JsonObject, field: string): FieldError[] {
  const last = `${field}.endPort`;
  const ofProtocol = validateChoice(protocol, `${field}.protocol`, PROTOCOLS);
  const ofPort = isSet(port) ? portNumberOrName(port, `${field}.port`) : [];
  if (!isSet(endPort)) return [...ofProtocol, ...ofPort];
  if (!isSet(port) || typeof port === 'string') {
    const why = isSet(port) ? 'non-numeric' : 'not specified';
    const refused = invalidValue(last, endPort, `may not be specified when \`port\` is ${why}`);
    return [...ofProtocol, refused, ...ofPort];
  }
  const isBelow = Number(endPort) < Number(port);
  // The real one shows the first port as the value of the last one.
  const ofOrder = isBelow ? [invalidValue(last, port, 'must be greater than or equal to `port`')] : [];
  return [...ofProtocol, ...ofPort, ...ofOrder, ...portNumber(endPort, last)];
}

/** Tells whether a range lies in another one and is smaller. Unlike Kubernetes, of IPv6 only sizes count. */
function isStrictSubset(inner: string, outer: string): boolean {
  const [a, b] = [parseRange(inner), parseRange(outer)];
  if (!a || !b) return true;
  const range = parseCidr(outer);
  if (range && !contains(range, a.address)) return false;
  return a.prefix > b.prefix && a.address.includes(':') === b.address.includes(':');
}

function validateBlock(block: JsonObject, field: string): FieldError[] {
  const cidr = textOf(block['cidr']);
  if (cidr === '') return [required(`${field}.cidr`)];
  if (!parseRange(cidr)) return [invalidValue(`${field}.cidr`, cidr, NO_CIDR)];
  return listOf(block['except']).flatMap((entry, index) => {
    const except = textOf(entry);
    const path = `${field}.except[${index}]`;
    if (!parseRange(except)) return [invalidValue(path, except, NO_CIDR)];
    return isStrictSubset(except, cidr)
      ? []
      : [invalidValue(path, except, 'must be a strict subset of `cidr`')];
  });
}

function validatePeer(peer: JsonObject, field: string): FieldError[] {
  const selectors = ['podSelector', 'namespaceSelector'].filter(key => isSet(peer[key]));
  const errors = selectors.flatMap(key => validateSelector(peer[key], `${field}.${key}`));
  const block = peer['ipBlock'];
  if (isSet(block)) errors.push(...validateBlock(objectOf(block), `${field}.ipBlock`));
  else if (selectors.length === 0) errors.push(required(field, 'must specify a peer'));
  if (isSet(block) && selectors.length > 0)
    errors.push(forbiddenValue(field, 'may not specify both ipBlock and another peer'));
  return errors;
}

/** Finds what is wrong with a policy. */
export function validateNetworkPolicy({ spec }: KubernetesObject): FieldError[] {
  const { podSelector, policyTypes, ...directions } = objectOf(spec);
  const errors = validateSelector(podSelector, 'spec.podSelector');
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [index, rule] of objectsOf(directions[direction]).entries()) {
      const path = `spec.${direction}[${index}]`;
      for (const [at, port] of objectsOf(rule['ports']).entries())
        errors.push(...validatePort(port, `${path}.ports[${at}]`));
      for (const [at, peer] of objectsOf(rule[peers]).entries())
        errors.push(...validatePeer(peer, `${path}.${peers}[${at}]`));
    }
  }
  const types = listOf(policyTypes);
  if (types.length > TYPES.length)
    return [...errors, invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  return [
    ...errors,
    ...types.flatMap((type, index) => validateChoice(type, `spec.policyTypes[${index}]`, TYPES)),
  ];
}
