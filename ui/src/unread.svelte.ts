// What was typed and cannot be read as a number or a moment, while its field is
// out of sight: nothing typed goes without a word.

/** By the name of its field, which begins with the id of what it is about. */
export const unread = $state<Record<string, string>>({})

export function remember(field: string, text: string) {
  if (text) unread[field] = text
  else delete unread[field]
}

/** What is left of one draft, each as it was typed; then it is forgotten. */
export function takeUnread(about: string): string[] {
  const mine = Object.keys(unread).filter((field) => field.startsWith(about))
  const texts = mine.map((field) => unread[field] ?? '')
  for (const field of mine) delete unread[field]
  return texts
}
