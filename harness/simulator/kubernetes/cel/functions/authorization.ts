/** Questions to the authorizer (apiserver pkg/cel/library/authz.go @v1.34). */
import { problemsOfLabel, problemsOfSubdomain } from '../../registry/validation/names.ts';
import { structType } from '../check/types.ts';
import { EvaluationError, ForeignValue } from '../run/values.ts';
import type { Library } from './declare.ts';

/** What may be asked: a path, or a resource. */
export interface AccessQuestion {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Asks for this service account in the place of the request's user. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

/** Answers a question for the user of a request. */
type AskAuthorizer = (question: AccessQuestion) => {
  readonly allowed: boolean;
  readonly reason: string;
};

const PREFIX = 'kubernetes.authorization';
export const AUTHORIZER = structType(`${PREFIX}.Authorizer`);
export const RESOURCE_CHECK = structType(`${PREFIX}.ResourceCheck`);

/** A question that is not asked yet, or its answer. */
abstract class AuthorizationValue extends ForeignValue {
  override equals(other: ForeignValue): boolean {
    return this === other;
  }
}

/** The variable `authorizer`. */
export class Authorizer extends AuthorizationValue {
  override readonly type = AUTHORIZER;
  readonly ask: AskAuthorizer;
  readonly who: Pick<AccessQuestion, 'serviceAccount'>;
  constructor(ask: AskAuthorizer, who: Authorizer['who'] = {}) {
    super();
    this.ask = ask;
    this.who = who;
  }
}

/** A question about a path or resource. */
export class Check extends AuthorizationValue {
  override readonly type;
  readonly authorizer: Authorizer;
  readonly about: Omit<AccessQuestion, 'verb' | 'serviceAccount'>;
  constructor(
    kind: 'PathCheck' | 'GroupCheck' | 'ResourceCheck',
    authorizer: Authorizer,
    about: Check['about'],
  ) {
    super();
    this.type = kind === 'ResourceCheck' ? RESOURCE_CHECK : structType(`${PREFIX}.${kind}`);
    this.authorizer = authorizer;
    this.about = about;
  }
}

class Decision extends AuthorizationValue {
  override readonly type = structType(`${PREFIX}.Decision`);
  readonly answer: ReturnType<AskAuthorizer>;
  constructor(answer: Decision['answer']) {
    super();
    this.answer = answer;
  }
}

function notEmpty(text: string, name: string): string {
  if (text.trim() === '') throw new EvaluationError(`${name} must not be empty`);
  return text;
}

function serviceAccount({ ask }: Authorizer, namespace: string, name: string): Authorizer {
  if (problemsOfSubdomain(name).length > 0) throw new EvaluationError('Invalid service account name');
  if (problemsOfLabel(namespace).length > 0) throw new EvaluationError('Invalid service account namespace');
  return new Authorizer(ask, { serviceAccount: { namespace, name } });
}

const refine = ({ authorizer, about }: Check, more: Check['about']) =>
  new Check('ResourceCheck', authorizer, { ...about, ...more });

const check = ({ authorizer, about }: Check, verb: string) =>
  new Decision(authorizer.ask({ ...about, ...authorizer.who, verb }));

/** Declares the questions. Selectors are taken, and not looked at. */
export function declareAuthorization(library: Library): void {
  const authorizer = AUTHORIZER.name;
  const resource = RESOURCE_CHECK.name;
  const [path, group, decision] = ['PathCheck', 'GroupCheck', 'Decision'].map(kind => `${PREFIX}.${kind}`);
  library
    .declare(
      'authorizer_path',
      `.path(${authorizer}, string): ${path}`,
      (asked: Authorizer, text: string) => new Check('PathCheck', asked, { path: notEmpty(text, 'path') }),
    )
    .declare(
      'authorizer_group',
      `.group(${authorizer}, string): ${group}`,
      (asked: Authorizer, text: string) => new Check('GroupCheck', asked, { group: text }),
    )
    .declare(
      'authorizer_serviceaccount',
      `.serviceAccount(${authorizer}, string, string): ${authorizer}`,
      serviceAccount,
    )
    .declare(
      'groupcheck_resource',
      `.resource(${group}, string): ${resource}`,
      (asked: Check, text: string) => refine(asked, { resource: notEmpty(text, 'resource') }),
    )
    .declare(
      'resourcecheck_subresource',
      `.subresource(${resource}, string): ${resource}`,
      (asked: Check, subresource: string) => refine(asked, { subresource }),
    )
    .declare(
      'resourcecheck_namespace',
      `.namespace(${resource}, string): ${resource}`,
      (asked: Check, namespace: string) => refine(asked, { namespace }),
    )
    .declare('resourcecheck_name', `.name(${resource}, string): ${resource}`, (asked: Check, name: string) =>
      refine(asked, { name }),
    )
    .declare(
      'authorizer_fieldselector',
      `.fieldSelector(${resource}, string): ${resource}`,
      (asked: Check) => asked,
    )
    .declare(
      'authorizer_labelselector',
      `.labelSelector(${resource}, string): ${resource}`,
      (asked: Check) => asked,
    )
    .declare('pathcheck_check', `.check(${path}, string): ${decision}`, check)
    .declare('resourcecheck_check', `.check(${resource}, string): ${decision}`, check)
    .declare('decision_errored', `.errored(${decision}): bool`, () => false)
    .declare('decision_error', `.error(${decision}): string`, () => '')
    .declare('decision_allowed', `.allowed(${decision}): bool`, ({ answer }: Decision) => answer.allowed)
    .declare('decision_reason', `.reason(${decision}): string`, ({ answer }: Decision) => answer.reason);
}
