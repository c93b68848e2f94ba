/** The API of each version of Kubernetes: what it says it is, and what newer versions have it has not. */
import t from 'tap';
import {
  KUBERNETES_MINORS,
  KUBERNETES_VERSIONS,
  minorNumber,
} from '../../../harness/base/kubernetes-versions.ts';
import { apiWorld, refusalOf } from './api-world.ts';

/** A field that 1.36 brought (k8s.io/api core/v1/types.go @v0.36.3). */
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i' }], schedulingGroup: { podGroupName: 'g' } },
});
const NEWER_KIND = '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies';

for (const minor of KUBERNETES_MINORS) {
  t.test(`Kubernetes ${minor}`, async t => {
    await using world = await apiWorld({ kubernetes: minor });
    const { admin } = world;
    t.match(await admin.request('GET', '/version'), {
      major: '1',
      minor: String(minorNumber(minor)),
      gitVersion: `${KUBERNETES_VERSIONS[minor]}+mesh-harness`,
      minCompatibilityMinor: String(minorNumber(minor) - 1),
    });
    const post = admin.request('POST', '/api/v1/namespaces/sample/pods?fieldValidation=Strict', {
      body: pod('p'),
    });
    const kind = admin.request('GET', NEWER_KIND);
    if (minorNumber(minor) >= 36) {
      t.match(await post, { spec: { schedulingGroup: { podGroupName: 'g' } } }, 'a field of 1.36');
      t.match(await kind, { kind: 'MutatingAdmissionPolicyList', items: [] }, 'a kind of 1.36');
    } else {
      t.match(await refusalOf(post), /unknown field "spec.schedulingGroup"/, 'a field of 1.36');
      t.match(await refusalOf(kind), /^404/, 'a kind of 1.36');
    }
  });
}
