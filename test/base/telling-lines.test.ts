/** What of a failed program's output tells why it failed. */
import t from 'tap';
import { causesIn, shortOutput, withoutTraces } from '../../harness/base/telling-lines.ts';
import {
  GAVE_UP,
  KUBELET_MUTE,
  KUBELET_REFUSES,
  kubeadmGaveUp,
  NO_CAPABILITY,
  PHASES,
} from '../support/creation-texts.ts';

t.test('the line that counts is found among traces and stacks', async t => {
  for (const [name, text, causes] of [
    ['kubeadm that gives up', PHASES + kubeadmGaveUp(), [GAVE_UP]],
    [
      'kubeadm of 1.30, and its kubelet',
      KUBELET_MUTE,
      [
        '[kubelet-check] The kubelet is not healthy after 4m0.000543s',
        "couldn't initialize a Kubernetes cluster",
        'error execution phase wait-control-plane',
      ],
    ],
    [
      'a kubelet that refuses, again and again',
      KUBELET_REFUSES,
      [
        'failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release, path: &TypeMeta{Kind:,APIVersion:,}',
      ],
    ],
    [
      'docker, not kind that called it',
      NO_CAPABILITY,
      [
        'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to apply caps: operation not permitted: unknown',
      ],
    ],
    [
      'kind itself',
      ' ✗ Preparing nodes 📦 \nERROR: failed to create cluster: could not find a log line that matches "x"\n',
      ['ERROR: failed to create cluster: could not find a log line that matches "x"'],
    ],
    [
      'kubeadm that checks the machine',
      'error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR Swap]: running with swap on is not supported\n',
      [
        'error execution phase preflight: [preflight] Some fatal errors occurred:',
        '[ERROR Swap]: running with swap on is not supported',
      ],
    ],
    [
      'crictl',
      'E1130 06:54:08.123456     167 remote_image.go:180] "PullImage from image service failed" err="rpc error: code = NotFound"\nFATA[0000] pulling image: rpc error: code = NotFound desc = no such image\n',
      ['FATA[0000] pulling image: rpc error: code = NotFound desc = no such image'],
    ],
    [
      'a list that is announced',
      'ERROR: unable to decode config: yaml: unmarshal errors:\n  line 3: field nonsense not found\n',
      ['ERROR: unable to decode config: yaml: unmarshal errors:', 'line 3: field nonsense not found'],
    ],
    ['one that only complains', 'well\nthat did not work\n\n', ['that did not work']],
    ['one that says nothing', '\n', []],
  ] as const) {
    t.same(causesIn(text), causes, name);
  }
});

t.test('traces and stacks go, errors of klog stay', async t => {
  const left = withoutTraces(PHASES + kubeadmGaveUp()).join('\n');
  t.notMatch(left, /round_trippers|runtime\.goexit|runner\.go|initconfiguration/);
  t.match(left, /The kubelet is healthy after/);
  t.same(withoutTraces('\u001B[31mERROR\u001B[0m: no\n'), ['ERROR: no']);
  t.match(withoutTraces('E1130 06:54:08.123456     167 a.go:1] "it broke"\n').join(), /it broke/);
});

t.test('a message has the causes first, then fifteen lines at most, none of them long', async t => {
  const lines = shortOutput(PHASES + kubeadmGaveUp()).split('\n');
  t.equal(lines[0], GAVE_UP);
  t.equal(lines.filter(line => line === GAVE_UP).length, 1, 'once');
  t.ok(lines.length <= 16, `${lines.length} lines`);
  t.match(lines.join('\n'), /ERROR: failed to create cluster: failed to init node with kubeadm/);
  t.ok(
    shortOutput(NO_CAPABILITY)
      .split('\n')
      .every(line => line.length < 410),
    'a docker run is cut',
  );
  t.equal(shortOutput('a\nERROR: b\n', ['ERROR: b']), 'a', 'what the message has is not repeated');
});
