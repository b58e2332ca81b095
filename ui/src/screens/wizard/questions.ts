// The seven questions of the first step, in the order they are asked. 0 is always "not sure".
import type { Answers } from '../../bindings'

type Options<K extends keyof Answers> = {
  value: K extends 'risks' ? NonNullable<Answers['risks']>[number] : NonNullable<Answers[K]>
  label: string
  key?: string
}[]
type Question = { [K in keyof Answers]: { key: K; label: string; note: string; options: Options<K> } }[keyof Answers]

export const questions: Question[] = [
  {
    key: 'affected',
    label: 'Who is affected?',
    note: 'Those who cannot do their work, not only whoever called.',
    options: [
      { value: 'one_person', label: 'One person' },
      { value: 'team', label: 'A team' },
      { value: 'site', label: 'A whole site' },
      { value: 'many_customers', label: 'Many customers' },
      { value: 'everyone', label: 'Everyone' },
      { value: 'not_sure', label: 'Not sure', key: '0' },
    ],
  },
  {
    key: 'condition',
    label: 'Is it down right now?',
    note: 'What they see now, not what the monitoring says.',
    options: [
      { value: 'down', label: 'Down' },
      { value: 'degraded', label: 'Slow or partly working' },
      { value: 'at_risk', label: 'At risk' },
      { value: 'not_sure', label: 'Not sure', key: '0' },
    ],
  },
  {
    key: 'risks',
    label: 'Could it cause any of these?',
    note: 'Each one alone may be reason enough. Choose as many as it could be; Enter goes on.',
    options: [
      { value: 'data_loss', label: 'Data loss' },
      { value: 'legal', label: 'Legal trouble' },
      { value: 'reputation', label: 'Reputation' },
      { value: 'safety', label: 'Danger to people' },
      { value: 'not_sure', label: 'Not sure', key: '0' },
    ],
  },
  {
    key: 'expertise',
    label: 'Can you fix it yourself?',
    note: 'With what you know and may do yourself.',
    options: [
      { value: 'know_how', label: 'Yes, I know how' },
      { value: 'perhaps', label: 'Perhaps' },
      { value: 'outside', label: 'Outside what I know' },
      { value: 'not_sure', label: 'Not sure', key: '0' },
    ],
  },
  {
    key: 'stuck',
    label: 'How long without progress?',
    note: 'Since something last got better, not since it began.',
    options: [
      { value: 'just_started', label: 'Just started' },
      { value: 'quarter_hour', label: '15 min' },
      { value: 'half_hour', label: '30 min' },
      { value: 'hour_or_more', label: 'An hour or more' },
      { value: 'not_sure', label: 'Not sure', key: '0' },
    ],
  },
  {
    key: 'gut',
    label: 'What does your gut say?',
    note: 'It counts, and is kept as what it is.',
    options: [
      { value: 'will_pass', label: 'It will pass' },
      { value: 'something_is_wrong', label: 'Something is wrong' },
      { value: 'unsure', label: 'Not sure', key: '0' },
    ],
  },
  {
    key: 'colleague',
    label: 'What does a colleague say?',
    note: '“Ask a colleague” below sends them the question.',
    options: [
      { value: 'escalate', label: 'Escalate' },
      { value: 'wait', label: 'Wait' },
      { value: 'not_asked', label: 'Nobody asked' },
    ],
  },
]
