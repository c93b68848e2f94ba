/** A container's environment: the image's, the cluster's, and what the pod says, with $(NAME) expanded. */
import type {
  ConfigMap,
  Container,
  EnvVar,
  KeySelector,
  Secret,
  Service,
  ServicePort,
} from '../../client/kinds.ts';
import { fieldValue, type PodFacts, resourceValue } from './downward.ts';

type EnvFrom = NonNullable<Container['envFrom']>[number];

/**
 * The ConfigMaps, Secrets and Services of one namespace (and the Service `kubernetes`), as the kubelet sees
 * them now.
 */
export interface Lookup {
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
  /**
   * Lists the Services whose addresses go into environments: the namespace's own, and `default/kubernetes`.
   */
  services(): readonly Service[];
}

/** A container cannot be made of its configuration; the kubelet says CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

/**
 * Replaces $(NAME) by what is defined, keeps what is not, and turns $$ into $
 * (kubernetes/kubernetes third_party/forked/golang/expansion/expand.go).
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$'
      ? '$'
      : name !== undefined && Object.hasOwn(variables, name)
        ? (variables[name] ?? '')
        : whole,
  );
}

/** Decodes a Secret's value from base64. */
export function decode(value: string): string {
  return Buffer.from(value, 'base64').toString();
}

function serviceVariables(services: readonly Service[], all: boolean): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { metadata, spec } of services) {
    const isApi = metadata.name === 'kubernetes' && metadata.namespace === 'default';
    const port = spec.ports?.[0];
    if ((!all && !isApi) || !port || !spec.clusterIP || spec.clusterIP === 'None') continue;
    const prefix = (metadata.name ?? '').toUpperCase().replaceAll('-', '_');
    variables[`${prefix}_SERVICE_HOST`] = spec.clusterIP;
    variables[`${prefix}_SERVICE_PORT`] = String(port.port);
    for (const { name, port: number } of spec.ports ?? []) {
      if (name)
        variables[`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`] = String(number);
    }
    Object.assign(variables, dockerLinks(prefix, spec.clusterIP, spec.ports ?? []));
  }
  return variables;
}

/** Lists the variables of Docker's links: they are old, but programs find them. */
function dockerLinks(
  prefix: string,
  clusterIP: string,
  ports: readonly ServicePort[],
): Record<string, string> {
  const variables: Record<string, string> = {};
  const [first] = ports;
  if (first) {
    variables[`${prefix}_PORT`] = `${(first.protocol ?? 'TCP').toLowerCase()}://${clusterIP}:${first.port}`;
  }
  for (const { port, protocol = 'TCP' } of ports) {
    const link = `${prefix}_PORT_${port}_${protocol}`;
    variables[link] = `${protocol.toLowerCase()}://${clusterIP}:${port}`;
    variables[`${link}_PROTO`] = protocol.toLowerCase();
    variables[`${link}_PORT`] = String(port);
    variables[`${link}_ADDR`] = clusterIP;
  }
  return variables;
}

/** @throws ContainerConfigError if something that is referred to, and not optional, is not there */
export function environmentOf(
  facts: PodFacts,
  container: Container,
  imageEnv: Readonly<Record<string, string>>,
  lookup: Lookup,
): Record<string, string> {
  const { pod } = facts;
  const hostname = pod.spec.hostname ?? pod.metadata.name ?? '';
  const services = serviceVariables(lookup.services(), pod.spec.enableServiceLinks !== false);
  const own = importedVariables(container.envFrom ?? [], lookup);
  for (const variable of container.env ?? []) {
    const value = variableValue(facts, container, variable, lookup, { ...services, ...own });
    if (value !== undefined) own[variable.name] = value;
  }
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...imageEnv,
    HOSTNAME: hostname,
    ...services,
    ...own,
  };
}

/** Takes the variables of whole ConfigMaps and Secrets: the last of a name counts. */
function importedVariables(sources: readonly EnvFrom[], lookup: Lookup): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const source of sources) {
    for (const [key, value] of Object.entries(contentOf(source, lookup)))
      variables[(source.prefix ?? '') + key] = value;
  }
  return variables;
}

/** @throws ContainerConfigError if the ConfigMap or Secret is not there, and not optional */
function contentOf({ configMapRef, secretRef }: EnvFrom, lookup: Lookup): Readonly<Record<string, string>> {
  const name = configMapRef?.name ?? secretRef?.name ?? '';
  const isOptional = configMapRef?.optional ?? secretRef?.optional ?? false;
  if (configMapRef) {
    const map = lookup.configMap(name);
    if (!map && !isOptional) throw new ContainerConfigError(`configmap "${configMapRef.name}" not found`);
    return map?.data ?? {};
  }
  if (!lookup.secret(name) && !isOptional)
    throw new ContainerConfigError(`secret "${secretRef?.name}" not found`);
  return secretData(lookup, name);
}

function secretData(lookup: Lookup, name: string): Record<string, string> {
  const data = lookup.secret(name)?.data ?? {};
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]));
}

function variableValue(
  facts: PodFacts,
  container: Container,
  { value, valueFrom }: EnvVar,
  lookup: Lookup,
  defined: Readonly<Record<string, string>>,
): string | undefined {
  if (valueFrom?.fieldRef) return fieldValue(facts, valueFrom.fieldRef.fieldPath);
  if (valueFrom?.resourceFieldRef) {
    const { containerName = container.name, resource, divisor } = valueFrom.resourceFieldRef;
    return resourceValue(facts, containerName, resource, divisor);
  }
  const { namespace = '' } = facts.pod.metadata;
  if (valueFrom?.configMapKeyRef) return configMapValue(valueFrom.configMapKeyRef, namespace, lookup);
  if (valueFrom?.secretKeyRef) return secretValue(valueFrom.secretKeyRef, namespace, lookup);
  return expand(value ?? '', defined);
}

/** @throws ContainerConfigError if the ConfigMap has no such key, and need not be without it */
function configMapValue(
  { name = '', key, optional = false }: KeySelector,
  namespace: string,
  lookup: Lookup,
): string | undefined {
  const map = lookup.configMap(name);
  const found = map?.data?.[key];
  if (found !== undefined || optional) return found;
  throw new ContainerConfigError(
    map ? `couldn't find key ${key} in ConfigMap ${namespace}/${name}` : `configmap "${name}" not found`,
  );
}

/** @throws ContainerConfigError if the Secret has no such key, and need not be without it */
function secretValue(
  { name = '', key, optional = false }: KeySelector,
  namespace: string,
  lookup: Lookup,
): string | undefined {
  const secret = lookup.secret(name);
  const found = secret?.data?.[key];
  if (found !== undefined) return decode(found);
  if (optional) return undefined;
  throw new ContainerConfigError(
    secret ? `couldn't find key ${key} in Secret ${namespace}/${name}` : `secret "${name}" not found`,
  );
}
