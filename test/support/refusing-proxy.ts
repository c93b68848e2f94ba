/**
 * A proxy that refuses everything with 403, http and CONNECT alike, as a container; it writes down what it
 * was asked.
 */
import type { CleanupStack } from '../../harness/base/dispose.ts';
import type { DockerNetwork } from '../../harness/platform/kind/networks.ts';
import { docker, testImage } from './docker.ts';

/** It reads the head of the request to its end: one that is closed with words unread is reset. */
const REFUSE = `#!/bin/sh
read -r line
echo "$line" >> /tmp/asked
while read -r more && [ "\${#more}" -gt 1 ]; do :; done
printf 'HTTP/1.1 403 Forbidden\\r\\nContent-Length: 20\\r\\nConnection: close\\r\\n\\r\\nThe proxy says no.\\r\\n'
`;
const PROXY = `#!/bin/sh
while :; do /bin/busybox nc -l -p 3128 -e /refuse; done
`;
const PORT = 3128;

/** Returns the container's name of the proxy on a network. */
const nameOn = ({ name }: DockerNetwork): string => `${name}-proxy`;

/**
 * Starts the proxy on a network, at an address that no node gets there.
 * @returns the variables that kind gives to nodes of a user with such a proxy; the NO_PROXY of D2: the node's
 *   own network and ranges
 */
export function refusingProxy(
  network: DockerNetwork,
  cleanUp: CleanupStack,
): Readonly<Record<string, string>> {
  const name = nameOn(network);
  const address = network.nodes.at(-1) ?? '';
  cleanUp.add(name, () => void docker('rm', '-f', name));
  docker(
    ...[
      'run',
      '-d',
      '--name',
      name,
      '--net',
      network.name,
      '--ip',
      address,
      testImage({ refuse: REFUSE, proxy: PROXY }),
    ],
    '/proxy',
  );
  const proxy = `http://${address}:${PORT}`;
  const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: network.subnet };
  const small = Object.entries(env).map(([key, value]) => [key.toLowerCase(), value] as const);
  return { ...env, ...Object.fromEntries(small) };
}

/** Lists the request lines that the proxy has got: `CONNECT 172.30.1.2:6443 HTTP/1.1`. */
export function askedOfProxy(network: DockerNetwork): readonly string[] {
  const text = docker('exec', nameOn(network), '/bin/sh', '-c', '[ ! -f /tmp/asked ] || cat /tmp/asked');
  return text.split('\n').flatMap(line => (line.trim() === '' ? [] : [line.trim()]));
}
