/** Names and addresses of a pod (core/validation @v1.34, validatePodDNSConfig, ValidateHostAliases). */
import { type FieldError, forbiddenValue, invalidValue, required } from '../../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf } from '../../json.ts';
import {
  atMost,
  invalidFor,
  isSet,
  legacyAddress,
  numberOf,
  requiredChoice,
  subdomainText,
  textOf,
} from '../entries.ts';
import { problemsOfUnderscoredSubdomain } from '../names.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/** Checks the policy of a pod's name resolution. */
export const validateDnsPolicy = (policy: unknown, field: string): FieldError[] =>
  requiredChoice(policy, field, DNS_POLICIES);

/** Checks the pod's own settings of name resolution. */
export function validateDnsConfig(spec: JsonObject, field: string): FieldError[] {
  const config = spec['dnsConfig'];
  const servers = listOf(objectOf(config)['nameservers']).map(String);
  if (spec['dnsPolicy'] === 'None') {
    if (!isObject(config)) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (servers.length === 0) {
      const text = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [required(`${field}.nameservers`, text)];
    }
  }
  if (!isObject(config)) return [];
  const searches = listOf(config['searches']).map(String);
  const errors: FieldError[] = [];
  if (servers.length > MAX_NAMESERVERS)
    errors.push(invalidValue(`${field}.nameservers`, servers, 'must not have more than 3 nameservers'));
  errors.push(...servers.flatMap((server, index) => legacyAddress(server, `${field}.nameservers[${index}]`)));
  const bad = (text: string) => errors.push(invalidValue(`${field}.searches`, searches, text));
  if (searches.length > MAX_SEARCHES) bad('must not have more than 32 search paths');
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS)
    bad('must not have more than 2048 characters (including spaces) in the search list');
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    errors.push(...invalidFor(`${field}.searches[${index}]`, name, problemsOfUnderscoredSubdomain(name)));
  }
  for (const [index, option] of objectsOf(config['options']).entries())
    if (textOf(option['name']) === '')
      errors.push(required(`${field}.options[${index}]`, 'must not be empty'));
  return errors;
}

/** Checks the lines that a pod adds to its file of hosts. */
export function validateHostAliases(aliases: readonly JsonObject[], field: string): FieldError[] {
  return aliases.flatMap(({ ip, hostnames }, index) => [
    ...legacyAddress(textOf(ip), `${field}[${index}].ip`),
    ...listOf(hostnames).flatMap((name, at) =>
      subdomainText(String(name), `${field}[${index}].hostnames[${at}]`),
    ),
  ]);
}

/** Checks the name that a pod shows for itself (validatePodHostName). */
export function validateHostName(spec: JsonObject, field: string): FieldError[] {
  const name = spec['hostnameOverride'];
  if (!isSet(name)) return [];
  const errors: FieldError[] = [];
  if (spec['setHostnameAsFQDN'] === true)
    errors.push(forbiddenValue(field, 'may not be specified when setHostnameAsFQDN is true'));
  if (spec['hostNetwork'] === true)
    errors.push(forbiddenValue(field, 'may not be specified when hostNetwork is true'));
  return [...errors, ...atMost(name, field, 64), ...subdomainText(textOf(name), field)];
}

/**
 * Checks the ports of a pod on its node's network, which are those of the node (validatePodHostNetworkDeps).
 * @param isOfPod - a template may leave them open
 */
export function validateHostNetwork(spec: JsonObject, field: string, isOfPod: boolean): FieldError[] {
  if (spec['hostNetwork'] !== true) return [];
  return objectsOf(spec['containers']).flatMap((container, index) =>
    objectsOf(container['ports']).flatMap((port, at) => {
      const [host, own] = [numberOf(port['hostPort']), numberOf(port['containerPort'])];
      if (host === own || (!isOfPod && host === 0)) return [];
      const path = `${field}.containers[${index}].ports[${at}].hostPort`;
      return [invalidValue(path, host, 'must match `containerPort` when `hostNetwork` is true')];
    }),
  );
}
