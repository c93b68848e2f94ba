/**
 * The custom resource definitions of the releases, out of Istio's modules (test/peers/istio-definitions.ts).
 * Unlike Istio's, they name their schemas instead of holding them: a fifth of a second is a lot for what most
 * runs never look at. The API server looks a name up (named-schemas.ts) and refuses what the schema refuses.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import old from './definitions/1.8.json' with { type: 'json' };
import current from './definitions/current.json' with { type: 'json' };
import { kubernetesObject } from './kubernetes-objects.ts';
import { schemaName } from './named-schemas.ts';

interface Definition {
  readonly group: string;
  readonly names: { readonly plural: string };
  readonly versions: readonly string[];
  /** The one in which objects are kept. */
  readonly stored: string;
  readonly columns: readonly object[];
}

interface Release {
  readonly source: string;
  readonly definitions: readonly Definition[];
}

const RELEASES: Readonly<Record<IstioBehaviour['line'], Release>> = { '1.8': old, current };

/**
 * Makes the CustomResourceDefinitions (1.8: manifests/charts/base/crds, which are of v1beta1; current:
 * manifests/charts/base/files/crd-all.gen.yaml).
 */
export function customResourceDefinitions({ line }: IstioBehaviour): KubernetesObject[] {
  const { source, definitions } = RELEASES[line];
  return definitions.map(({ group, names, versions, stored, columns }) =>
    kubernetesObject(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {
        name: `${names.plural}.${group}`,
        labels: { app: 'istio-pilot', chart: 'istio', heritage: 'Tiller', release: 'istio' },
      },
      {
        spec: {
          group,
          scope: 'Namespaced',
          names,
          versions: versions.map(name => ({
            name,
            served: true,
            storage: name === stored,
            subresources: { status: {} },
            ...(columns.length > 0 && { additionalPrinterColumns: columns }),
            schema: { openAPIV3Schema: openSchema(schemaName(source, names.plural)) },
          })),
        },
      },
    ),
  );
}

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** A schema that takes everything, and says which one is meant. */
const openSchema = (url: string) => ({
  type: 'object',
  externalDocs: { url },
  properties: { spec: OPEN, status: OPEN },
});
