/** Formats: `format.dns1123Label().validate(text)` (apiserver pkg/cel/library/format.go @v1.34). */
import { problemsOfLabelValue, problemsOfQualifiedName } from '../../registry/validation/label-rules.ts';
import {
  problemsOfLabel,
  problemsOfLabel1035,
  problemsOfSubdomain,
} from '../../registry/validation/names.ts';
import { structType } from '../check/types.ts';
import { timestampOf } from '../run/time.ts';
import { ForeignValue, Optional, type Value } from '../run/values.ts';
import type { Library } from './declare.ts';
import { problemOfUrl } from './urls.ts';

class NamedFormat extends ForeignValue {
  override readonly type = structType('kubernetes.NamedFormat');
  readonly name: string;
  readonly problemsOf: (text: string) => readonly string[];
  constructor(name: string, problemsOf: NamedFormat['problemsOf']) {
    super();
    this.name = name;
    this.problemsOf = problemsOf;
  }
  override equals(other: ForeignValue): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
}

/** What may be the beginning of a generated name may end with a dash. */
const asPrefix = (text: string) => (text.endsWith('-') ? `${text.slice(0, -1)}a` : text);

const when = (isValid: boolean, problem: string) => (isValid ? [] : [problem]);

const FORMATS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  dns1123Label: problemsOfLabel,
  dns1123Subdomain: problemsOfSubdomain,
  dns1035Label: problemsOfLabel1035,
  qualifiedName: problemsOfQualifiedName,
  dns1123LabelPrefix: text => problemsOfLabel(asPrefix(text)),
  dns1123SubdomainPrefix: text => problemsOfSubdomain(asPrefix(text)),
  dns1035LabelPrefix: text => problemsOfLabel1035(asPrefix(text)),
  labelValue: problemsOfLabelValue,
  uri: text => {
    const problem = problemOfUrl(text);
    return problem === undefined ? [] : [problem];
  },
  uuid: text =>
    when(
      /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
      'does not match the UUID format',
    ),
  byte: text =>
    when(
      text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
      'invalid base64',
    ),
  date: text => when(timestampOf(`${text}T00:00:00Z`) !== undefined, 'invalid date'),
  datetime: text => when(timestampOf(text) !== undefined, 'invalid datetime'),
};

function validate(format: NamedFormat, text: string): Value {
  const problems = format.problemsOf(text);
  return problems.length === 0 ? Optional.none : Optional.of(problems);
}

/** Declares the formats. */
export function declareNamedFormats(library: Library): void {
  const type = 'kubernetes.NamedFormat';
  const formats = new Map(
    Object.entries(FORMATS).map(([name, problemsOf]) => [name, new NamedFormat(name, problemsOf)]),
  );
  for (const [name, format] of formats)
    library.declare(`format.${name}`, `format.${name}(): ${type}`, () => format);
  library
    .declare('format-validate', `.validate(${type}, string): optional<list<string>>`, validate)
    .declare('format-named', `format.named(string): optional<${type}>`, (name: string) => {
      const format = formats.get(name);
      return format ? Optional.of(format) : Optional.none;
    });
}
