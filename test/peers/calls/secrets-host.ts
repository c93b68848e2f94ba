/** The agent's secrets service: hands a real Envoy its certificates, and new ones when they change. */

import type { Duplex } from 'node:stream';
import { systemClock } from '../../../harness/base/clock.ts';
import { GrpcListener } from '../../../harness/base/grpc/listener.ts';
import { GrpcServer } from '../../../harness/base/grpc/server.ts';
import type { ServerStream } from '../../../harness/base/grpc/server-stream.ts';
import type { AdsServerOptions } from '../../../harness/simulator/istio/xds/ads/server-stream.ts';
import { StateOfTheWorldServer } from '../../../harness/simulator/istio/xds/ads/state-of-the-world-server.ts';
import { STATE_OF_THE_WORLD_CODEC } from '../../../harness/simulator/istio/xds/wire/codecs.ts';
import { SECRETS_METHOD } from '../ads-host.ts';
import { encodeSecrets, type Identity } from '../secrets.ts';

/** The secrets of one Envoy. */
export class SecretsHost {
  readonly #pushes = new Set<() => void>();
  readonly #listener: GrpcListener;
  #version = 0;
  #nonces = 0;
  #secrets: ReturnType<typeof encodeSecrets> = [];

  constructor() {
    const methods = new Map([
      [SECRETS_METHOD, { kind: 'stream' as const, handle: (call: ServerStream) => this.#serve(call) }],
    ]);
    this.#listener = new GrpcListener(new GrpcServer({ clock: systemClock, methods }));
  }

  accept(socket: Duplex): void {
    this.#listener.accept(socket);
  }

  /** Replaces the certificates, also those that an Envoy already has. */
  set(identity: Identity): void {
    this.#secrets = encodeSecrets(identity, String(++this.#version));
    for (const push of this.#pushes) push();
  }

  close(): void {
    this.#listener.close();
  }

  #serve(call: ServerStream): void {
    const options: AdsServerOptions<Uint8Array> = {
      resources: (_, names) => this.#secrets.filter(({ name }) => names === 'all' || names.has(name)),
      clock: systemClock,
      version: () => String(this.#version),
      nonce: () => `${++this.#nonces}`,
    };
    const stream = new StateOfTheWorldServer(options);
    const send = (responses: ReturnType<typeof stream.push>) => {
      for (const response of responses) call.send(STATE_OF_THE_WORLD_CODEC.encodeResponse(response));
    };
    const push = () => send(stream.push());
    this.#pushes.add(push);
    call.onMessage = bytes => send(stream.receive(STATE_OF_THE_WORLD_CODEC.decodeRequest(bytes)));
    call.onEnd = () => {
      this.#pushes.delete(push);
      call.end();
    };
  }
}
