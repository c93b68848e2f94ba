/** Two ends of a pipe in memory, for tests that need a connection and no network. */
import { Duplex } from 'node:stream';

export function duplexPair(): [Duplex, Duplex] {
  const make = (): Duplex & { peer?: Duplex; pending?: () => void } =>
    new Duplex({
      read() {
        const end = this as ReturnType<typeof make>;
        const callback = end.pending;
        end.pending = undefined as never;
        callback?.();
      },
      write(chunk, _encoding, done) {
        // Set before anyone writes.
        const peer = (this as ReturnType<typeof make>).peer as ReturnType<typeof make>;
        if (peer.push(chunk)) done();
        else peer.pending = done;
      },
      final(done) {
        (this as ReturnType<typeof make>).peer?.push(null);
        done();
      },
    });
  const [left, right] = [make(), make()];
  left.peer = right;
  right.peer = left;
  return [left, right];
}
