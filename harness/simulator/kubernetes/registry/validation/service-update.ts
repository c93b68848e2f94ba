/** What an update of a Service may not change (core/validation @v1.34, ValidateServiceUpdate). */
import { type FieldError, forbiddenValue, IMMUTABLE, invalidValue } from '../field-errors.ts';
import { type JsonObject, listOf } from '../json.ts';
import { hasHealthCheck } from '../service-fields.ts';

const FIXED = 'may not change once set';
const isHeadless = (spec: JsonObject): boolean => listOf(spec['clusterIPs'])[0] === 'None';

/** Checks addresses, families, and what belongs to a load balancer. */
export function changesOfService(spec: JsonObject, before: JsonObject): FieldError[] {
  const both = (holds: (of: JsonObject) => boolean) => holds(spec) && holds(before);
  const errors: FieldError[] = [];
  if (both(of => of['type'] !== 'ExternalName')) {
    if (!both(isHeadless)) errors.push(...changesOfAddresses(spec, before));
    if (both(of => !isHeadless(of))) errors.push(...changesOfFamilies(spec, before));
  }
  const balancer = spec['loadBalancerClass'];
  if (both(of => of['type'] === 'LoadBalancer') && balancer !== before['loadBalancerClass'])
    errors.push(invalidValue('spec.loadBalancerClass', balancer, FIXED));
  if (both(hasHealthCheck) && spec['healthCheckNodePort'] !== before['healthCheckNodePort'])
    errors.push(forbiddenValue('spec.healthCheckNodePort', IMMUTABLE));
  return errors;
}

function changesOfAddresses(spec: JsonObject, before: JsonObject): FieldError[] {
  const [now, old] = [listOf(spec['clusterIPs']), listOf(before['clusterIPs'])];
  const at = (index: number) => `spec.clusterIPs[${index}]`;
  if (now.length === old.length) {
    return old.flatMap((address, index) =>
      address === now[index] ? [] : [invalidValue(at(index), now, FIXED)],
    );
  }
  if (now.length === 0) return [invalidValue(at(0), now, 'primary clusterIP can not be unset')];
  const errors = old.length > 0 && now[0] !== old[0] ? [invalidValue(at(0), now, FIXED)] : [];
  if (now.length < old.length && now.length === 1 && spec['ipFamilyPolicy'] !== 'SingleStack') {
    const text = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    errors.push(invalidValue('spec.ipFamilyPolicy', spec['ipFamilyPolicy'], text));
  }
  return errors;
}

function changesOfFamilies(spec: JsonObject, before: JsonObject): FieldError[] {
  const [now, old] = [listOf(spec['ipFamilies']), listOf(before['ipFamilies'])];
  const at = 'spec.ipFamilies[0]';
  if (now.length === old.length) {
    return old.flatMap((family, index) => (family === now[index] ? [] : [invalidValue(at, now, FIXED)]));
  }
  return now.length > 0 && old.length > 0 && now[0] !== old[0]
    ? [invalidValue(at, listOf(spec['clusterIPs']), FIXED)]
    : [];
}
