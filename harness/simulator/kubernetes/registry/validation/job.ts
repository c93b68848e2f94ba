/** The rules of Jobs (pkg/apis/batch/validation/validation.go @v1.34: ValidateJob, ValidateJobUpdate). */
import { type FieldError, IMMUTABLE, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  copy,
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  stringOf,
} from '../json.ts';
import { matchesLabels, selectorFromObject } from '../selectors/label-selector.ts';
import { nonNegativeFields } from './counts.ts';
import { validateIndexed } from './job-indexes.ts';
import { shownSuccessPolicy, validateFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import { unchanged, validateSelector } from './metadata.ts';
import { problemsOfLabel, problemsOfSubdomain } from './names.ts';
import { shownMap, shownSelector } from './shown.ts';
import { matchesTemplate, NOTHING, validateTemplate } from './template.ts';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];
const MODES = ['NonIndexed', 'Indexed'];
const REPLACEMENTS = ['Failed', 'TerminatingOrFailed'];
const MOST_MANAGER_LETTERS = 63;
/** Labels with the uid and the name of the Job, which its pods have. */
const UID_LABELS = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];

/** Finds what is wrong with a Job. */
export function validateJob(job: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(job['spec']);
  const errors = [...validateOwnLabels(job), ...validateWholeSpec(spec), ...validateHostnames(job)];
  // An update is checked as a new Job, and then as an update.
  return old ? [...errors, ...validateWholeSpec(spec), ...validateJobUpdate(job, old)] : errors;
}

function validateWholeSpec(spec: JsonObject): FieldError[] {
  const { selector, template } = spec;
  return [
    ...validateJobSpec(spec, 'spec'),
    ...(isObject(selector) ? validateSelector(selector, 'spec.selector') : [required('spec.selector')]),
    ...matchesTemplate(isObject(selector) ? selector : NOTHING, template, 'spec.template'),
  ];
}

/** Checks the labels that the API server gives to the pods of a Job, unless its selector is the user's. */
function validateOwnLabels({ metadata, spec: specValue }: KubernetesObject): FieldError[] {
  const spec = objectOf(specValue);
  if (spec['manualSelector'] === true || !isObject(spec['selector'])) return [];
  const labels = objectOf(objectOf(objectOf(spec['template'])['metadata'])['labels']);
  const { name = '', uid = '' } = metadata;
  const errors: FieldError[] = [];
  const expected: Record<string, string> = {};
  const [legacyUid = '', uidLabel = ''] = UID_LABELS;
  const [legacyName = '', nameLabel = ''] = NAME_LABELS;
  for (const [label, value] of [
    [legacyUid, uid],
    [legacyName, name],
    [uidLabel, uid],
    [nameLabel, name],
  ] as const) {
    expected[label] = value;
    errors.push(...hasLabel(labels, label, value));
  }
  const parsed = selectorFromObject(spec['selector']);
  if (parsed && !matchesLabels(parsed, expected)) {
    const text = '`selector` not auto-generated';
    errors.push(invalidValue('spec.selector', spec['selector'], text, shownSelector(spec['selector'])));
  }
  return errors;
}

/** ValidateHasLabel. */
function hasLabel(labels: JsonObject, label: string, expected: string): FieldError[] {
  const path = 'spec.template.metadata.labels';
  const value = stringOf(labels[label]);
  if (value === undefined) return [required(path, `must be '${expected}'`)];
  if (value === expected) return [];
  return [invalidValue(`${path}[${label}]`, labels, `must be '${expected}'`, shownMap(labels))];
}

/** Checks that the pods of all indexes can have a hostname. */
function validateHostnames({ metadata, spec: specValue }: KubernetesObject): FieldError[] {
  const { completionMode, completions } = objectOf(specValue);
  if (completionMode !== 'Indexed' || typeof completions !== 'number' || completions <= 0) return [];
  const { name = '' } = metadata;
  const longest = `${name}-${completions - 1}`;
  if (problemsOfLabel(longest).length === 0) return [];
  const text = `will not able to create pod with invalid DNS label: ${longest}`;
  return [invalidValue('metadata.name', name, text)];
}

