/**
 * Where istiod listens, and the flags that say so (istio pilot/cmd/pilot-discovery/app/cmd.go, pkg/ctrlz,
 * about 1.31).
 */

/** A flag of `pilot-discovery discovery`, and the port that it has by default. */
interface PortFlag {
  readonly flag: string;
  readonly defaultPort: number;
  /** The value that moves the port to loopback. */
  readonly value: (port: number) => string;
  /** For programs of the same pod only. */
  readonly isInner?: boolean;
}

const onLoopback = (port: number) => `127.0.0.1:${port}`;

const FLAGS: readonly PortFlag[] = [
  { flag: '--httpAddr', defaultPort: 8080, value: onLoopback },
  { flag: '--httpsAddr', defaultPort: 15017, value: onLoopback },
  { flag: '--grpcAddr', defaultPort: 15010, value: onLoopback },
  { flag: '--secureGRPCAddr', defaultPort: 15012, value: onLoopback },
  { flag: '--monitoringAddr', defaultPort: 15014, value: onLoopback },
  { flag: '--ctrlz_port', defaultPort: 9876, value: String, isInner: true },
];

/** A port that istiod opens in its pod. */
interface IstiodPort {
  /** The address on which the pod listens. */
  readonly address: string;
  readonly podPort: number;
  /** Returns the argument that has the program listen on a port of loopback instead. */
  readonly argument: (loopbackPort: number) => string;
}

/** Reads from a container's arguments which ports it opens. A flag with an empty value opens none. */
export function istiodPorts(argv: readonly string[]): readonly IstiodPort[] {
  return FLAGS.flatMap(({ flag, defaultPort, value, isInner = false }) => {
    const given = lastValueOf(argv, flag);
    if (given === '') return [];
    const podPort = given === undefined ? defaultPort : Number(given.slice(given.lastIndexOf(':') + 1));
    const argument = (loopbackPort: number) => `${flag}=${value(loopbackPort)}`;
    return [{ address: isInner ? '127.0.0.1' : '0.0.0.0', podPort, argument }];
  });
}

/** Returns the last value of a flag, as Go's pflag takes it. */
function lastValueOf(argv: readonly string[], flag: string): string | undefined {
  return argv
    .flatMap((word, at) => {
      if (word === flag) return [argv[at + 1] ?? ''];
      return word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : [];
    })
    .at(-1);
}
