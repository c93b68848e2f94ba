/** Upgraded connections: exec, attach and port-forward, handed on to the kubelet. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isTrue, type ResourceRequest } from '../request-info.ts';
import { keyOf, type ResourceType } from '../resources.ts';
import { ApiError, badRequest, notSimulated } from '../status.ts';
import { chooseContainer, nodeOf } from '../streaming/container.ts';
import { type StreamsAsked, serveSession, speaksChannels } from '../streaming/websocket.ts';
import type { Environment } from './environment.ts';

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
  if (info.subresource === 'portforward') throw notSimulated('pods/portforward');
  const { query } = info;
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
  if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket') throw notSimulated('streaming over SPDY');
  if (!speaksChannels(request)) throw badRequest('unable to upgrade: no channel protocol in common');
  serveSession(
    request,
    socket,
    head,
    asked,
    (streams, signal) =>
      info.subresource === 'exec'
        ? environment.kubelets.exec(pod, container, argv, streams, signal)
        : environment.kubelets.attach(pod, container, streams, signal),
    error => ({
      kind: 'failed',
      message: error instanceof ApiError || error instanceof Error ? error.message : String(error),
    }),
  );
}
