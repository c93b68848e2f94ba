/** Rule: meshNetworks names the gateways of a mesh that has one network only. */
import { installsOf, keysOf, lineSpan } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** The rule `unused-mesh-networks`. */
export const unusedMeshNetworks: Rule = {
  id: 'unused-mesh-networks',
  severity: 'note',
  sentence: 'meshNetworks names the gateways of a mesh that has one network only.',
  because:
    'istiod puts a gateway in the place of endpoints on other networks alone (istio/istio ' +
    'pilot/pkg/xds/ep_filters.go). On one network nothing reads the gateways; a Service that is named ' +
    'and not there is passed over.',
  example: {
    bad: meshOf(['n']),
    good: meshOf(['n', 'm']),
  },
  find: ({ traces, edition }) =>
    traces.flatMap(trace =>
      installsOf(trace, edition).flatMap(({ document, networks }): readonly RuleFinding[] => {
        if (!document || networks.length !== 1) return [];
        const key = keysOf(document.content.text).find(({ path }) => path.endsWith('\nmeshNetworks'));
        if (!key) return [];
        return [
          {
            page: document.page,
            span: lineSpan(document, key.line),
            message:
              `The mesh has one network, ${networks[0]}: no request goes through the gateways that are ` +
              `named here.`,
            wouldHappen: 'Nothing.',
          },
        ];
      }),
    ),
};

function meshOf(networks: readonly string[]): string {
  const entries = networks.map(name => `        ${name}:\n          gateways: []`).join('\n');
  const head =
    '$ cat <<EOF > c.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      meshNetworks:';
  return `${head}\n${entries}\nEOF\n$ istioctl install -y -f c.yaml`;
}
