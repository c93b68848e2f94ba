/** A container's environment: the image's, the cluster's, and what the pod says, with $(NAME) expanded. */
import type { ConfigMap, Container, EnvVar, Secret, Service } from '../../client/kinds.ts';
import { fieldValue, type PodFacts, resourceValue } from './downward.ts';

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
    // The variables of Docker's links: they are old, but programs find them.
    const protocol = (port.protocol ?? 'TCP').toLowerCase();
    const url = `${protocol}://${spec.clusterIP}:${port.port}`;
    variables[`${prefix}_PORT`] = url;
    for (const { port: number, protocol: own = 'TCP' } of spec.ports ?? []) {
      const link = `${prefix}_PORT_${number}_${own}`;
      variables[link] = `${own.toLowerCase()}://${spec.clusterIP}:${number}`;
      variables[`${link}_PROTO`] = own.toLowerCase();
      variables[`${link}_PORT`] = String(number);
      variables[`${link}_ADDR`] = spec.clusterIP;
    }
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
  const own: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef
      ? lookup.configMap(configMapRef.name ?? '')?.data
      : secretData(lookup, secretRef?.name);
    const isOptional = configMapRef?.optional ?? secretRef?.optional ?? false;
    const exists = configMapRef
      ? lookup.configMap(configMapRef.name ?? '')
      : lookup.secret(secretRef?.name ?? '');
    if (!exists && !isOptional) {
      throw new ContainerConfigError(
        configMapRef ? `configmap "${configMapRef.name}" not found` : `secret "${secretRef?.name}" not found`,
      );
    }
    for (const [key, value] of Object.entries(data ?? {})) own[prefix + key] = value;
  }
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

function secretData(lookup: Lookup, name: string | undefined): Record<string, string> {
  const data = lookup.secret(name ?? '')?.data ?? {};
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
  if (valueFrom?.configMapKeyRef) {
    const { name = '', key, optional = false } = valueFrom.configMapKeyRef;
    const map = lookup.configMap(name);
    const found = map?.data?.[key];
    if (found !== undefined || optional) return found;
    const { namespace } = facts.pod.metadata;
    throw new ContainerConfigError(
      map ? `couldn't find key ${key} in ConfigMap ${namespace}/${name}` : `configmap "${name}" not found`,
    );
  }
  if (valueFrom?.secretKeyRef) {
    const { name = '', key, optional = false } = valueFrom.secretKeyRef;
    const secret = lookup.secret(name);
    const found = secret?.data?.[key];
    if (found !== undefined) return decode(found);
    if (optional) return undefined;
    const { namespace } = facts.pod.metadata;
    throw new ContainerConfigError(
      secret ? `couldn't find key ${key} in Secret ${namespace}/${name}` : `secret "${name}" not found`,
    );
  }
  return expand(value ?? '', defined);
}
