// Where the window is: an address such as "board", "new", "new/<draft>",
// "incident/<id>", "report/<id>", "directory", "channels", "insights", "settings", "setup", "inbox", "hand-over". It is
// kept in the history, so that back and forward and a reload work, but not in
// the page's URL, which belongs to the program.

const start = () => {
  const kept = (history.state as { to?: unknown } | null)?.to
  return typeof kept === 'string' ? kept : 'board'
}

let to = $state(start())

export const router = {
  get to() {
    return to
  },
  get screen() {
    return to.split('/')[0] ?? 'board'
  },
  /** Which screen it is of: the wizard gives its draft a name while it is open, which is no other place. */
  get place() {
    return to.split('/')[0] === 'new' ? 'new' : to
  },
  get id() {
    return to.split('/').slice(1).join('/')
  },
}

export function go(address: string) {
  if (address === to) return
  history.pushState({ to: address }, '')
  to = address
}

/** Goes there without leaving the present place behind to come back to. */
export function goInstead(address: string) {
  history.replaceState({ to: address }, '')
  to = address
}

addEventListener('popstate', () => {
  to = start()
})
