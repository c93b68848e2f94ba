/**
 * What kind runs in its nodes, in our own words: kind 0.33.0 itself goes through a whole creation with them,
 * and no Kubernetes is there. How a creation fails is told by the image's variable `TRIAL`.
 */

/** How a creation goes. */
export type Trial =
  | 'succeeds'
  /** kubeadm gives up on the API server; its traces and its stack stand around the line that counts. */
  | 'kubeadm-gives-up'
  /** The same, and the cause stands in the kubelet's log alone (real-kind-2026-11 D6). */
  | 'kubelet-refuses'
  /** The node ends before it is ready. */
  | 'node-ends'
  /** It answers, and no line says what kind waits for. */
  | 'node-is-mute'
  /** Workers cannot join. */
  | 'join-fails';

/**
 * What kind waits for: pkg/cluster/internal/providers/common/cgroups.go @v0.33.0. On cgroup v1 the
 * entrypoint's words are enough; on v2 systemd has to say that it is up.
 */
const ENTRYPOINT = `#!/bin/sh
export container=docker
[ "$TRIAL" = node-ends ] && { echo "this node ends"; exit 3; }
[ "$TRIAL" = node-is-mute ] && exec sleep 100000
mount -o remount,rw /sys/fs/cgroup 2>/dev/null
mkdir -p /var/run/netns /var/log/journal /run/systemd/journal
# As after a flush: the journal is in /var/log from the start.
touch /run/systemd/journal/flushed
# Debian's packages write there too.
mkdir -p /var/log/apt
echo 'Commandline: apt-get' | tee /var/log/apt/history.log > /var/log/dpkg.log
printf 'b\\000' > /var/log/other
# Another program than the log's own writes there, as in nodes that are published (real-kind-2026-11 D10).
printf 'wtmp\\000\\000' > /var/log/wtmp
[ -e /sys/fs/cgroup/cgroup.controllers ] && echo "INFO: detected cgroup v2" || echo "INFO: detected cgroup v1"
exec /lib/systemd/systemd --unit=multi-user.target --log-target=console --show-status=true
`;

const service = (description: string, ...lines: readonly string[]): string =>
  ['[Unit]', `Description=${description}`, 'DefaultDependencies=no', '[Service]', ...lines, ''].join('\n');

/**
 * What kubeadm says when it gives up on the API server of the node NODE, by its shape: kubernetes/kubernetes
 * cmd/kubeadm/app/cmd/phases/init/waitcontrolplane.go, app/util/error.go @v1.34.0; real-kind-2026-11 D5
 * tells how much there is of it.
 */
const HEALTH = 'https://NODE:6443/livez';
const NO_ANSWER = 'failed while waiting for the control plane to start';
const ASKED = `"Response" verb="GET" url="${HEALTH}?timeout=10s" status="" milliseconds=0`;
const KUBEADM_GIVES_UP = [
  `[control-plane-check] Checking kube-apiserver at ${HEALTH}`,
  ...Array.from(
    { length: 150 },
    (_, index) =>
      `I1130 06:00:${String(index % 60).padStart(2, '0')}.000000     100 round_trippers.go:632] ${ASKED}`,
  ),
  '[control-plane-check] kube-apiserver is not healthy after 4m0.000494148s',
  '',
  `error: error execution phase wait-control-plane: ${NO_ANSWER}: kube-apiserver check failed at ${HEALTH}`,
  ...Array.from({ length: 10 }, (_, index) => [
    'k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/init.runWaitControlPlanePhase',
    `\tk8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/init/waitcontrolplane.go:${100 + index}`,
  ]).flat(),
  '',
].join('\n');

/** Returns kubeadm's last words, on a node of that name. */
export const kubeadmGivesUp = (node: string): string => KUBEADM_GIVES_UP.replaceAll('NODE', node);

