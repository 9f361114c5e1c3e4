/** What everything is compared with. */
export const referenceId = 'opaque-database'
