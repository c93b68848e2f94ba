/** A stream with the settings of a `net.Socket` that change nothing in the virtual network. */
import { Duplex } from 'node:stream';

/** Takes the settings that node:http and node:tls make, and leaves them without effect. */
export abstract class SocketDuplex extends Duplex {
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
