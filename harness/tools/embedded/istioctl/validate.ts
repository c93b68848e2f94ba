/**
 * `istioctl validate`: looks at files without a cluster. istioctl/pkg/validate/validate.go @1.30.3. Unlike
 * Istio's, it also warns of what is not simulated.
 */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { adviceOn } from '../../../simulator/istio/istiod/model/advice.ts';
import { validate as validateResource } from '../../../simulator/istio/istiod/validation/validate.ts';
import { fieldsTold } from '../../../simulator/istio/registry/fields-told.ts';
import { unknownValue } from '../../../simulator/istio/registry/unknown-value.ts';
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
      const found = foundInFile(call, file);
      problems.push(...found.problems);
      if (found.warnings.length > 0)
        invocation.stdout(
          `"${file}" has warnings: \n${found.warnings.map(text => `\t* ${text}\n`).join('')}\n`,
        );
      else if (found.problems.length === 0) invocation.stdout(`"${file}" is valid\n`);
    }
    if (problems.length === 0) return 0;
    const count = `${problems.length} error${problems.length === 1 ? '' : 's'} occurred:`;
    throw new ToolExit(`Error: ${count}\n${problems.map(problem => `\t* ${problem}\n`).join('')}\n`);
  },
};

interface Found {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function foundInFile(call: Call, file: string): Found {
  const { invocation } = call;
  let text: string;
  try {
    text = file === '-' ? (invocation.stdin ?? '') : invocation.readFile(file);
  } catch {
    return {
      problems: [`cannot stat file "${file}": stat ${file}: no such file or directory`],
      warnings: [],
    };
  }
  try {
    const found = yaml.loadAll(text).flatMap(document =>
      // A cast: as the user wrote it, each field is looked at.
      typeof document === 'object' && document !== null ? [foundIn(call, document as KubernetesObject)] : [],
    );
    return {
      problems: found.flatMap(({ problems }) => problems),
      warnings: found.flatMap(({ warnings }) => warnings),
    };
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    const problem = `error converting YAML to JSON: yaml: line ${error.mark.line + 1}: ${error.reason}`;
    return { problems: [problem], warnings: [] };
  }
}

/** What is wrong with an object: fields and values that there are not come before all else. */
function foundIn({ invocation, istioVersion }: Call, object: KubernetesObject): Found {
  const edition = istioVersion.startsWith('1.8.') ? '1.8' : 'current';
  const { kind = '', metadata = {} as KubernetesObject['metadata'] } = object;
  const { name = '', namespace = '' } = metadata;
  const spec = specOf(object);
  const unknown = fieldsTold(edition, kind, spec).filter(each => each.kind === 'unknown');
  const isUnknown = (sentence: string) => unknown.some(({ path }) => sentence.includes(` spec.${path} `));
  for (const each of adviceOn(edition, object)) if (!isUnknown(each)) invocation.stderr(`Warning: ${each}\n`);
  const about = (text: string) => `${kind}/${namespace}/${name}: ${text}`;
  if (kind === 'Service') return { problems: problemsOfService(object).map(about), warnings: [] };
  const value = unknownValue(edition, kind, spec);
  const {
    undecoded = value,
    problems,
    warnings,
  } = validateResource(edition, kind, spec, { name, namespace });
  const unread = [
    ...unknown.map(({ path }) => `unknown field "${path}"`),
    ...(undecoded === undefined ? [] : [undecoded]),
  ].map(problem => `cannot parse proto message: ${problem}`);
  if (unread.length > 0) return { problems: unread.map(about), warnings: [] };
  return { problems: problems === undefined ? [] : [about(problems)], warnings: warnings.map(about) };
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
