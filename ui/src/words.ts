// The words for what crosses as a name, once for the whole window.
import type { AcknowledgedHow, CallOutcome, DeliveryState, FactField, Reach, Severity, TriedResult } from './bindings'

/** Worst first, as it is always shown. */
export const severities: Severity[] = ['critical', 'high', 'medium', 'low']

export const severityWord: Record<Severity, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' }
export const severityShape: Record<Severity, string> = { critical: '▲', high: '◆', medium: '●', low: '○' }

export const reachWord: Record<Reach, string> = {
  chat: 'chat',
  mail: 'mail',
  text: 'text message',
  phone: 'phone',
  push: 'push message',
  desk: 'notice on this desk',
}

export const triedWord: Record<TriedResult, string> = {
  helped: 'helped',
  no_effect: 'no effect',
  made_worse: 'made it worse',
  could_not: 'could not be done',
}

export const howWord: Record<AcknowledgedHow, string> = {
  call: 'by phone',
  chat: 'in the chat',
  mail: 'by mail',
  in_person: 'in person',
  other: 'another way',
}

export const outcomeWord: Record<CallOutcome, string> = {
  answered: 'Answered',
  voicemail: 'Voicemail',
  no_answer: 'No answer',
  wrong_number: 'Wrong number',
}

export const factWord: Record<FactField, string> = {
  what: 'What happened',
  place: 'Where',
  who: 'Who is affected',
  began: 'Since when',
  impact: 'Business impact',
  tried: 'What was tried',
}

/** How far a message has come; nothing here says that somebody has the incident. */
export const deliveryWord: Record<DeliveryState, string> = {
  queued: 'waiting to be sent',
  attempting: 'being sent',
  uncertain: 'may have been sent',
  accepted: 'accepted',
  delivered: 'delivered',
  seen: 'seen',
  failed: 'failed',
  cancelled: 'cancelled',
  by_hand: 'call by hand',
}
