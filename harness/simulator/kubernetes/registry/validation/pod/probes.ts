/** Probes and hooks of a container (core/validation @v1.34, validateProbe, validateLifecycle). */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../../field-errors.ts';
import { isObject, type JsonObject, listOf, objectsOf } from '../../json.ts';
import {
  invalidFor,
  isSet,
  nonNegative,
  numberOf,
  portNumberOrName,
  requiredText,
  textOf,
} from '../entries.ts';
import { regexText } from '../format-text.ts';

const HEADER_NAME = '[-A-Za-z0-9]+';
const TWO_HANDLERS = 'may not specify more than 1 handler type';

/** Checks one probe. */
export function validateProbe(
  probe: JsonObject,
  field: string,
  kind: 'liveness' | 'readiness' | 'startup',
): FieldError[] {
  const errors = validateHandler(probe, field, ['exec', 'httpGet', 'tcpSocket', 'grpc'], undefined);
  const counts = ['initialDelay', 'timeout', 'period'].map(name => `${name}Seconds`);
  for (const key of [...counts, 'successThreshold', 'failureThreshold'])
    errors.push(...nonNegative(probe[key], `${field}.${key}`));
  const grace = probe['terminationGracePeriodSeconds'];
  const graceField = `${field}.terminationGracePeriodSeconds`;
  if (isSet(grace) && numberOf(grace) <= 0)
    errors.push(invalidValue(graceField, grace, 'must be greater than 0'));
  if (kind === 'readiness') {
    if (isSet(grace)) errors.push(invalidValue(graceField, grace, 'must not be set for readinessProbes'));
  } else if (numberOf(probe['successThreshold']) !== 1) {
    errors.push(invalidValue(`${field}.successThreshold`, numberOf(probe['successThreshold']), 'must be 1'));
  }
  return errors;
}

/** Checks that there is one way to probe or to call. @param grace - seconds that the pod has to end */
function validateHandler(
  handler: JsonObject,
  field: string,
  kinds: readonly string[],
  grace: number | undefined,
): FieldError[] {
  const [first, ...others] = kinds.filter(kind => isObject(handler[kind]));
  if (first === undefined) return [required(field, 'must specify a handler type')];
  const action = handler[first] as JsonObject; // an object, by the filter
  return [
    ...validateAction(first, action, `${field}.${first}`, grace),
    ...others.map(kind => forbiddenValue(`${field}.${kind}`, TWO_HANDLERS)),
  ];
}

function validateAction(
  kind: string,
  action: JsonObject,
  field: string,
  grace: number | undefined,
): FieldError[] {
  switch (kind) {
    case 'exec':
      return listOf(action['command']).length === 0 ? [required(`${field}.command`)] : [];
    case 'httpGet':
      return validateHttpGet(action, field);
    case 'sleep': {
      const seconds = numberOf(action['seconds']);
      if (grace === undefined || (seconds >= 0 && seconds <= grace)) return [];
      const text = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
      return [invalidValue(field, seconds, text)];
    }
    default:
      return portNumberOrName(action['port'], `${field}.port`);
  }
}

function validateHttpGet(get: JsonObject, field: string): FieldError[] {
  const errors = [
    ...requiredText(get['path'], `${field}.path`),
    ...portNumberOrName(get['port'], `${field}.port`),
  ];
  const scheme = textOf(get['scheme']);
  if (!['HTTP', 'HTTPS'].includes(scheme)) {
    errors.push(notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']));
  }
  for (const header of objectsOf(get['httpHeaders'])) {
    const name = textOf(header['name']);
    if (/^[-A-Za-z0-9]+$/.test(name)) continue;
    const message = "a valid HTTP header must consist of alphanumeric characters or '-'";
    errors.push(
      ...invalidFor(`${field}.httpHeaders`, name, [regexText(message, HEADER_NAME, 'X-Header-Name')]),
    );
  }
  return errors;
}

const SIGNALS_OF_WINDOWS = ['SIGKILL', 'SIGTERM'];
const REAL_TIME = Array.from({ length: 15 }, (_, index) => index + 1);
const SIGNALS = [
  ...'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT'.split(' '),
  ...['RTMAX', ...REAL_TIME.slice(0, 14).map(number => `RTMAX-${number}`)],
  ...['RTMIN', ...REAL_TIME.map(number => `RTMIN+${number}`)],
  ...'SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(' '),
]
  .map(name => `SIG${name}`)
  .sort();

/** Checks the hooks of a container. @param grace - seconds that the pod has to end */
export function validateLifecycle(
  lifecycle: JsonObject,
  field: string,
  grace: number | undefined,
  os: string | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const hook of ['postStart', 'preStop']) {
    const handler = lifecycle[hook];
    if (!isObject(handler)) continue;
    errors.push(
      ...validateHandler(handler, `${field}.${hook}`, ['exec', 'httpGet', 'tcpSocket', 'sleep'], grace),
    );
  }
  const signal = lifecycle['stopSignal'];
  if (!isSet(signal)) return errors;
  const at = `${field}.stopSignal`;
  if (os === undefined)
    errors.push(forbiddenValue(at, 'may not be set for containers with empty `spec.os.name`'));
  const known = os === 'windows' ? SIGNALS_OF_WINDOWS : SIGNALS;
  if (os !== undefined && !known.includes(String(signal)))
    errors.push(notSupported(at, String(signal), known));
  return errors;
}
