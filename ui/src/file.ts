// Files that somebody chose, dropped or pasted, as they cross to the program.

/** The whole of it in base64; rejects where it cannot be read (any more). */
export const inBase64 = (file: File) =>
  new Promise<string>((done, failed) => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result).split(',', 2)[1] ?? '')
    reader.onerror = () => failed({ code: 'other', message: 'The file could not be read. Choose it again.', details: [] })
    reader.readAsDataURL(file)
  })

/** What was dropped or pasted; a picture from the clipboard has a name that says what it is. */
export function filesOf(data: DataTransfer | null): File[] {
  const named = (file: File) => (file.name === 'image.png' ? new File([file], 'screenshot.png', { type: file.type }) : file)
  return [...(data?.files ?? [])].map(named)
}

/** Words that are pasted into a field belong there, although some programs put a picture of them beside. */
export const areWords = (event: ClipboardEvent) =>
  event.target instanceof Element &&
  event.target.closest('input, textarea') !== null &&
  (event.clipboardData?.getData('text/plain') ?? '').trim() !== ''
