/** The errors of the API: `Status` bodies with the codes, reasons and sentences of kube-apiserver. */

/** One reason among several, with the field that it is about. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** meta/v1 StatusDetails; in most errors `kind` is the plural. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** meta/v1 Status: the body of every refusal. */
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

/** Names a resource: `deployments.apps`, or `pods` in the core group. */
export function qualified({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf(resource: Named, name: string, kind = resource.plural): StatusDetails {
  return { ...(name !== '' && { name }), ...(resource.group !== '' && { group: resource.group }), kind };
}

/** Makes a 404 for an object. */
export function notFound(resource: Named, name: string): ApiError {
  return new ApiError(
    404,
    'NotFound',
    `${qualified(resource)} "${name}" not found`,
    detailsOf(resource, name),
  );
}

/** Makes a 409 for a name that is taken. @param isEnding - what has the name is in deletion */
export function alreadyExists(resource: Named, name: string, isEnding = false): ApiError {
  return new ApiError(
    409,
    'AlreadyExists',
    `${isEnding ? 'object is being deleted: ' : ''}${qualified(resource)} "${name}" already exists`,
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

/** Makes a 403. @param because - follows `is forbidden: ` */
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

/** Makes a 400. */
export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);
/** Makes a 401: nobody known has sent the request. */
export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');
/** Makes a 500, with the prefix that kube-apiserver puts before it. */
export const internalError = (message: string): ApiError =>
  new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
/** Makes a 405 for a verb that the resource lacks. */
export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
/** Makes a 404 for a resource that is not served at all. */
export const unknownResource = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
/** Makes a 410: the history does not reach back to that version. */
export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message);
/** Makes a 415. */
export const unsupportedMediaType = (message: string): ApiError =>
  new ApiError(415, 'UnsupportedMediaType', message);
/** Makes a 429, as for an eviction that a budget does not allow. */
export const tooManyRequests = (message: string, cause: StatusCause): ApiError =>
  new ApiError(429, 'TooManyRequests', message, { causes: [cause] });
/** @param what - the feature by its name: `statefulsets.apps` */
export const notSimulated = (what: string): ApiError =>
  new ApiError(501, 'NotImplemented', `${what} is not simulated by mesh-harness`, {
    causes: [{ reason: 'NotSimulated', message: what }],
  });
