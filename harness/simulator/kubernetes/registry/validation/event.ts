/** Events, which either API stores in the core group's form (core/validation/events.go @v1.34). */
import { type FieldError, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import { equal, type KubernetesObject, objectOf } from '../json.ts';
import { isSet, numberOf, qualifiedName, textOf } from './entries.ts';

const LIMITS = { reportingInstance: 128, action: 128, reason: 128, message: 1024 };
const NAMESPACES_OF_NOBODY = ['default', 'kube-system'];

/**
 * Finds what is wrong with an Event.
 * @param isNewApi - whether it came by events.k8s.io, which asks for more
 */
export function validateEvent(
  event: KubernetesObject,
  old: KubernetesObject | undefined,
  isNewApi: boolean,
): FieldError[] {
  const errors = validateLegacy(event, isNewApi);
  if (!isNewApi) return errors;
  if (old) return [...errors, ...changesOfEvent(event, old)];
  errors.push(...validateSeries(event));
  if (!isSet(event['eventTime'])) errors.push(required('eventTime'));
  const type = textOf(event['type']);
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(invalidValue('type', '', `has invalid value: ${type}`));
  for (const key of ['firstTimestamp', 'lastTimestamp'])
    if (isSet(event[key])) errors.push(invalidValue(key, '', 'needs to be unset'));
  if (numberOf(event['count']) !== 0) errors.push(invalidValue('count', '', 'needs to be unset'));
  const source = objectOf(event['source']);
  if (textOf(source['component']) !== '' || textOf(source['host']) !== '')
    errors.push(invalidValue('source', '', 'needs to be unset'));
  return errors;
}

function validateLegacy(event: KubernetesObject, isNewApi: boolean): FieldError[] {
  const at = 'involvedObject.namespace';
  const about = textOf(objectOf(event['involvedObject'])['namespace']);
  const { namespace = '' } = event.metadata;
  const astray = invalidValue(at, about, 'does not match event.namespace');
  if (!isSet(event['eventTime'])) {
    const fits = about === '' ? namespace === 'default' : about === namespace;
    return fits ? [] : [astray];
  }
  const errors = about === '' && !NAMESPACES_OF_NOBODY.includes(namespace) ? [astray] : [];
  const controller = textOf(event['reportingComponent']);
  const field = isNewApi ? 'reportingController' : 'reportingComponent';
  if (controller === '') errors.push(required(field));
  errors.push(...qualifiedName(controller, field));
  for (const [key, most] of Object.entries(LIMITS)) {
    const text = textOf(event[key]);
    if (text === '' && key !== 'message') errors.push(required(key));
    if (Buffer.byteLength(text) > most)
      errors.push(invalidValue(key, '', `can have at most ${most} characters`));
  }
  return errors;
}

function validateSeries(event: KubernetesObject): FieldError[] {
  const series = event['series'];
  if (!isSet(series)) return [];
  const { count, lastObservedTime } = objectOf(series);
  const errors: FieldError[] = [];
  if (numberOf(count) < 2) errors.push(invalidValue('series.count', '', 'should be at least 2'));
  if (!isSet(lastObservedTime)) errors.push(required('series.lastObservedTime'));
  return errors;
}

/** In the order in which the server compares them. */
const FIXED: Readonly<Record<string, string>> = {
  involvedObject: 'involvedObject',
  reason: 'reason',
  message: 'message',
  source: 'source',
  firstTimestamp: 'firstTimestamp',
  lastTimestamp: 'lastTimestamp',
  count: 'count',
  type: 'type',
  eventTime: 'eventTime',
  action: 'action',
  related: 'related',
  reportingComponent: 'reportingController',
  reportingInstance: 'reportingInstance',
};

function changesOfEvent(event: KubernetesObject, old: KubernetesObject): FieldError[] {
  const series = equal(event['series'], old['series']) ? [] : validateSeries(event);
  const others = Object.entries(FIXED)
    .filter(([key]) => !equal(event[key] ?? undefined, old[key] ?? undefined))
    .map(([key, field]) => invalidValue(field, event[key], IMMUTABLE));
  return [...series, ...others];
}
