/** What the server says of the ports of a pod's containers (pkg/api/pod/warnings.go @v1.34). */
import { type JsonObject, objectsOf } from '../json.ts';
import { numberOf, textOf } from '../validation/entries.ts';

interface Port {
  readonly path: string;
  readonly name: string;
  readonly number: number;
  readonly protocol: string;
  readonly hostIp: string;
  readonly hostPort: number;
}

/** Tells of ports that are defined twice, and of names that two have. */
export function warningsOfPorts(spec: JsonObject, path: string): string[] {
  const ports = portsOf(spec, path);
  const warnings: string[] = [];
  for (const [index, port] of ports.entries()) {
    if (port.hostIp !== '' && port.hostPort === 0) warnings.push(withoutHostPort(port));
    for (const other of ports.slice(0, index)) {
      if (other.number !== port.number || other.protocol !== port.protocol) continue;
      const how = clashOf(port, other);
      if (how !== undefined) warnings.push(`${port.path}: ${how} port definition with ${other.path}`);
    }
  }
  const names = new Map<string, string>();
  for (const { name, path: at } of ports) {
    const other = names.get(name);
    if (name === '') continue;
    if (other === undefined) names.set(name, at);
    else {
      warnings.push(
        `${at}: duplicate port name ${JSON.stringify(name)} with ${other}, ` +
          `services and probes that select ports by name will use ${other}`,
      );
    }
  }
  return warnings;
}

function portsOf(spec: JsonObject, path: string): Port[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list =>
    objectsOf(spec[list]).flatMap((container, index) =>
      objectsOf(container['ports']).map((port, at) => ({
        path: `${path}.${list}[${index}].ports[${at}]`,
        name: textOf(port['name']),
        number: numberOf(port['containerPort']),
        protocol: textOf(port['protocol']),
        hostIp: textOf(port['hostIP']),
        hostPort: numberOf(port['hostPort']),
      })),
    ),
  );
}

function withoutHostPort({ path, name, number, protocol, hostIp }: Port): string {
  const shown = `{Name:${name} HostPort:0 ContainerPort:${number} Protocol:${protocol} HostIP:${hostIp}}`;
  return `${path}: hostIP set without hostPort: ${shown}`;
}

/** Two ports of one number and protocol: how they get in each other's way, if they do. */
function clashOf(port: Port, other: Port): string | undefined {
  if (port.hostIp === other.hostIp && port.hostPort === other.hostPort) return 'duplicate';
  if (port.hostPort === 0 || other.hostPort === 0) return 'overlapping';
  const isOneOpen = (port.hostIp === '') !== (other.hostIp === '');
  return port.hostPort === other.hostPort && isOneOpen ? 'dangerously ambiguous' : undefined;
}
