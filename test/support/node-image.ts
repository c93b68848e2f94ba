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

/**
 * The entrypoint: an API server's port, with a certificate of an authority of its own where kubeadm has it;
 * the rest is done by commands from outside. It answers what an API server answers at /readyz.
 */
const NODE = `#!/bin/sh
mkdir -p /var/run/netns /www /etc/kubernetes/pki
echo ok > /www/ready
echo ok > /www/readyz
echo ok > /www/index.html
cd /tmp
export OPENSSL_CONF=/openssl.cnf
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650"
openssl req -x509 $key -subj /CN=kubernetes -extensions ca -keyout ca.key -out ca.crt
openssl req $key -subj /CN=kube-apiserver -keyout api.key -out api.csr
openssl x509 -req -in api.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile /openssl.cnf -extensions api -out api.crt
cd /www
openssl s_server -accept 6443 -cert /tmp/api.crt -key /tmp/api.key -WWW -quiet &
mv /tmp/ca.crt /etc/kubernetes/pki/ca.crt
exec sleep 100000
`;

/** The names are some of those that kubeadm gives (cmd/kubeadm/app/util/pkiutil/pki_helpers.go @v1.34.0). */
const OPENSSL_CONF = `[req]
distinguished_name = name
prompt = no
[name]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[api]
basicConstraints = CA:FALSE
subjectAltName = DNS:kubernetes,DNS:kubernetes.default,DNS:localhost,IP:127.0.0.1
`;

/**
 * The node's kubectl, as far as the proof of isolation takes it: `kubectl proxy` gives out a folder of files
 * below a prefix, at one address and port (seen of kubectl 1.21 to 1.34; `test/platform/kind/witness.test.ts`
 * asks a real one).
 */
const KUBECTL = `#!/bin/sh
for word; do
  case "$word" in
  --address=*) address=\${word#*=} ;;
  --port=*) port=\${word#*=} ;;
  --www=*) www=\${word#*=} ;;
  --www-prefix=*) prefix=\${word#*=} ;;
  proxy | --kubeconfig=/dev/null | --server=http://127.0.0.1:9 | --reject-paths=*) ;;
  *) echo "error: unknown flag: $word" >&2; exit 1 ;;
  esac
done
rm -rf "/tmp/proxy-$port" && mkdir -p "/tmp/proxy-$port"
prefix=\${prefix%/}
ln -s "$www" "/tmp/proxy-$port/\${prefix#/}"
echo "Starting to serve on $address:$port"
exec /bin/busybox httpd -f -p "$address:$port" -h "/tmp/proxy-$port"
`;

/** `/pod 10.10.0.0/24 10.10.0.0/16`: a pod at .2, with the node at .1, as a CNI plug-in does it. */
const POD = `#!/bin/sh
# By their paths: busybox would take its own.
set -e
# kind hands a node over when its API server answers.
for _ in $(seq 100); do [ -f /etc/kubernetes/pki/ca.crt ] && break; sleep 0.1; done
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
  'openssl.cnf': OPENSSL_CONF,
  'usr/bin/crictl': CRICTL,
  'usr/bin/kubectl': KUBECTL,
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
