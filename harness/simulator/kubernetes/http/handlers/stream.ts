/** Upgraded connections: exec, attach and port-forward, handed on to the kubelet. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecEnd } from '../../kubelet-api.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { badRequest, notSimulated } from '../../registry/status.ts';
import type { Environment } from '../environment.ts';
import { isTrue, type ResourceRequest } from '../request-info.ts';
import { chooseContainer, nodeOf } from '../streaming/container.ts';
import { servePortForward } from '../streaming/port-forward.ts';
import { serveSpdySession } from '../streaming/spdy-exec.ts';
import { type Session, type StreamsAsked, serveSession, speaksChannels } from '../streaming/websocket.ts';

const STREAMS: readonly string[] = ['exec', 'attach', 'portforward'];

export function isStream(info: ResourceRequest): boolean {
  return STREAMS.includes(info.subresource);
}

/** @throws ApiError before the upgrade is accepted */
export async function handleStream(
  environment: Environment,
  info: ResourceRequest,
  type: ResourceType,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  if (keyOf(type) !== 'pods') throw notSimulated(`${keyOf(type)}/${info.subresource}`);
  const pod = environment.objects.get(type, info.namespace, info.name);
  if (nodeOf(pod) === undefined) throw badRequest(`pod ${info.name} does not have a host assigned`);
  const { query } = info;
  const transport = (request.headers.upgrade ?? '').toLowerCase();
  if (transport !== 'websocket' && transport !== 'spdy/3.1')
    throw badRequest('unable to upgrade: unknown transport');
  if (info.subresource === 'portforward') {
    const ports = query
      .getAll('ports')
      .flatMap(text => text.split(','))
      .map(portOf);
    servePortForward(request, socket, head, ports, info.name, port =>
      environment.kubelets.portForward(pod, port),
    );
    return;
  }
  const container = chooseContainer(pod, query.get('container'));
  const argv = query.getAll('command');
  if (info.subresource === 'exec' && argv.length === 0)
    throw badRequest('you must specify a command for the container');
  const tty = isTrue(query.get('tty'));
  const asked: StreamsAsked = {
    stdin: isTrue(query.get('stdin')),
    stdout: isTrue(query.get('stdout')),
    stderr: isTrue(query.get('stderr')) && !tty,
    tty,
  };
  if (!asked.stdin && !asked.stdout && !asked.stderr)
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const run: Session = (streams, signal) =>
    info.subresource === 'exec'
      ? environment.kubelets.exec(pod, container, argv, streams, signal)
      : environment.kubelets.attach(pod, container, streams, signal);
  const onFailure = (error: unknown): ExecEnd => ({
    kind: 'failed',
    message: error instanceof Error ? error.message : String(error),
  });
  if (transport === 'spdy/3.1') {
    serveSpdySession(request, socket, head, asked, run, onFailure);
    return;
  }
  if (!speaksChannels(request)) throw badRequest('unable to upgrade: no channel protocol in common');
  serveSession(request, socket, head, asked, run, onFailure);
}

/**
 * @throws ApiError 400, as kubelet has it (pkg/kubelet/cri/streaming/portforward/websocket.go @v1.32:
 *   BuildV4Options)
 */
function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw badRequest(`unable to parse ${JSON.stringify(text)} as a port`);
  if (port === 0) throw badRequest(`port ${JSON.stringify(text)} must be > 0`);
  return port;
}
