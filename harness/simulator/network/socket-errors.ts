/** The errors of the socket layer, in the shape in which Node reports those of the kernel. */

/** errno on Linux, as in Node's `error.errno`. */
const ERRNO = {
  EADDRINUSE: -98,
  EADDRNOTAVAIL: -99,
  ECANCELED: -125,
  ECONNREFUSED: -111,
  ECONNRESET: -104,
  EHOSTUNREACH: -113,
  EINVAL: -22,
  ENETUNREACH: -101,
  EPIPE: -32,
  ETIMEDOUT: -110,
} as const;

/** The codes that sockets of the virtual network fail with. */
export type SocketErrorCode = keyof typeof ERRNO;

/** A failed system call, as Node words it: `connect ECONNREFUSED 10.10.0.2:5000`. */
export interface SocketError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

/** Makes an error with the code, errno and message of Node's own. */
export function socketError(
  syscall: string,
  code: SocketErrorCode,
  address?: string,
  port?: number,
): SocketError {
  const where = address === undefined ? '' : ` ${address}${port === undefined ? '' : `:${port}`}`;
  return Object.assign(new Error(`${syscall} ${code}${where}`), {
    errno: ERRNO[code],
    code,
    syscall,
    ...(address !== undefined && { address }),
    ...(port !== undefined && { port }),
  });
}

/**
 * Makes the error of `dns.lookup` for a name that does not resolve: `getaddrinfo ENOTFOUND
 * helloworld.sample`.
 */
export function lookupError(code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), {
    errno: code === 'ENOTFOUND' ? -3008 : -3001,
    code,
    syscall: 'getaddrinfo',
    hostname,
  });
}
