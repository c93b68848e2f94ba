/** What API servers and an istiod are given for the corpus of rules, by the release. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../harness/base/kubernetes-client.ts';
import { type Edition, namesOf } from '../../harness/simulator/istio/registry/names.ts';
import { MESH_CONFIG } from '../support/istiod-rules/mesh.ts';

/** The definitions of Istio's kinds, as its own istioctl has them. */
function definitions(istioctl: string): readonly KubernetesObject[] {
  const argv = ['manifest', 'generate', '--set', 'profile=empty', '--set', 'components.base.enabled=true'];
  const { stdout, status, stderr } = spawnSync(istioctl, argv, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`istioctl: ${stderr}`);
  // A cast: istioctl prints objects.
  const objects = yaml.loadAll(stdout) as (KubernetesObject | null)[];
  return objects.flatMap(object => (object?.kind === 'CustomResourceDefinition' ? [object] : []));
}

/** Those of 1.8, without its schemas: what another release has besides, istiod passes over. */
const oldDefinitions = (): readonly KubernetesObject[] =>
  Object.entries(namesOf('1.8').kinds).map(([kind, { group, plural, versions }]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.split(' ').map((name, at) => ({
        ...{ name, served: true, storage: at === 0 },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  }));

/** @param istioctl - of today */
export const definitionsOf = (edition: Edition, istioctl: string): readonly KubernetesObject[] =>
  edition === 'current' ? definitions(istioctl) : oldDefinitions();

/** The mesh's configuration; API servers of today have no Ingresses as 1.8 reads them. */
export const meshOf = (edition: Edition): string =>
  edition === 'current' ? MESH_CONFIG : `${MESH_CONFIG}ingressControllerMode: 'OFF'\n`;

/** A kubeconfig that says whose certificate the server has: istiod refuses one that does not care. */
export function withAuthority(kubeconfig: string, folder: string): string {
  // A cast: the function that started the server has written it.
  const { clusters, ...rest } = yaml.load(kubeconfig) as {
    clusters: { name: string; cluster: { server: string } }[];
  };
  const pem = readFileSync(path.join(folder, 'certificates', 'apiserver.crt'));
  return JSON.stringify({
    ...rest,
    clusters: clusters.map(({ name, cluster: { server } }) => ({
      name,
      cluster: { server, 'certificate-authority-data': pem.toString('base64') },
    })),
  });
}