/** Finds what is wrong with the spec of a Job or of a CronJob's Jobs. @param path - of the spec */
export function validateJobSpec(spec: JsonObject, path: string): FieldError[] {
  const errors = nonNegativeFields(spec, path, COUNTS);
  if (spec['maxFailedIndexes'] !== undefined && spec['backoffLimitPerIndex'] === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  errors.push(...validateManager(spec['managedBy'], `${path}.managedBy`));
  const mode = spec['completionMode'];
  if (mode !== undefined && !MODES.includes(String(mode)))
    errors.push(notSupported(`${path}.completionMode`, String(mode), MODES));
  errors.push(...validateIndexed(spec, path));
  if (isObject(spec['podFailurePolicy']))
    errors.push(...validateFailurePolicy(spec, `${path}.podFailurePolicy`));
  if (isObject(spec['successPolicy'])) {
    if (mode === 'Indexed') errors.push(...validateSuccessPolicy(spec, `${path}.successPolicy`));
    else
      errors.push(
        invalidValue(
          `${path}.successPolicy`,
          spec['successPolicy'],
          'requires indexed completion mode',
          shownSuccessPolicy(spec['successPolicy']),
        ),
      );
  }
  errors.push(...validateReplacement(spec, `${path}.podReplacementPolicy`));
  errors.push(...validateTemplate(spec['template'], `${path}.template`));
  errors.push(...validateRestart(spec, `${path}.template.spec.restartPolicy`));
  return errors;
}

/** Checks the name of who manages a Job (apimachinery pkg/util/validation: IsDomainPrefixedPath @v0.34). */
function validateManager(value: unknown, field: string): FieldError[] {
  if (typeof value !== 'string') return [];
  const errors = problemsOfPath(value).map(([shown, problem]) => invalidValue(field, shown, problem));
  if (value === '') errors.push(required(field));
  if (value.length > MOST_MANAGER_LETTERS) {
    const message = `Too long: may not be more than ${MOST_MANAGER_LETTERS} bytes`;
    errors.push({ reason: 'FieldValueTooLong', message, field });
  }
  return errors;
}

const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** Returns what is wrong with a path below a domain, each with the part that it is about. */
function problemsOfPath(value: string): (readonly [string, string])[] {
  if (value === '') return [];
  const [host = '', ...rest] = value.split('/');
  const path = rest.join('/');
  if (host === '' || path === '') return [[value, 'must be a domain-prefixed path (such as "acme.io/foo")']];
  const problems = problemsOfSubdomain(host).map(problem => [host, problem] as const);
  if (!new RegExp(`^${PATH}$`).test(path))
    problems.push([path, `Invalid path (regex used for validation is '${PATH}')`]);
  return problems;
}

function validateReplacement(spec: JsonObject, field: string): FieldError[] {
  const policy = spec['podReplacementPolicy'];
  if (policy === undefined) return [];
  const choices = isObject(spec['podFailurePolicy']) ? ['Failed'] : REPLACEMENTS;
  return choices.includes(String(policy)) ? [] : [notSupported(field, String(policy), choices)];
}

function validateRestart(spec: JsonObject, field: string): FieldError[] {
  const policy = String(objectOf(objectOf(spec['template'])['spec'])['restartPolicy'] ?? '');
  if (policy === 'Always' || policy === '') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [notSupported(field, policy, ['OnFailure', 'Never'])];
  if (!isObject(spec['podFailurePolicy']) || policy === 'Never') return [];
  return [invalidValue(field, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** Finds what an update changes that it must not. */
function validateJobUpdate(job: KubernetesObject, old: KubernetesObject): FieldError[] {
  const spec = objectOf(job['spec']);
  const before = objectOf(old['spec']);
  const fixed = (field: string, shown?: string) => unchanged(job, old, ['spec', field], shown);
  return [
    ...validateCompletions(spec, before),
    ...fixed('selector', shownSelector(spec['selector'])),
    ...validateTemplateUpdate(spec, old),
    ...fixed('completionMode'),
    ...fixed('podFailurePolicy'),
    ...fixed('backoffLimitPerIndex'),
    ...fixed('managedBy'),
    ...fixed(
      'successPolicy',
      isObject(spec['successPolicy']) ? shownSuccessPolicy(spec['successPolicy']) : undefined,
    ),
  ];
}

function validateCompletions({ completionMode, completions, parallelism }: JsonObject, old: JsonObject) {
  if (equal(completions, old['completions'])) return [];
  const field = 'spec.completions';
  if (completionMode !== 'Indexed') return [invalidValue(field, completions, IMMUTABLE)];
  if (completions === undefined || completions === parallelism) return [];
  return [invalidValue(field, completions, 'can only be modified in tandem with spec.parallelism')];
}

/** While a Job is suspended and has never started, one may still say where its pods may run. */
function validateTemplateUpdate({ template }: JsonObject, old: KubernetesObject): FieldError[] {
  const oldSpec = objectOf(old['spec']);
  const isOpen = oldSpec['suspend'] === true && objectOf(old['status'])['startTime'] === undefined;
  const plain = (value: unknown) => (isOpen ? withoutDirectives(objectOf(value)) : value);
  return equal(plain(template), plain(oldSpec['template']))
    ? []
    : [invalidValue('spec.template', template, IMMUTABLE)];
}

function withoutDirectives(template: JsonObject): JsonObject {
  const part = copy(template);
  const pods = objectOf(part['spec']);
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates']) delete pods[field];
  const { nodeAffinity: _affinity, ...affinity } = objectOf(pods['affinity']);
  if (Object.keys(affinity).length > 0) pods['affinity'] = affinity;
  else delete pods['affinity'];
  delete part['metadata'];
  return part;
}
