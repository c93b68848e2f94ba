/**
 * Names and amounts of resources, of containers, pods and quotas (core/validation @v1.34,
 * validateResourceRequirements; pkg/apis/core/helper/helpers.go).
 */
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  required,
} from '../../field-errors.ts';
import { type JsonObject, objectOf, objectsOf } from '../../json.ts';
import { parseQuantity } from '../../quantity.ts';
import { COMPUTE, COUNTED, isOfHugePages, OF_QUOTAS } from '../../resource-names.ts';
import { labelText, qualifiedName, textOf } from '../entries.ts';
import { problemsOfQualifiedName } from '../label-rules.ts';

const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** Tells whether a resource is one that a vendor adds: `example.com/gpu`. */
export function isExtended(name: string): boolean {
  if (isNative(name) || name.startsWith('requests.')) return false;
  return problemsOfQualifiedName(`requests.${name}`).length === 0;
}

/** Tells whether requests of a resource may be below its limit. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name);

/** Checks the name of any resource (validateResourceName). */
export function resourceName(name: string, field: string): FieldError[] {
  const errors = qualifiedName(name, field);
  if (errors.length > 0 || name.includes('/')) return errors;
  if (OF_QUOTAS.includes(name) || name === 'storage' || isOfHugePages(name)) return [];
  return [invalidValue(field, name, 'must be a standard resource type or fully qualified')];
}

/** Checks the name of a resource of a container (validateContainerResourceName). */
export function containerResource(name: string, field: string): FieldError[] {
  const errors = resourceName(name, field);
  if (!name.includes('/')) {
    if (!COMPUTE.includes(name) && !isHugePages(name))
      errors.push(invalidValue(field, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalidValue(field, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** Checks the name of a resource of a pod as a whole (validatePodResourceName). */
function podResource(name: string, field: string): FieldError[] {
  const errors = resourceName(name, field);
  if (errors.length > 0 || ['cpu', 'memory'].includes(name) || isHugePages(name)) return errors;
  return [notSupported(field, name, ['cpu', 'hugepages-', 'memory'])];
}

/** Checks the amount of a resource (ValidateResourceQuantityValue). */
export function resourceAmount(name: string, amount: unknown, field: string): FieldError[] {
  const text = String(amount);
  const value = parseQuantity(text);
  const errors: FieldError[] = [];
  if (value < 0) errors.push(invalidValue(field, text, 'must be greater than or equal to 0'));
  if ((COUNTED.includes(name) || isExtended(name)) && !Number.isInteger(value))
    errors.push(invalidValue(field, text, 'must be an integer'));
  return errors;
}

/** Checks that an amount of huge pages is a number of whole pages. */
function hugePages(name: string, amount: unknown, field: string): FieldError[] {
  if (!isHugePages(name)) return [];
  const page = parseQuantity(name.slice('hugepages-'.length));
  if (page > 0 && Number.isInteger(page) && parseQuantity(String(amount)) % page === 0) return [];
  const text = String(amount);
  return [invalidValue(field, text, `${text} is not positive integer multiple of ${name}`)];
}

/** Whose resources are checked. */
interface ResourceOwner {
  readonly of: 'container' | 'pod';
  /** The names of the pod's claims on devices. */
  readonly claims: ReadonlySet<string>;
}

/** Checks requests and limits, each by itself and against the other. */
export function validateResources(resources: JsonObject, field: string, owner: ResourceOwner): FieldError[] {
  const nameRule = owner.of === 'pod' ? podResource : containerResource;
  const limits = objectOf(resources['limits']);
  const requests = objectOf(resources['requests']);
  const errors: FieldError[] = [];
  for (const list of ['limits', 'requests']) {
    // Maps of Go have no order; here it is that of the names.
    for (const [name, amount] of Object.entries(objectOf(resources[list])).sort(byKey)) {
      const path = `${field}.${list}[${name}]`;
      errors.push(...nameRule(name, path), ...resourceAmount(name, amount, path));
      if (list === 'requests') errors.push(...againstLimit(name, String(amount), limits, field));
      errors.push(...hugePages(name, amount, path));
    }
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    errors.push(forbiddenValue(field, 'HugePages require cpu or memory'));
  return [...errors, ...claimNames(objectsOf(resources['claims']), `${field}.claims`, owner.claims)];
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function againstLimit(name: string, request: string, limits: JsonObject, field: string): FieldError[] {
  const limit = limits[name];
  if (limit === undefined) {
    if (mayOvercommit(name)) return [];
    return [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const [asked, most] = [parseQuantity(request), parseQuantity(String(limit))];
  const isBound = !mayOvercommit(name);
  if (isBound ? asked === most : asked <= most) return [];
  const relation = isBound ? 'equal to' : 'less than or equal to';
  return [
    invalidValue(`${field}.requests`, request, `must be ${relation} ${name} limit of ${String(limit)}`),
  ];
}

function claimNames(claims: readonly JsonObject[], field: string, known: ReadonlySet<string>): FieldError[] {
  const taken = new Set<string>();
  return claims.flatMap((claim, index) => {
    const path = `${field}[${index}]`;
    const [name, request] = [textOf(claim['name']), textOf(claim['request'])];
    if (name === '') return [required(path)];
    const errors = request === '' ? [] : labelText(request, `${path}.request`);
    const key = request === '' ? name : `${name}/${request}`;
    if (taken.has(name) || taken.has(key)) errors.push(duplicate(path, taken.has(name) ? name : key));
    taken.add(key);
    if (known.has(name)) return errors;
    const those = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
    const text = `must be one of the names in pod.spec.resourceClaims${those}`;
    const message = `Not found: ${JSON.stringify(name)}: ${text}`;
    return [...errors, { reason: 'FieldValueNotFound', field: path, message }];
  });
}