const KUBEADM = `#!/bin/sh
HOSTNAME=$(cat /proc/sys/kernel/hostname)
mkdir -p /run/kubelet
echo "$TRIAL" > /run/kubelet/trial
systemctl start kubelet.service
case "$1 $TRIAL" in
"init kubeadm-gives-up" | "init kubelet-refuses" | "join join-fails")
  sed "s/NODE/$HOSTNAME/g" /kind/gives-up
  exit 1 ;;
esac
[ "$1" = init ] || exit 0
mkdir -p /etc/kubernetes
cat > /etc/kubernetes/admin.conf <<END
apiVersion: v1
kind: Config
clusters:
  - name: kubernetes
    cluster:
      server: https://$HOSTNAME:6443
      certificate-authority-data: $(cat /kind/ca)
contexts:
  - name: admin@kubernetes
    context: {cluster: kubernetes, user: admin}
users:
  - name: admin
    user: {token: none}
current-context: admin@kubernetes
END
`;

/** kubernetes/kubernetes pkg/kubelet/kubelet.go @v1.35.0 has the words of the refusal. */
const KUBELET = `#!/bin/sh
echo 'I1130 06:00:00.000000     200 server.go:212] "Kubelet version" kubeletVersion="v1.34.0"'
[ "$(cat /run/kubelet/trial)" = kubelet-refuses ] || exec sleep 100000
refusal='kubelet is configured to not run on a host using cgroup v1'
echo "E1130 06:00:00.000000     200 run.go:72] \\"command failed\\" err=\\"failed to run Kubelet: $refusal\\""
exit 1
`;

/** pkg/cluster/nodeutils/util.go @v0.33.0 asks for the snapshotter. */
const CONTAINERD = `#!/bin/sh
if [ "$1 $2" = "config dump" ]; then
  echo 'version = 3'
  echo '[plugins]'
  echo '  [plugins."io.containerd.cri.v1.images"]'
  echo '    snapshotter = "overlayfs"'
  exit 0
fi
echo 'level=info msg="starting containerd"'
exec sleep 100000
`;

/** An archive is what \`docker save\` writes: its list of names goes to where crictl looks. */
const CTR = `#!/bin/sh
cat > /run/archive.tar
tar -xOf /run/archive.tar manifest.json > /run/manifest.json 2>/dev/null ||
  { echo 'ctr: unrecognized image format' >&2; exit 1; }
sed 's/[^"]*"RepoTags":\\["\\([^"]*\\)".*/\\1/' /run/manifest.json >> /run/archived
`;

const CRICTL = `#!/bin/sh
if [ "$1" = inspecti ]; then grep -qx "$3" /run/archived 2>/dev/null; exit $?; fi
[ "$1" = images ] || exit 0
echo 'IMAGE                TAG                 IMAGE ID            SIZE'
cat /run/archived 2>/dev/null
exit 0
`;

const SUCCEEDS = '#!/bin/sh\nexit 0\n';

/** Path in the image → text. */
export const NODE_PROGRAMS: Readonly<Record<string, string>> = {
  entrypoint: ENTRYPOINT,
  'kind/version': 'v1.34.0\n',
  'kind/ca': 'bm9uZQ==',
  'kind/gives-up': KUBEADM_GIVES_UP,
  'kind/manifests/default-cni.yaml': 'kind: List\n',
  'kind/manifests/default-storage.yaml': 'kind: List\n',
  'etc/machine-id': '',
  'etc/containerd/config.toml': 'version = 3\n',
  'etc/systemd/journald.conf': '[Journal]\nStorage=persistent\n',
  'etc/systemd/system/multi-user.target':
    '[Unit]\nDescription=Multi-User System\nWants=log.service containerd.service\nAfter=log.service\n',
  'etc/systemd/system/log.service': service(
    'Journal',
    'Type=notify',
    'ExecStart=/lib/systemd/systemd-journald',
    'StandardOutput=null',
    'FileDescriptorStoreMax=4224',
  ),
  'etc/systemd/system/containerd.service': service('containerd', 'ExecStart=/usr/bin/containerd'),
  'etc/systemd/system/kubelet.service': service('kubelet', 'ExecStart=/usr/bin/kubelet'),
  'usr/bin/kubeadm': KUBEADM,
  'usr/bin/kubelet': KUBELET,
  'usr/bin/containerd': CONTAINERD,
  'usr/bin/ctr': CTR,
  'usr/bin/crictl': CRICTL,
  'usr/bin/kubectl': SUCCEEDS,
  'usr/bin/pgrep': '#!/bin/sh\nexit 1\n',
  'usr/bin/bash': '#!/bin/sh\nexec /bin/sh "$@"\n',
};
