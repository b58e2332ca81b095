// Every screen there is, by the first word of its address. A screen stands here
// only when it is real; the rail offers what stands here.
import type { Component } from 'svelte'
import Board from './Board.svelte'
import Channels from './Channels.svelte'
import Directory from './Directory.svelte'
import HandOver from './HandOver.svelte'
import Inbox from './Inbox.svelte'
import Incident from './Incident.svelte'
import Insights from './Insights.svelte'
import Report from './Report.svelte'
import Settings from './Settings.svelte'
import Setup from './Setup.svelte'
import Wizard from './Wizard.svelte'

/** `id` is the rest of the address: "incident/<id>" gives the id. */
export type Screen = Component<{ id: string }>

export const screens: Record<string, Screen> = {
  board: Board,
  channels: Channels,
  directory: Directory,
  'hand-over': HandOver,
  inbox: Inbox,
  incident: Incident,
  insights: Insights,
  new: Wizard,
  report: Report,
  settings: Settings,
  setup: Setup,
}
