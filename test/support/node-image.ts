/**
 * What containers in the place of kind's nodes are made of: an API server's port, and pods with a network
 * namespace of their own.
 */
import { docker, dockerMissing, testImage } from './docker.ts';

/**
 * What a container needs to be such a node. kind's own are privileged; not every machine that runs tests may
 * do that, and Docker before 28 leaves
 * /proc/sys read-only otherwise.
 */
export const NODE_OPTIONS: readonly string[] = [
  ...['--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_RAW'],
  ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
  ...['--sysctl', 'net.ipv4.ip_forward=1'],
];

/** The entrypoint: something answers at the API server's port; the rest is done by commands from outside. */
const NODE = `#!/bin/sh
mkdir -p /var/run/netns /www
echo ok > /www/ready
echo ok > /www/readyz
echo ok > /www/index.html
httpd -p 6443 -h /www
exec sleep 100000
`;

/** `/pod 10.10.0.0/24 10.10.0.0/16`: a pod at .2, with the node at .1, as a CNI plug-in does it. */
const POD = `#!/bin/sh
# By their paths: busybox would take its own.
set -e
base=\${1%.0/24}
/usr/bin/ip netns add pod1
/usr/bin/ip link add veth1 type veth peer name eth0 netns pod1
/usr/bin/ip address add $base.1/32 dev veth1
/usr/bin/ip link set veth1 up
/usr/bin/ip route replace $base.2/32 dev veth1
/usr/bin/nsenter --net=/var/run/netns/pod1 /usr/bin/ip link set lo up
/usr/bin/nsenter --net=/var/run/netns/pod1 /usr/bin/ip address add $base.2/24 dev eth0
/usr/bin/nsenter --net=/var/run/netns/pod1 /usr/bin/ip link set eth0 up
/usr/bin/nsenter --net=/var/run/netns/pod1 /usr/bin/ip route replace default via $base.1
/usr/bin/nsenter --net=/var/run/netns/pod1 /bin/busybox httpd -p 8181 -h /www
# As kindnet does it: what leaves the cluster's own range has the node's address.
/usr/bin/iptables -t nat -A POSTROUTING -s "$1" ! -d "$2" -j MASQUERADE
`;

/**
 * The runtime's client: it has what archives brought, remembers what it pulls, and cannot pull what is
 * nowhere.
 */
const CRICTL = `#!/bin/sh
if [ "$1" = inspecti ]; then grep -qx "$3" /tmp/archived 2>/dev/null; exit $?; fi
echo "$@" >> /tmp/crictl
case "$*" in
*nowhere.invalid*)
  echo 'E1122 remote_image.go:189] "PullImage from image service failed" err="rpc error: code = NotFound"' >&2
  exit 1 ;;
*slow.invalid*) exec sleep 1000 ;;
esac
echo "Image is up to date"
`;

export const NODE_FILES: Readonly<Record<string, string>> = {
  node: NODE,
  pod: POD,
  'usr/bin/crictl': CRICTL,
};

/** @param podRange - of the whole cluster */
export const podCommand = (podCidr: string, podRange: string): readonly string[] => [
  '/pod',
  podCidr,
  podRange,
];

/** @returns why no such node can be started here; undefined if one can */
export function nodesMissing(): string | undefined {
  const missing = dockerMissing();
  if (missing !== undefined) return missing;
  try {
    docker('run', '--rm', ...NODE_OPTIONS, testImage(NODE_FILES), '/usr/bin/ip', 'netns', 'add', 'trial');
    return undefined;
  } catch (error) {
    return `needs a Docker engine that lets containers have network namespaces: ${error instanceof Error ? error.message : ''}`;
  }
}
