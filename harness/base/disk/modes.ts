/** The modes of files with credentials, and of all that tells of them. */

export const OWNER_ONLY = 0o600;
/** Of folders; of programs too. */
export const OWNER_ONLY_FOLDER = 0o700;
