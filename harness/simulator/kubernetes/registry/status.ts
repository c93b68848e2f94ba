/** The errors of the API: `Status` bodies with the codes, reasons and sentences of kube-apiserver. */

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, unknown>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** A failure with the body that the client is to get. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: Status;

  constructor(code: number, reason: string | undefined, message: string, details?: StatusDetails) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason !== undefined && { reason }),
      ...(details && { details }),
      code,
    };
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** A resource as errors name it. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** `deployments.apps`, or `pods` in the core group. */
export function qualified({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf(resource: Named, name: string, kind = resource.plural): StatusDetails {
  return { ...(name !== '' && { name }), ...(resource.group !== '' && { group: resource.group }), kind };
}

export function notFound(resource: Named, name: string): ApiError {
  return new ApiError(
    404,
    'NotFound',
    `${qualified(resource)} "${name}" not found`,
    detailsOf(resource, name),
  );
}

export function alreadyExists(resource: Named, name: string): ApiError {
  return new ApiError(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );
}

/** @param because - by default that the object was modified meanwhile */
export function conflict(
  resource: Named,
  name: string,
  because = 'the object has been modified; please apply your changes to the latest version and try again',
): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${because}`,
    detailsOf(resource, name),
  );
}

export function forbidden(
  resource: Named,
  name: string,
  because: string,
  causes: readonly StatusCause[] = [],
): ApiError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${because}`, {
    ...detailsOf(resource, name),
    ...(causes.length > 0 && { causes }),
  });
}

/** What is wrong with one field; `message` is without the field's path. */
export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotFound';
  readonly message: string;
  readonly field: string;
}

/** What is said of every field that must not change. */
export const IMMUTABLE = 'field is immutable';

export const required = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  message: detail === '' ? 'Required value' : `Required value: ${detail}`,
  field,
});

/** @param shown - the value as Go prints it: strings quoted */
export const invalidValue = (
  field: string,
  value: unknown,
  detail: string,
  shown = goValue(value),
): FieldError => ({
  reason: 'FieldValueInvalid',
  message: detail === '' ? `Invalid value: ${shown}` : `Invalid value: ${shown}: ${detail}`,
  field,
});

export const notSupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${[...supported]
    .sort()
    .map(entry => JSON.stringify(entry))
    .join(', ')}`,
  field,
});

export const duplicate = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${goValue(value)}`,
  field,
});

export const forbiddenValue = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
  field,
});

/** A value as field errors print it (apimachinery pkg/util/validation/field/errors.go, ErrorBody). */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '"null"';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** 422 with all that is wrong. @param kind - the kind, which `details.kind` has here instead of the plural */
export function invalid(
  { group, kind }: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const texts = [...new Set(errors.map(error => `${error.field}: ${error.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new ApiError(
    422,
    'Invalid',
    `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)} is invalid: ${list}`,
    {
      ...(name !== '' && { name }),
      ...(group !== '' && { group }),
      kind,
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  );
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);
export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');
export const internalError = (message: string): ApiError =>
  new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
export const unknownResource = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message);
export const unsupportedMediaType = (message: string): ApiError =>
  new ApiError(415, 'UnsupportedMediaType', message);
export const tooManyRequests = (message: string, cause: StatusCause): ApiError =>
  new ApiError(429, 'TooManyRequests', message, { causes: [cause] });
/** @param what - the feature by its name: `statefulsets.apps` */
export const notSimulated = (what: string): ApiError =>
  new ApiError(501, 'NotImplemented', `${what} is not simulated by mesh-harness`, {
    causes: [{ reason: 'NotSimulated', message: what }],
  });
