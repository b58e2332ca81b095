// The seven questions of the first step, in the order they are asked.
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
    note: '',
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
    note: '',
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
    note: 'each one alone may be reason enough',
    options: [
      { value: 'data_loss', label: 'Data loss' },
      { value: 'legal', label: 'Legal trouble' },
      { value: 'reputation', label: 'Reputation' },
      { value: 'safety', label: 'Danger to people' },
    ],
  },
  {
    key: 'expertise',
    label: 'Can you fix it yourself?',
    note: '',
    options: [
      { value: 'know_how', label: 'Yes, I know how' },
      { value: 'perhaps', label: 'Perhaps' },
      { value: 'outside', label: 'Outside what I know' },
    ],
  },
  {
    key: 'stuck',
    label: 'How long without progress?',
    note: '',
    options: [
      { value: 'just_started', label: 'Just started' },
      { value: 'quarter_hour', label: '15 min' },
      { value: 'half_hour', label: '30 min' },
      { value: 'hour_or_more', label: 'An hour or more' },
    ],
  },
  {
    key: 'gut',
    label: 'What does your gut say?',
    note: '',
    options: [
      { value: 'will_pass', label: 'It will pass' },
      { value: 'unsure', label: 'Unsure' },
      { value: 'something_is_wrong', label: 'Something is wrong' },
    ],
  },
  {
    key: 'colleague',
    label: 'What does a colleague say?',
    note: '',
    options: [
      { value: 'escalate', label: 'Escalate' },
      { value: 'wait', label: 'Wait' },
      { value: 'not_asked', label: 'Nobody asked' },
    ],
  },
]
