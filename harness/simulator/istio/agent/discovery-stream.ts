/** One discovery stream to istiod: the call, and the messages on it. */

import { messageOf } from '../../../base/errors.ts';
import type { GrpcClient } from '../../../base/grpc/client.ts';
import { GrpcError } from '../../../base/grpc/status.ts';
import type { AdsClientOptions } from '../xds/ads/client-stream.ts';
import { DeltaClient } from '../xds/ads/delta-client.ts';
import { StateOfTheWorldClient } from '../xds/ads/state-of-the-world-client.ts';
import type { Dialect } from '../xds/dialect.ts';
import {
  DELTA_CODEC,
  DISCOVERY_METHODS,
  STATE_OF_THE_WORLD_CODEC,
  type WireCodec,
} from '../xds/wire/codecs.ts';

/** A proxy's end of discovery, over all its streams. */
export interface Discovery {
  /**
   * Runs one stream on a connection.
   * @param call - who calls, and what gives the stream up
   * @param onResponse - called for each response, before it is used
   * @returns why the stream ended, once it has: undefined if istiod ended it in peace
   */
  run(
    client: GrpcClient,
    call: { readonly metadata: Readonly<Record<string, string>>; readonly signal: AbortSignal },
    onResponse: () => void,
  ): Promise<GrpcError | undefined>;
}

/** Begins discovery in a dialect. */
export const createDiscovery = (dialect: Dialect, options: AdsClientOptions<Uint8Array>): Discovery =>
  dialect === 'delta'
    ? discoveryOf(dialect, DELTA_CODEC, new DeltaClient(options))
    : discoveryOf(dialect, STATE_OF_THE_WORLD_CODEC, new StateOfTheWorldClient(options));

/** An end of the protocol that is told of responses and says what to send. */
interface ProtocolEnd<Request, Response> {
  open(): readonly Request[];
  receive(response: Response): readonly Request[];
}

function discoveryOf<Request, Response>(
  dialect: Dialect,
  codec: WireCodec<Request, Response>,
  protocol: ProtocolEnd<Request, Response>,
): Discovery {
  return {
    run: (client, options, onResponse) =>
      new Promise(resolve => {
        const call = client.stream(DISCOVERY_METHODS[dialect], options);
        const send = (requests: readonly Request[]) => {
          for (const request of requests) call.send(codec.encodeRequest(request));
        };
        call.onMessage = bytes => {
          let response: Response;
          try {
            response = codec.decodeResponse(bytes);
          } catch (error) {
            call.cancel(new GrpcError('Internal', messageOf(error), { cause: error }));
            return;
          }
          onResponse();
          send(protocol.receive(response));
        };
        call.onClose = resolve;
        send(protocol.open());
      }),
  };
}
