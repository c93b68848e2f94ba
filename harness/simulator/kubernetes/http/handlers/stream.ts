/** Upgraded connections: exec, attach and port-forward, handed on to the kubelet. */
import type { KubernetesObject } from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { badRequest, notSimulated } from '../../registry/status.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import { isTrue, type ResourceRequest } from '../request-info.ts';
import { protocolFor, refuseWebSocket } from '../streaming/accept-websocket.ts';
import { SESSION_PROTOCOLS } from '../streaming/channel-protocols.ts';
import { chooseContainer, nodeOf } from '../streaming/container.ts';
import { servePortForward } from '../streaming/port-forward.ts';
import { serveSpdySession } from '../streaming/spdy-exec.ts';
import { transportOf } from '../streaming/upgrade.ts';
import { type Session, type StreamsAsked, serveSession } from '../streaming/websocket.ts';

const STREAMS: readonly string[] = ['exec', 'attach', 'portforward'];

/** Tells whether the subresource is one that needs an upgrade. */
export function isStream(info: ResourceRequest): boolean {
  return STREAMS.includes(info.subresource);
}

/** Serves exec, attach or port-forward of a pod. @throws ApiError before the upgrade is accepted */
export function handleStream(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): void {
  const { info, request, upgrade } = call;
  if (keyOf(type) !== 'pods') throw notSimulated(`${keyOf(type)}/${info.subresource}`);
  const pod = environment.objects.get(type, info.namespace, info.name);
  if (!upgrade) throw badRequest('Upgrade request required');
  if (nodeOf(pod) === undefined) throw badRequest(`pod ${info.name} does not have a host assigned`);
  const exchange = { ...call, upgrade };
  const transport = transportOf(upgrade);
  if (transport !== 'websocket' && transport !== 'spdy/3.1')
    throw badRequest('unable to upgrade: unknown transport');
  if (info.subresource === 'portforward') {
    const ports = info.query
      .getAll('ports')
      .flatMap(text => text.split(','))
      .map(portOf);
    const dial = (port: number) => environment.kubelets.portForward(pod, port);
    servePortForward(exchange, ports, info.name, dial);
    return;
  }
  const session = sessionOf(environment, info, pod);
  if (transport === 'spdy/3.1') {
    serveSpdySession(exchange, session);
    return;
  }
  const protocol = protocolFor(request, SESSION_PROTOCOLS);
  if (protocol === undefined) refuseWebSocket(exchange, 403);
  else serveSession(exchange, protocol, session);
}

/** Reads what an exec or attach asks for. @throws ApiError 400 */
function sessionOf(environment: Environment, info: ResourceRequest, pod: KubernetesObject): Session {
  const { query } = info;
  const container = chooseContainer(pod, query.get('container'));
  const argv = query.getAll('command');
  if (info.subresource === 'exec' && argv.length === 0)
    throw badRequest('you must specify a command for the container');
  const asked = streamsAsked(query);
  if (!asked.stdin && !asked.stdout && !asked.stderr)
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const { kubelets } = environment;
  return {
    asked,
    run: (streams, signal) =>
      info.subresource === 'exec'
        ? kubelets.exec(pod, container, argv, streams, signal)
        : kubelets.attach(pod, container, streams, signal),
  };
}

/** A terminal has one stream for both outputs. */
function streamsAsked(query: URLSearchParams): StreamsAsked {
  const tty = isTrue(query.get('tty'));
  return {
    stdin: isTrue(query.get('stdin')),
    stdout: isTrue(query.get('stdout')),
    stderr: isTrue(query.get('stderr')) && !tty,
    tty,
  };
}

/**
 * Reads a port.
 * @throws ApiError 400, as kubelet has it (pkg/kubelet/cri/streaming/portforward/websocket.go @v1.32:
 *   BuildV4Options)
 */
function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw badRequest(`unable to parse ${JSON.stringify(text)} as a port`);
  if (port === 0) throw badRequest(`port ${JSON.stringify(text)} must be > 0`);
  return port;
}
