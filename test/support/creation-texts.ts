/**
 * What a failed creation says, in the shape of the real programs (real-kind-2026-11 D5 to D7, and what kind
 * 0.33.0 said here); the words between are our own.
 */

/** klog's header as kubeadm and the kubelet write it. */
const klog = (severity: 'I' | 'W' | 'E', place: string, words: string) =>
  `${severity}1130 06:54:08.123456     167 ${place}] ${words}`;

const TRACES = Array.from({ length: 120 }, () =>
  klog(
    'I',
    'round_trippers.go:632',
    '"Response" verb="GET" url="https://mh-a1b2-cluster1-control-plane:6443/livez?timeout=10s" status="" milliseconds=0',
  ),
).join('\n');

/** As `%+v` of an error prints it: kubeadm does that from -v=5 on. */
const STACK = [
  [
    'k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/init.runWaitControlPlanePhase',
    'app/cmd/phases/init/wait.go:101',
  ],
  [
    'k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/workflow.(*Runner).Run.func1',
    'app/cmd/phases/workflow/runner.go:262',
  ],
  [
    'k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/workflow.(*Runner).visitAll',
    'app/cmd/phases/workflow/runner.go:450',
  ],
  ['k8s.io/kubernetes/cmd/kubeadm/app/cmd.newCmdInit.func1', 'app/cmd/init.go:129'],
  ['github.com/spf13/cobra.(*Command).execute', 'github.com/spf13/cobra@v1.9.1/command.go:1015'],
  ['github.com/spf13/cobra.(*Command).ExecuteC', 'github.com/spf13/cobra@v1.9.1/command.go:1148'],
  ['k8s.io/kubernetes/cmd/kubeadm/app.Run', 'app/kubeadm.go:47'],
  ['main.main', 'cmd/kubeadm/kubeadm.go:25'],
  ['runtime.main', 'runtime/proc.go:285'],
  ['runtime.goexit', 'runtime/asm_amd64.s:1693'],
]
  .flatMap(([name, place]) => [name, `\t${place}`])
  .join('\n');

const KUBEADM_FAILS = (node: string) =>
  `ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec --privileged ${node} kubeadm init --config=/kind/kubeadm.conf --skip-token-print --v=6" failed with error: exit status 1`;

/** kind's phases up to where it fails. */
export const PHASES = `using docker due to KIND_EXPERIMENTAL_PROVIDER
cgroup v1 is deprecated in Kubernetes and will not be supported in a future kind release, please upgrade to cgroup v2
Creating cluster "mh-a1b2-cluster1" ...
 • Ensuring node image (kindest/node:v1.37.2) 🖼️  ...
WARNING: Overriding docker network due to KIND_EXPERIMENTAL_DOCKER_NETWORK
WARNING: Here be dragons! This is not supported currently.
 ✓ Ensuring node image (kindest/node:v1.37.2) 🖼️
 • Preparing nodes 📦   ...
 ✓ Preparing nodes 📦 
 • Writing configuration 📜  ...
 ✓ Writing configuration 📜
 • Starting control-plane 🕹️  ...
`;

/** The one line of kubeadm that counts. */
export const GAVE_UP =
  'error: error execution phase wait-control-plane: could not bootstrap the admin user in file admin.conf: unable to create ClusterRoleBinding: client rate limiter Wait returned an error: context deadline exceeded';

/** kubeadm 1.37 had no answer of the API server within its minute. */
export const kubeadmGaveUp = (node = 'mh-a1b2-cluster1-control-plane') => ` ✗ Starting control-plane 🕹️
${KUBEADM_FAILS(node)}

Command Output: ${klog('I', 'initconfiguration.go:261', 'loading configuration from "/kind/kubeadm.conf"')}
[init] Using Kubernetes version: v1.37.2
[certs] Using certificateDir folder "/etc/kubernetes/pki"
${klog('I', 'certs.go:112', 'creating a new certificate authority for ca')}
[certs] Generating "ca" certificate and key
[kubelet-start] Starting the kubelet
[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s
[kubelet-check] The kubelet is healthy after 1.502 s
${TRACES}
${GAVE_UP}
${STACK}
`;

/** kubeadm of 1.30 writes causes and stacks in turn; here its kubelet never answers. */
export const KUBELET_MUTE = `${PHASES} ✗ Starting control-plane 🕹️
${KUBEADM_FAILS('mh-a1b2-cluster1-control-plane')}
Command Output: ${klog('I', 'initconfiguration.go:261', 'loading configuration from "/kind/kubeadm.conf"')}
[kubelet-check] Waiting for a healthy kubelet. This can take up to 4m0s
[kubelet-check] The kubelet is not healthy after 4m0.000543s

Unfortunately, an error has occurred:
\tThe HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: context deadline exceeded
${TRACES}
couldn't initialize a Kubernetes cluster
${STACK}
error execution phase wait-control-plane
${STACK}
`;

/** The words of kind 0.33.0 and Docker on a machine that lacks CAP_SYS_RESOURCE. */
export const NO_CAPABILITY = `${PHASES.slice(0, PHASES.indexOf(' ✓ Preparing'))} ✗ Preparing nodes 📦 
ERROR: failed to create cluster: command "docker run --name mh-a1b2-cluster1-control-plane --hostname mh-a1b2-cluster1-control-plane --label io.x-k8s.kind.role=control-plane --privileged --security-opt seccomp=unconfined --security-opt apparmor=unconfined --tmpfs /tmp --tmpfs /run --volume /var --volume /lib/modules:/lib/modules:ro -e KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER --detach --tty --label io.x-k8s.kind.cluster=mh-a1b2-cluster1 --net mh-a1b2-network1 --restart=on-failure:1 --init=false --cgroupns=private --publish=127.0.0.1:33587:6443/TCP -e KUBECONFIG=/etc/kubernetes/admin.conf kindest/node:v1.37.2" failed with error: exit status 125

Command Output: e329ac43615052d5ae23f16174277b4f5f6d592f4b7cac1fe4c47fa45e8036de
docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to apply caps: operation not permitted: unknown

Run 'docker run --help' for more information
`;

/** `journalctl -u kubelet.service` of a kubelet that refuses its machine; it is started again and again. */
export const KUBELET_REFUSES = [1, 2, 3]
  .flatMap(time => [
    'systemd[1]: Started kubelet.service - kubelet: The Kubernetes Node Agent.',
    `kubelet[${time}68]: ${klog('I', 'server.go:525', '"Kubelet version" kubeletVersion="v1.37.2"')}`,
    `kubelet[${time}68]: ${klog('E', 'run.go:72', '"command failed" err="failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release, path: &TypeMeta{Kind:,APIVersion:,}"')}`,
    'systemd[1]: kubelet.service: Main process exited, code=exited, status=1/FAILURE',
    "systemd[1]: kubelet.service: Failed with result 'exit-code'.",
  ])
  .map(line => `Nov 30 06:54:08 mh-a1b2-cluster1-control-plane ${line}`)
  .join('\n');
