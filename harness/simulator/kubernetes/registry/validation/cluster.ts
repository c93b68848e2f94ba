/** Nodes, Namespaces, PriorityClasses, StorageClasses (core, scheduling, storage validation @v1.34). */
import { familyOf, parseRange } from '../../../../base/ip-address.ts';
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  required,
  tooLongValue,
} from '../field-errors.ts';
import { isStandardFinalizer } from '../finalizers.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';
import { numberOf, qualifiedName, requiredChoice, textOf, validateChoice } from './entries.ts';
import { validateTaints } from './pod/placement.ts';
import { resourceAmount } from './pod/resources.ts';

const HIGHEST_PRIORITY = 1_000_000_000;
const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

/** Finds what is wrong with a Node; its pod ranges are checked as a pair of families. */
export function validateNode(node: KubernetesObject): FieldError[] {
  const spec = objectOf(node['spec']);
  const status = objectOf(node['status']);
  const errors = validateTaints(objectsOf(spec['taints']), 'metadata.taints');
  for (const list of ['capacity', 'allocatable']) {
    for (const [name, amount] of Object.entries(objectOf(status[list])))
      errors.push(...resourceAmount(name, amount, `status.${list}.${name}`));
  }
  const ranges = listOf(spec['podCIDRs']).map(String);
  for (const [index, range] of ranges.entries()) {
    if (parseRange(range)) continue;
    const text = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    errors.push(invalidValue(`spec.podCIDRs[${index}]`, range, text));
  }
  const families = new Set(ranges.map(range => familyOf(range.split('/')[0] ?? '')));
  if (ranges.length > families.size)
    errors.push(
      invalidValue('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'),
    );
  return errors;
}

/** Finds what is wrong with a Namespace: its finalizers. */
export function validateNamespace(namespace: KubernetesObject): FieldError[] {
  return listOf(objectOf(namespace['spec'])['finalizers']).flatMap(entry => {
    const name = String(entry);
    const errors = qualifiedName(name, 'spec.finalizers');
    if (name.includes('/') || isStandardFinalizer(name)) return errors;
    const text = 'name is neither a standard finalizer name nor is it fully qualified';
    return [...errors, invalidValue('spec.finalizers', name, text)];
  });
}

/** What the server itself makes (pkg/apis/scheduling/v1/helpers.go). */
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** Finds what is wrong with a PriorityClass. */
export function validatePriorityClass(priority: KubernetesObject): FieldError[] {
  const { name = '' } = priority.metadata;
  const value = numberOf(priority['value']);
  const errors: FieldError[] = [];
  if (name.startsWith('system-')) {
    const problem = problemOfSystemClass(name, value, priority['globalDefault'] === true);
    const text = "priority class names with 'system-' prefix are reserved for system use only. error: ";
    if (problem !== undefined) errors.push(forbiddenValue('metadata.name', `${text}${problem}`));
  } else if (value > HIGHEST_PRIORITY) {
    const text = `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`;
    errors.push(forbiddenValue('value', text));
  }
  const policy = priority['preemptionPolicy'];
  if (policy === undefined || policy === null) return errors;
  return [...errors, ...requiredChoice(policy, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'])];
}

function problemOfSystemClass(name: string, value: number, isDefault: boolean): string | undefined {
  const known = SYSTEM_CLASSES[name];
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return isDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

/** Finds what is wrong with a StorageClass. */
export function validateStorageClass(storage: KubernetesObject): FieldError[] {
  const provisioner = textOf(storage['provisioner']);
  const errors =
    provisioner === '' ? [required('provisioner')] : qualifiedName(provisioner.toLowerCase(), 'provisioner');
  errors.push(...validateParameters(objectOf(storage['parameters'])));
  errors.push(
    ...validateChoice(storage['reclaimPolicy'] || undefined, 'reclaimPolicy', ['Delete', 'Retain']),
  );
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  errors.push(...validateChoice(storage['volumeBindingMode'], 'volumeBindingMode', modes));
  for (const [index, term] of objectsOf(storage['allowedTopologies']).entries())
    errors.push(...validateTopology(term, `allowedTopologies[${index}].matchLabelExpressions`));
  return errors;
}

function validateParameters(parameters: JsonObject): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLongValue('parameters', MAX_PARAMETERS)];
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + textOf(value)), 0);
  return [
    ...entries
      .filter(([key]) => key === '')
      .map(() => invalidValue('parameters', '', 'field can not be empty.')),
    ...(size > MAX_PARAMETER_BYTES ? [tooLongValue('parameters', MAX_PARAMETER_BYTES)] : []),
  ];
}

function validateTopology(term: JsonObject, field: string): FieldError[] {
  const keys = new Set<string>();
  return objectsOf(term['matchLabelExpressions']).flatMap((expression, index) => {
    const path = `${field}[${index}]`;
    const values = listOf(expression['values']);
    const key = textOf(expression['key']);
    const errors: FieldError[] = values.length === 0 ? [required(`${path}.values`)] : [];
    for (const [at, value] of values.entries())
      if (values.indexOf(value) < at) errors.push(duplicate(`${path}.values[${at}]`, value));
    errors.push(...qualifiedName(key, `${path}.key`));
    if (keys.has(key)) errors.push(duplicate(`${path}.key`, key));
    keys.add(key);
    return errors;
  });
}
