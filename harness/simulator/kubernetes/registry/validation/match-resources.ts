/**
 * Which requests webhooks and policies concern
 * (pkg/apis/admissionregistration/validation/validation.go @v1.34).
 */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, listOf, objectsOf } from '../json.ts';
import { validateSelector } from './metadata.ts';
import { problemsOfPathSegment } from './names.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

const textsOf = (value: unknown) => listOf(value).map(String);
const ifStar = (what: string) => `if '*' is present, must not specify other ${what}`;

/** A list that must have entries, and nothing beside a star. */
function checkList(value: unknown, field: string, what: string): FieldError[] {
  const entries = textsOf(value);
  if (entries.length === 0) return [required(field)];
  return entries.length > 1 && entries.includes('*') ? [invalidValue(field, entries, ifStar(what))] : [];
}

/** Resources with subresources: stars must not stand beside what they include. */
function checkResources(value: unknown, field: string): FieldError[] {
  const resources = textsOf(value);
  const errors: FieldError[] = resources.length === 0 ? [required(field)] : [];
  const [wholeResources, wholeSubresources] = [new Set<string>(), new Set<string>()];
  for (const [index, entry] of resources.entries()) {
    const at = `${field}[${index}]`;
    if (entry === '') errors.push(required(at));
    const slash = entry.indexOf('/');
    if (slash < 0) continue;
    const [resource, sub] = [entry.slice(0, slash), entry.slice(slash + 1)];
    const beside = (star: string) =>
      invalidValue(at, entry, `if '${star}' is present, must not specify ${entry}`);
    if (wholeResources.has(resource)) errors.push(beside(`${resource}/*`));
    if (wholeSubresources.has(sub)) errors.push(beside(`*/${sub}`));
    if (sub === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(sub);
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalidValue(field, resources, "if '*/*' is present, must not specify other resources"));
  const plain = resources.filter(entry => entry !== '' && !entry.includes('/')).at(-1);
  if (resources.includes('*') && plain !== undefined && plain !== '*')
    errors.push(invalidValue(field, resources, ifStar('resources without subresources')));
  return errors;
}

/** Finds what is wrong with a rule: operations on resources. */
export function validateRule(rule: JsonObject, path: string): FieldError[] {
  const errors = checkList(rule['operations'], `${path}.operations`, 'operations');
  for (const [index, operation] of textsOf(rule['operations']).entries())
    if (!OPERATIONS.includes(operation))
      errors.push(notSupported(`${path}.operations[${index}]`, operation, OPERATIONS));
  errors.push(...checkList(rule['apiGroups'], `${path}.apiGroups`, 'API groups'));
  errors.push(...checkList(rule['apiVersions'], `${path}.apiVersions`, 'API versions'));
  for (const [index, version] of textsOf(rule['apiVersions']).entries())
    if (version === '') errors.push(required(`${path}.apiVersions[${index}]`));
  errors.push(...checkResources(rule['resources'], `${path}.resources`));
  const scope = String(rule['scope'] ?? '*');
  if (!SCOPES.includes(scope)) errors.push(notSupported(`${path}.scope`, scope, SCOPES));
  return errors;
}

function validateNamedRule(rule: JsonObject, path: string): FieldError[] {
  const names = textsOf(rule['resourceNames']);
  const errors = names.flatMap((name, index) => {
    const field = `${path}.resourceNames[${index}]`;
    return [
      ...problemsOfPathSegment(name).map(problem => invalidValue(field, name, problem)),
      ...(names.indexOf(name) < index ? [duplicate(field, name)] : []),
    ];
  });
  return [...errors, ...validateRule(rule, path)];
}

/** Finds what is wrong with the choice of requests of a policy or its binding. */
export function validateMatchResources(match: unknown, path: string): FieldError[] {
  if (!isObject(match)) return [];
  const errors: FieldError[] = [];
  const policy = String(match['matchPolicy'] ?? '');
  if (policy === '') errors.push(required(`${path}.matchPolicy`));
  else if (!['Equivalent', 'Exact'].includes(policy))
    errors.push(notSupported(`${path}.matchPolicy`, policy, ['Equivalent', 'Exact']));
  for (const key of ['namespaceSelector', 'objectSelector']) {
    if (match[key] === undefined) errors.push(required(`${path}.${key}`));
    else errors.push(...validateSelector(match[key], `${path}.${key}`));
  }
  for (const key of ['resourceRules', 'excludeResourceRules'])
    for (const [index, rule] of objectsOf(match[key]).entries())
      errors.push(...validateNamedRule(rule, `${path}.${key}[${index}]`));
  return errors;
}
