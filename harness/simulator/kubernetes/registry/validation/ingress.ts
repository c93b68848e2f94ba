/** Ingresses and their classes (pkg/apis/networking/validation @v1.34). */
import { isIpAddress } from '../../../../base/ip-address.ts';
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';
import {
  atMost,
  invalidFor,
  isSet,
  labelText,
  legacyAddress,
  numberOf,
  portNumber,
  subdomainText,
  textOf,
} from './entries.ts';
import {
  problemsOfLabel1035,
  problemsOfPathSegment,
  problemsOfPortName,
  problemsOfWildcard,
} from './names.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_ENDINGS = ['/..', '/.'];
const CLASS = 'kubernetes.io/ingress.class';
const MAX_CONTROLLER_BYTES = 250;

/** Finds what is wrong with an Ingress. */
export function validateIngress(ingress: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(ingress['spec']);
  const rules = objectsOf(spec['rules']);
  const backend = spec['defaultBackend'];
  const errors: FieldError[] = [];
  if (rules.length === 0 && !isObject(backend))
    errors.push(invalidValue('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  if (isObject(backend)) errors.push(...validateBackend(backend, 'spec.defaultBackend'));
  for (const [index, rule] of rules.entries()) errors.push(...validateRule(rule, `spec.rules[${index}]`));
  for (const [index, tls] of objectsOf(spec['tls']).entries())
    errors.push(...validateTls(tls, `spec.tls[${index}]`));
  const name = spec['ingressClassName'];
  if (isSet(name)) errors.push(...subdomainText(textOf(name), 'spec.ingressClassName'));
  const annotation = ingress.metadata.annotations?.[CLASS];
  if (!old && annotation !== undefined && isSet(name) && annotation !== name) {
    const text = 'must match `ingressClassName` when both are specified';
    errors.push(invalidValue(`annotations.${CLASS}`, annotation, text));
  }
  return errors;
}

const hostName = (host: string, field: string): FieldError[] =>
  host.includes('*') ? invalidFor(field, host, problemsOfWildcard(host)) : subdomainText(host, field);

const notAddress = (host: string, field: string): FieldError[] =>
  isIpAddress(host) ? [invalidValue(field, host, 'must be a DNS name, not an IP address')] : [];

function validateRule(rule: JsonObject, field: string): FieldError[] {
  const host = textOf(rule['host']);
  const at = `${field}.host`;
  const errors = host === '' ? [] : [...notAddress(host, at), ...hostName(host, at)];
  if (!isObject(rule['http'])) return errors;
  const paths = objectsOf(rule['http']['paths']);
  if (paths.length === 0) errors.push(required(`${field}.http.paths`));
  for (const [index, path] of paths.entries())
    errors.push(...validatePath(path, `${field}.http.paths[${index}]`));
  return errors;
}

function validatePath(path: JsonObject, field: string): FieldError[] {
  const type = path['pathType'];
  const text = textOf(path['path']);
  const at = `${field}.path`;
  if (!isSet(type)) return [required(`${field}.pathType`, 'pathType must be specified')];
  const errors: FieldError[] = [];
  const isFree = type === 'ImplementationSpecific';
  if (!PATH_TYPES.includes(String(type)))
    errors.push(notSupported(`${field}.pathType`, String(type), PATH_TYPES));
  else if (!text.startsWith('/') && !(isFree && text === ''))
    errors.push(invalidValue(at, text, 'must be an absolute path'));
  if (type === 'Exact' || type === 'Prefix') {
    for (const bad of BAD_SEQUENCES)
      if (text.includes(bad)) errors.push(invalidValue(at, text, `must not contain '${bad}'`));
    for (const bad of BAD_ENDINGS)
      if (text.endsWith(bad)) errors.push(invalidValue(at, text, `cannot end with '${bad}'`));
  }
  return [...errors, ...validateBackend(objectOf(path['backend']), `${field}.backend`)];
}

function validateBackend(backend: JsonObject, field: string): FieldError[] {
  const { resource, service } = backend;
  if (isObject(resource) && isObject(service))
    return [invalidValue(field, '', 'cannot set both resource and service backends')];
  if (isObject(resource)) return validateTyped(resource, `${field}.resource`);
  if (!isObject(service)) return [invalidValue(field, '', 'resource or service backend is required')];
  const name = textOf(service['name']);
  const at = `${field}.service`;
  const errors =
    name === '' ? [required(`${at}.name`)] : invalidFor(`${at}.name`, name, problemsOfLabel1035(name));
  const port = objectOf(service['port']);
  const [portName, number] = [textOf(port['name']), numberOf(port['number'])];
  if (portName !== '' && number !== 0)
    return [...errors, invalidValue(field, '', 'cannot set both port name & port number')];
  if (portName !== '')
    return [...errors, ...invalidFor(`${at}.port.name`, portName, problemsOfPortName(portName))];
  if (number === 0) return [...errors, required(field, 'port name or number is required')];
  return [...errors, ...portNumber(number, `${at}.port.number`)];
}

/** Checks a reference to an object of any kind (validateIngressTypedLocalObjectReference). */
function validateTyped(reference: JsonObject, field: string): FieldError[] {
  const group = reference['apiGroup'];
  const errors = isSet(group) ? subdomainText(textOf(group), `${field}.apiGroup`) : [];
  for (const key of ['kind', 'name']) {
    const text = textOf(reference[key]);
    if (text === '') errors.push(required(`${field}.${key}`));
    else errors.push(...invalidFor(`${field}.${key}`, text, problemsOfPathSegment(text)));
  }
  return errors;
}

function validateTls(tls: JsonObject, field: string): FieldError[] {
  const hosts = listOf(tls['hosts']).flatMap((host, index) =>
    hostName(String(host), `${field}.hosts[${index}]`),
  );
  const secret = textOf(tls['secretName']);
  return secret === '' ? hosts : [...hosts, ...subdomainText(secret, `${field}.secretName`)];
}

/** Finds what is wrong with the status of an Ingress. */
export function validateIngressStatus(ingress: KubernetesObject): FieldError[] {
  const balancer = objectOf(objectOf(ingress['status'])['loadBalancer']);
  return objectsOf(balancer['ingress']).flatMap((entry, index) => {
    const path = `status.loadBalancer.ingress[${index}]`;
    const [ip, host] = [textOf(entry['ip']), textOf(entry['hostname'])];
    const errors = ip === '' ? [] : legacyAddress(ip, `${path}.ip`);
    if (host === '') return errors;
    return [...errors, ...subdomainText(host, `${path}.hostname`), ...notAddress(host, `${path}.hostname`)];
  });
}

/** Finds what is wrong with an IngressClass. */
export function validateIngressClass(ingressClass: KubernetesObject): FieldError[] {
  const spec = objectOf(ingressClass['spec']);
  const controller = textOf(spec['controller']);
  const at = 'spec.controller';
  const errors = [...atMost(controller, at, MAX_CONTROLLER_BYTES), ...domainPath(controller, at)];
  const parameters = spec['parameters'];
  if (!isObject(parameters)) return errors;
  errors.push(...validateTyped(parameters, 'spec.parameters'));
  const { scope, namespace } = parameters;
  const place = 'spec.parameters.namespace';
  if (!isSet(scope)) return [...errors, required('spec.parameters.scope')];
  if (scope !== 'Cluster' && scope !== 'Namespace')
    return [...errors, notSupported('spec.parameters.scope', String(scope), ['Cluster', 'Namespace'])];
  const name = textOf(namespace);
  if (scope === 'Namespace') {
    if (name === '') errors.push(required(place, "`parameters.scope` is set to 'Namespace'"));
    else errors.push(...labelText(name, place));
  } else if (isSet(namespace)) errors.push(forbiddenValue(place, "`parameters.scope` is set to 'Cluster'"));
  return errors;
}

/** Checks a path that begins with a domain (apimachinery IsDomainPrefixedPath). */
function domainPath(value: string, field: string): FieldError[] {
  if (value === '') return [required(field)];
  const [domain = '', ...rest] = value.split('/');
  const path = rest.join('/');
  if (domain === '' || path === '')
    return [invalidValue(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = subdomainText(domain, field);
  if (errors.length > 0) return errors;
  if (/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) return [];
  const text = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
  return [invalidValue(field, path, text)];
}
