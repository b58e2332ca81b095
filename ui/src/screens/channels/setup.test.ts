import { expect, test } from 'vitest'
import type { ChannelSetup } from '../../bindings'
import { change } from './setup'

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
