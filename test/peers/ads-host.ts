/** Serves what our istiod told one proxy, and the secrets of an agent, to a program of this machine. */
import net from 'node:net';
import { systemClock } from '../../harness/base/clock.ts';
import { GrpcListener } from '../../harness/base/grpc/listener.ts';
import { GrpcServer, type Method } from '../../harness/base/grpc/server.ts';
import type { ServerStream } from '../../harness/base/grpc/server-stream.ts';
import type { EncodedResource } from '../../harness/simulator/istio/istiod/serve/encoded-resources.ts';
import { DeltaServer } from '../../harness/simulator/istio/xds/ads/delta-server.ts';
import type { AdsAnswer, AdsServerOptions } from '../../harness/simulator/istio/xds/ads/server-stream.ts';
import { StateOfTheWorldServer } from '../../harness/simulator/istio/xds/ads/state-of-the-world-server.ts';
import { TYPE_URLS } from '../../harness/simulator/istio/xds/ads/type-urls.ts';
import {
  DELTA_CODEC,
  DISCOVERY_METHODS,
  STATE_OF_THE_WORLD_CODEC,
  type WireCodec,
} from '../../harness/simulator/istio/xds/wire/codecs.ts';
import { typeOfUrl } from '../../harness/simulator/istio/xds/wire/types.ts';
import type { View } from './capture.ts';

/** The method by which Envoy asks the agent (envoy/service/secret/v3/sds.proto). */
export const SECRETS_METHOD = '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets';

/** @param onAnswer - told of each ACK and NACK */
export function createAdsHost(
  view: View,
  secrets: readonly EncodedResource[],
  onAnswer: (answer: AdsAnswer) => void,
): { readonly server: net.Server; close(): void } {
  const resources = (typeUrl: string, names: ReadonlySet<string> | 'all') => {
    const type = typeOfUrl(typeUrl);
    const all = typeUrl === TYPE_URLS.sds ? secrets : ((type && view.get(type)) ?? []);
    return names === 'all' ? all : all.filter(({ name }) => names.has(name));
  };
  let nonces = 0;
  const options: AdsServerOptions<Uint8Array> = {
    resources,
    clock: systemClock,
    version: () => '1',
    nonce: () => `${++nonces}`,
    onAnswer,
  };
  const sotw: Method = {
    kind: 'stream',
    handle: call => serve(call, STATE_OF_THE_WORLD_CODEC, new StateOfTheWorldServer(options)),
  };
  const delta: Method = {
    kind: 'stream',
    handle: call => serve(call, DELTA_CODEC, new DeltaServer(options)),
  };
  const grpc = new GrpcServer({
    clock: systemClock,
    methods: new Map([
      [DISCOVERY_METHODS['state-of-the-world'], sotw],
      [DISCOVERY_METHODS.delta, delta],
      [SECRETS_METHOD, sotw],
    ]),
  });
  const listener = new GrpcListener(grpc);
  const server = net.createServer({ allowHalfOpen: false }, socket => listener.accept(socket));
  return {
    server,
    close: () => {
      listener.close();
      server.close();
    },
  };
}

function serve<Request, Response>(
  call: ServerStream,
  codec: WireCodec<Request, Response>,
  stream: { receive(request: Request): readonly Response[] },
): void {
  call.onEnd = () => call.end();
  call.onMessage = bytes => {
    for (const response of stream.receive(codec.decodeRequest(bytes)))
      call.send(codec.encodeResponse(response));
  };
}
