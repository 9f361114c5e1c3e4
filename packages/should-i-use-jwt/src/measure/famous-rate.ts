/** Requests a second that are so often said to be too many for a database. They decide nothing. */
export const famousRate = 10_000
