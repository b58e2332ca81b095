import { expect, test } from 'vitest'
import type { ChannelSetup, Provider, Reach } from '../../bindings'
import { byReach, change, foundBy, match } from './setup'

const setup: ChannelSetup = {
  id: '1',
  provider: 'mail',
  name: 'Mail',
  reach: 'mail',
  settings: {},
  secrets_set: ['password'],
  enabled: true,
  last_test: null,
  sample: false,
}

test('a secret is kept, given anew, or taken away', () => {
  expect(change(setup, {}), 'untouched').toEqual({ setup, secrets: {}, forget: [] })
  expect(change(setup, { password: '' }), 'typed and deleted again').toEqual({ setup, secrets: {}, forget: [] })
  expect(change(setup, { password: 'new' })).toEqual({ setup, secrets: { password: 'new' }, forget: [] })
  expect(change(setup, { password: null })).toEqual({ setup, secrets: {}, forget: ['password'] })
})

const provider = (id: string, reach: Reach): Provider => ({ id, name: id, about: '', reach, address: 'none', fields: [] })

test('kinds of channel stand by how they reach people, the quickest first', () => {
  const groups = byReach([
    provider('mail', 'mail'),
    provider('discord', 'chat'),
    provider('sms', 'text'),
    provider('slack', 'chat'),
  ])
  expect(groups.map(([reach, some]) => [reach, some.map((one) => one.id)])).toEqual([
    ['text', ['sms']],
    ['chat', ['discord', 'slack']],
    ['mail', ['mail']],
  ])
})

test('what is typed finds a kind by its name first, and by what it is', () => {
  const fits = (typed: string, name: string) => match('', typed, [name, 'chat', 'Posts to a channel of your own'])
  const ranked = ['Webex', 'Webhook', 'Zulip (channel)', 'Gotify'].toSorted((a, b) => fits('webh', b) - fits('webh', a))
  expect(ranked[0]).toBe('Webhook')
  expect(fits('mail', 'Mail'), 'all of the name').toBeGreaterThan(fits('mai', 'Mail'))
  expect(fits('zulip own', 'Zulip (channel)'), 'each word somewhere').toBeGreaterThan(0)
  expect(fits('zulip phone', 'Zulip (channel)'), 'one word nowhere').toBe(0)
})

test('a kind is found by what else it is called', () => {
  const kinds = [
    { ...provider('mail', 'mail'), name: 'Mail', about: 'Sends mail through your own mail server' },
    { ...provider('twilio', 'text'), name: 'Text message (Twilio)', about: 'A text to a mobile phone' },
    { ...provider('sms-kannel', 'text'), name: 'Text message (Kannel)', about: 'Through your Kannel gateway' },
    { ...provider('slack', 'chat'), name: 'Slack', about: 'Posts to one channel' },
  ]
  const found = (typed: string) => kinds.filter((one) => match('', typed, foundBy(one)) > 0).map((one) => one.id)
  for (const typed of ['mail', 'email', 'E-Mail', 'smtp', 'outlook', 'exchange', 'mail server'])
    expect(found(typed), typed).toEqual(['mail'])
  expect(found('sms')).toEqual(['twilio', 'sms-kannel'])
})
