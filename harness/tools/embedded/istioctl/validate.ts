/**
 * `istioctl validate`: looks at files without a cluster. istioctl/pkg/validate/validate.go @1.30.3. Unlike
 * Istio's, it also warns of what is not simulated.
 */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { adviceOn } from '../../../simulator/istio/istiod/model/advice.ts';
import { problemsOf } from '../../../simulator/istio/istiod/model/resource-problems.ts';
import { fieldsTold } from '../../../simulator/istio/registry/fields-told.ts';
import { ToolExit } from '../invocation.ts';
import { type Call, noSuchCommand, type Verb } from './verb.ts';

const PROTOCOLS = /^(grpc|grpc-web|http|http2|https|http3|mongo|mysql|redis|tcp|tls|udp|hbone)(-.*)?$/;

/** Says of each file whether it is valid; fails if one is not. */
export const validate: Verb = {
  flags: { filename: { type: 'list', short: 'f' }, referential: { type: 'boolean', short: 'x' } },
  maxArgs: 0,
  tooMany: noSuchCommand('validate'),
  async run(call) {
    const { flags, invocation } = call;
    const files = flags.list('filename');
    if (files.length === 0)
      throw new ToolExit(
        'Error: error: you must specify resources by --filename.\nExample resource specifications ' +
          'include:\n' +
          "   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
      );
    const problems: string[] = [];
    for (const file of files) {
      const found = problemsOfFile(call, file);
      problems.push(...found);
      if (found.length === 0) invocation.stdout(`"${file}" is valid\n`);
    }
    if (problems.length === 0) return 0;
    const count = `${problems.length} error${problems.length === 1 ? '' : 's'} occurred:`;
    throw new ToolExit(`Error: ${count}\n${problems.map(problem => `\t* ${problem}\n`).join('')}\n`);
  },
};

function problemsOfFile({ invocation, istioVersion }: Call, file: string): readonly string[] {
  let text: string;
  try {
    text = file === '-' ? (invocation.stdin ?? '') : invocation.readFile(file);
  } catch {
    return [`cannot stat file "${file}": stat ${file}: no such file or directory`];
  }
  try {
    const edition = istioVersion.startsWith('1.8.') ? '1.8' : 'current';
    return yaml.loadAll(text).flatMap(document => {
      if (typeof document !== 'object' || document === null) return [];
      const object = document as KubernetesObject; // as the user wrote it: each field is looked at
      const { kind = '', metadata = {} as KubernetesObject['metadata'] } = object;
      const about = `${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
      const unknown = fieldsTold(edition, kind, specOf(object)).filter(each => each.kind === 'unknown');
      const isUnknown = (sentence: string) => unknown.some(({ path }) => sentence.includes(` spec.${path} `));
      for (const each of adviceOn(edition, object))
        if (!isUnknown(each)) invocation.stderr(`Warning: ${each}\n`);
      return [
        ...unknown.map(({ path }) => `cannot parse proto message: unknown field "${path}"`),
        ...(kind === 'Service' ? problemsOfService(object) : problemsOf(kind, specOf(object))),
      ].map(problem => `${about}: ${problem}`);
    });
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    return [`error converting YAML to JSON: yaml: line ${error.mark.line + 1}: ${error.reason}`];
  }
}

const specOf = (object: KubernetesObject) => (object['spec'] ?? {}) as Readonly<Record<string, unknown>>;

/** Ports are told apart by their names (istioctl/pkg/validate, checkFields). */
function problemsOfService(object: KubernetesObject): readonly string[] {
  const { name = '', namespace = '' } = object.metadata;
  const { ports = [] } = specOf(object) as { ports?: readonly { name?: string; appProtocol?: string }[] };
  return ports.flatMap(port =>
    port.appProtocol === undefined && !PROTOCOLS.test(port.name ?? '')
      ? [
          `service "${name}/${namespace}/:" port "${port.name ?? ''}" does not follow the Istio naming ` +
            'convention. See https://istio.io/latest/docs/ops/deployment/requirements/',
        ]
      : [],
  );
}
