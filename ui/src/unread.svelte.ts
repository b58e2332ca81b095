// What was typed and cannot be read as a number or a moment, while its field is
// out of sight: nothing typed goes without a word.

/** By the name of its field, which begins with the id of what it is about. */
export const unread = $state<Record<string, string>>({})

export function remember(field: string, text: string) {
  if (text) unread[field] = text
  else delete unread[field]
}

/** What there is of one draft, or of the incident it became: the field's short name, and what was typed. */
export const unreadOf = (about: string) =>
  Object.entries(unread).flatMap(([field, text]) =>
    field.startsWith(`${about} `) ? [{ field: field.slice(about.length + 1), text }] : [],
  )

export function forget(about: string) {
  for (const { field } of unreadOf(about)) delete unread[`${about} ${field}`]
}
