/** Returns the source of a regular expression that matches a text as it is. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
