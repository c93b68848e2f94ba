/**
 * One `--set`, as istioctl reads it: the value is no YAML, but a number, a truth value or a text.
 * operator/pkg/values/map.go @1.30.3, operator/pkg/util/util.go @1.8.0
 */
import { InstallError } from './install-error.ts';

/** What is set, and where. */
interface Setting {
  /** `values.global.network` */
  readonly path: string;
  readonly value: string | number | boolean;
}

/** What stays a text, whatever it looks like; in current only. */
const TEXTS = [
  ...['compatibilityVersion', 'tag', 'values.compatibilityVersion', 'values.global.tag'],
  ...['meshConfig.defaultConfig.proxyMetadata.', 'values.meshConfig.defaultConfig.proxyMetadata.'],
];
/** strconv.ParseBool; 1 and 0 are numbers before. */
const TRUTH: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['t', 'T', 'TRUE', 'true', 'True'].map(word => [word, true])),
  ...Object.fromEntries(['f', 'F', 'FALSE', 'false', 'False'].map(word => [word, false])),
};
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * @param hasTexts - whether the release keeps some values as texts, and takes a path alone for an empty one
 * @throws InstallError for what is no setting
 */
export function settingOf(text: string, hasTexts: boolean): Setting {
  const at = text.indexOf('=');
  if (!hasTexts && (at < 0 || text.indexOf('=', at + 1) >= 0))
    throw new InstallError(`bad argument ${text}: expect format key=value`);
  if (at === 0) throw new InstallError(`bad argument ${text}: expect format key=value`);
  if (at < 0) return { path: text, value: '' };
  const [path, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  const isText = hasTexts && TEXTS.some(each => path.startsWith(each));
  return { path, value: isText ? value : readValue(value) };
}

function readValue(text: string): Setting['value'] {
  if (NUMBER.test(text)) return Number(text);
  return TRUTH[text] ?? text.replaceAll('\\,', ',');
}
