/** The modes of what `up` writes: its files hold keys of clusters. */

export const OWNER_ONLY = 0o600;
/** Of the state folder. */
export const OWNER_ONLY_FOLDER = 0o700;
