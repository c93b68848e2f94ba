/** Rule: a field of an Istio object has a value that its CRD does not list. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { documentsOf, type GuideDocument, lineSpan, parseYaml } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { isTemplate } from './broken-yaml.ts';

/** A field, and all values that it takes in 1.8 and in today's release (istio/api, enums of each kind). */
interface Listed {
  readonly kind: string;
  /** From the document's root; `*` is any item or key. */
  readonly path: string;
  readonly values: string;
}

const MTLS_MODES = 'UNSET DISABLE PERMISSIVE STRICT';

const LISTED: readonly Listed[] = [
  { kind: 'PeerAuthentication', path: 'spec.mtls.mode', values: MTLS_MODES },
  {
    kind: 'PeerAuthentication',
    path: 'spec.portLevelMtls.*.mode',
    values: MTLS_MODES,
  },
  {
    kind: 'DestinationRule',
    path: 'spec.trafficPolicy.tls.mode',
    values: 'DISABLE SIMPLE MUTUAL ISTIO_MUTUAL',
  },
  { kind: 'AuthorizationPolicy', path: 'spec.action', values: 'ALLOW DENY AUDIT CUSTOM' },
  { kind: 'ServiceEntry', path: 'spec.location', values: 'MESH_EXTERNAL MESH_INTERNAL' },
  {
    kind: 'ServiceEntry',
    path: 'spec.resolution',
    values: 'NONE STATIC DNS DNS_ROUND_ROBIN DYNAMIC_DNS',
  },
  { kind: 'Sidecar', path: 'spec.outboundTrafficPolicy.mode', values: 'REGISTRY_ONLY ALLOW_ANY' },
];

/** The rule `unknown-value`. */
export const unknownValue: Rule = {
  id: 'unknown-value',
  severity: 'error',
  sentence: 'A field of an Istio object has a value that is almost one of those which it takes.',
  because: 'The CRD of the kind lists the values (istio/api); the API server refuses all others.',
  example: {
    bad:
      '$ kubectl apply -f - <<EOF\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\n' +
      'metadata:\n  name: all\nspec:\n  mtls:\n    mode: STRICTT\nEOF',
    good:
      '$ kubectl apply -f - <<EOF\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\n' +
      'metadata:\n  name: all\nspec:\n  mtls:\n    mode: STRICT\nEOF',
  },
  find: ({ traces }) => traces.flatMap(trace => documentsOf(trace).flatMap(findIn)),
};

function findIn(document: GuideDocument): readonly RuleFinding[] {
  const { text } = document.content;
  if (isTemplate(document) || !LISTED.some(({ kind }) => text.includes(kind))) return [];
  const result = parseYaml(text);
  if (!('values' in result)) return [];
  // Each wrong value is told once a document, where it stands first.
  const told = new Set<string>();
  return result.values.flatMap(value =>
    LISTED.filter(({ kind }) => fieldsAt(value, ['kind']).includes(kind)).flatMap(({ path, values }) =>
      fieldsAt(value, path.split('.')).flatMap(found => {
        const key = `${path} ${found}`;
        if (told.has(key)) return [];
        told.add(key);
        return findingOf(document, { path, values, found });
      }),
    ),
  );
}

/** Returns what stands at a path. */
function fieldsAt(value: unknown, [key, ...rest]: readonly string[]): readonly unknown[] {
  if (key === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  const below: readonly unknown[] = key === '*' ? Object.values(value) : [Reflect.get(value, key)];
  return below.flatMap(each => fieldsAt(each, rest));
}

function findingOf(
  document: GuideDocument,
  { path, values, found }: { readonly path: string; readonly values: string; readonly found: unknown },
): readonly RuleFinding[] {
  if (typeof found !== 'string' || !/^\w+$/.test(found) || values.split(' ').includes(found)) return [];
  const meant = didYouMean(found, values.split(' '));
  const key = path.split('.').at(-1);
  const line = document.content.text
    .split('\n')
    .findIndex(each => new RegExp(`\\b${key}:\\s*["']?${found}\\b`).test(each));
  if (meant === undefined || line < 0) return [];
  return [
    {
      page: document.page,
      span: lineSpan(document, line),
      message: `${path} takes no ${found}. ${meant}`,
      wouldHappen: `The API server refuses the object: Unsupported value: "${found}".`,
    },
  ];
}
