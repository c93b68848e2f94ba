/**
 * Reads IstioOperator documents as istioctl does: YAML with Go's error texts, `--set`, and the merge of
 * several files.
 */
import yaml from 'js-yaml';
import { InstallError } from './install-error.ts';
import { settingOf } from './set-value.ts';
import { isTree, writeAt } from './setting-path.ts';

/** A JSON object whose fields nobody has looked at yet. */
export type Tree = Record<string, unknown>;

/** All documents and settings of one `istioctl install`, merged. */
export interface OperatorDocument {
  /** `metadata.name`: `eastwest` for the gateway that the guide's script describes. */
  readonly name: string | undefined;
  readonly spec: Tree;
}

/**
 * Merges the documents and then the settings, later over earlier.
 * @param texts - one text for each `-f`; each may hold several YAML documents
 * @param settings - one `path=value` for each `--set`: `values.global.network=network1`, `profile=demo`
 * @param keepsTexts - of values that are set: whether some stay texts, as in later releases
 * @throws InstallError
 */
export function readOperator(
  texts: readonly string[],
  settings: readonly string[] = [],
  keepsTexts = true,
): OperatorDocument {
  let name: string | undefined;
  let spec: Tree = {};
  for (const text of texts) {
    for (const document of parseYaml(text)) {
      const checked = checkDocument(document);
      name = checked.name ?? name;
      spec = mergeTrees(spec, checked.spec);
    }
  }
  for (const text of settings) {
    const { path, value } = settingOf(text, keepsTexts);
    spec = writeAt(spec, path, value) as Tree; // a spec stays an object
  }
  return { name, spec };
}

/**
 * Maps are merged, everything else is replaced. An explicit null replaces too, as in `remotePilotAddress:`
 * without a value.
 */
export function mergeTrees(base: Tree, over: Tree): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? mergeTrees(below, value) : value;
  }
  return merged;
}

function checkDocument(document: unknown): OperatorDocument {
  if (!isTree(document)) {
    throw new InstallError(
      `could not overlay user config over base: json merge error (error unmarshaling JSON: json: cannot unmarshal ${typeof document} into Go value of type map[string]interface {})`,
    );
  }
  const { apiVersion, kind, metadata, spec, ...others } = document;
  if (kind !== 'IstioOperator' || apiVersion !== 'install.istio.io/v1alpha1')
    throw new InstallError(
      `fail to parse IstioOperator: unknown apiVersion or kind: "${apiVersion}", "${kind}"`,
    );
  const unknown = Object.keys(others).filter(key => key !== 'status');
  if (unknown.length > 0) throw new InstallError(`unknown field "${unknown[0]}" in v1alpha1.IstioOperator`);
  if (spec !== undefined && spec !== null && !isTree(spec))
    throw new InstallError('the field "spec" of the IstioOperator is not an object');
  const name = isTree(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : undefined;
  return { name, spec: isTree(spec) ? spec : {} };
}

function parseYaml(text: string): unknown[] {
  refuseEmptyKeys(text);
  try {
    return yaml.loadAll(text).filter(document => document !== undefined && document !== null);
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    throw new InstallError(
      `error converting YAML to JSON: yaml: line ${error.mark.line + 1}: ${error.reason || 'did not find expected key'}`,
    );
  }
}

/**
 * Go's YAML takes a line that is nothing but `:` (an undefined `${NETWORK1}:`) for an error, js-yaml for the
 * key null.
 * Its line numbers count from 0 there: `yaml: line 10` is the eleventh (docs/reference/istio.md I15).
 */
function refuseEmptyKeys(text: string): void {
  const lines = text.split('\n');
  const index = lines.findIndex(line => /^\s*:(\s|$)/.test(line));
  if (index >= 0) {
    throw new InstallError(`error converting YAML to JSON: yaml: line ${index}: did not find expected key`);
  }
}
