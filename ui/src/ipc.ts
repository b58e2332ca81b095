// The one file that talks to Tauri. Every command of the shell stands here once,
// with its types; a failure arrives as a thrown `Failure`.
import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type {
  Action,
  Attachment,
  BackupSettings,
  Backups,
  Beginning,
  Board,
  BoardPart,
  BoardRow,
  CalendarAbsence,
  CallOutcome,
  CallSheet,
  ChannelChange,
  ChannelId,
  ChannelSetup,
  Consideration,
  DeliveryId,
  DeskRules,
  DeskSettings,
  Directory,
  Draft,
  DrillId,
  DrillSchedule,
  Drills,
  EditPreview,
  Facts,
  Failure,
  FileShown,
  Finding,
  HandOverId,
  HandOverView,
  HeartbeatSettings,
  HeartbeatView,
  Import,
  IncidentId,
  IncidentView,
  InsightsTable,
  InsightsView,
  Instant,
  Joining,
  Link,
  Method,
  MethodId,
  MuteFor,
  Notice,
  NoticeId,
  OpinionRequest,
  Overview,
  OwnChannels,
  Path,
  PathId,
  PeopleColumns,
  PeopleFileFound,
  Person,
  PersonData,
  PersonId,
  Policy,
  PolicyPreview,
  PostIncident,
  PromiseRead,
  ReportForm,
  RestorePreview,
  Retention,
  RetentionPreview,
  Rotation,
  RotationId,
  Service,
  ServiceId,
  Shift,
  ShiftOverride,
  Sound,
  Span,
  StatusLanguage,
  Team,
  TeamId,
  TestResult,
  TicketRead,
} from './bindings'

export const overview = () => invoke<Overview>('overview')
export const saveDesk = (settings: DeskSettings) => invoke<void>('save_desk', { settings })
export const loadSample = () => invoke<void>('load_sample')
export const removeSample = () => invoke<void>('remove_sample')
export const unlockSecrets = (passphrase: string) => invoke<void>('unlock_secrets', { passphrase })
export const rules = () => invoke<DeskRules>('rules')
/** What a new desk starts with. */
export const standardRules = () => invoke<DeskRules>('standard_rules')
export const saveRules = (rules: DeskRules) => invoke<void>('save_rules', { rules })
/** What this policy would have said to the latest incidents; it need not be saved. */
export const policyPreview = (policy: Policy) => invoke<PolicyPreview>('policy_preview', { policy })

export const heartbeat = () => invoke<HeartbeatView>('heartbeat')
/** A new address; `null` keeps the one that is kept, and an empty one takes it away. */
export const saveHeartbeat = (settings: HeartbeatSettings, address: string | null) =>
  invoke<void>('save_heartbeat', { settings, address })
/** Says what came of it. */
export const tryHeartbeat = () => invoke<string>('try_heartbeat')
export const sound = () => invoke<Sound>('sound')
/** Nothing is heard for so long; `null` ends that. */
export const mute = (wanted: MuteFor | null) => invoke<void>('mute', { wanted })
/** Whether this desktop starts Baton when somebody logs in; null where that is not offered. */
export const autostart = () => invoke<boolean | null>('autostart')
export const setAutostart = (on: boolean) => invoke<void>('set_autostart', { on })

export const backups = () => invoke<Backups>('backups')
export const saveBackupSettings = (settings: BackupSettings) => invoke<void>('save_backup_settings', { settings })
/** Says where the copy is. */
export const backUpNow = () => invoke<string>('back_up_now')
/** What is in the file, and what would be lost by going on from it; changes nothing. */
export const restorePreview = (file: string) => invoke<RestorePreview>('restore_preview', { file })
/** Starts Baton anew with the copy. */
export const restoreBackup = (file: string) => invoke<void>('restore_backup', { file })

export const retention = () => invoke<Retention>('retention')
export const saveRetention = (rules: Retention) => invoke<void>('save_retention', { rules })
/** Exactly what would go by these rules now; they need not be saved. */
export const retentionPreview = (rules: Retention) => invoke<RetentionPreview>('retention_preview', { rules })
/** By the rules in force; answers how many incidents went. */
export const removeOld = () => invoke<number>('remove_old')
/** Writes everything but secrets beside the database and says where. */
export const exportEverything = () => invoke<string>('export_everything')
export const personData = (id: PersonId) => invoke<PersonData>('person_data', { id })
/** Writes all of it beside the database and says where. */
export const savePersonData = (id: PersonId) => invoke<string>('save_person_data', { id })
/** Fails with `in_use` naming what stands in the way; `anyway` takes them off their paths. It cannot be taken back. */
export const forgetPerson = (id: PersonId, anyway: boolean) => invoke<void>('forget_person', { id, anyway })

export const directory = () => invoke<Directory>('directory')
export const savePerson = (person: Person) => invoke<string[]>('save_person', { person })
/** Fails with `in_use` naming the paths; `anyway` takes the person off them. */
export const removePerson = (id: PersonId, anyway: boolean) => invoke<void>('remove_person', { id, anyway })
export const saveService = (service: Service) => invoke<void>('save_service', { service })
export const removeService = (id: ServiceId) => invoke<void>('remove_service', { id })
export const savePath = (path: Path) => invoke<void>('save_path', { path })
/** Fails with `in_use` naming the services; `anyway` leaves them without. */
export const removePath = (id: PathId, anyway: boolean) => invoke<void>('remove_path', { id, anyway })
export const saveTeam = (team: Team) => invoke<void>('save_team', { team })
export const removeTeam = (id: TeamId, anyway: boolean) => invoke<void>('remove_team', { id, anyway })
export const saveRotation = (rotation: Rotation) => invoke<void>('save_rotation', { rotation })
export const removeRotation = (id: RotationId, anyway: boolean) => invoke<void>('remove_rotation', { id, anyway })
export const schedule = (rotation: Rotation, from: Instant, to: Instant) => invoke<Shift[]>('schedule', { rotation, from, to })
export const readiness = () => invoke<Finding[]>('readiness')
/** Of every path, or of one incident. */
export const callSheet = (incident: IncidentId | null) => invoke<CallSheet>('call_sheet', { incident })
/** Opens it as a PDF, which is kept beside the database. */
export const openCallSheet = (incident: IncidentId | null) => invoke<void>('open_call_sheet', { incident })
/** Writes the whole directory beside the database and says where. */
export const saveDirectoryFile = () => invoke<string>('save_directory_file')
export const importDirectory = (text: string, tryOnly: boolean) => invoke<Import>('import_directory', { text, tryOnly })
/** `data` is the whole file in base64. */
/** Whether the first line of a table is somebody too is guessed where it is not said. */
export const openPeopleFile = (data: string, firstIsPerson: boolean | null) =>
  invoke<PeopleFileFound>('open_people_file', { data, firstIsPerson })
export const importPeople = (data: string, columns: PeopleColumns, tryOnly: boolean) =>
  invoke<Import>('import_people', { data, columns, tryOnly })
/** Writes a table and address cards beside the database and says where. */
export const savePeopleFiles = () => invoke<string>('save_people_files')
/** What of it is likely to be an absence of this person. */
export const absencesFromCalendar = (text: string, name: string) =>
  invoke<CalendarAbsence[]>('absences_from_calendar', { text, name })
export const shiftsFromCalendar = (text: string) => invoke<ShiftOverride[]>('shifts_from_calendar', { text })
export const saveRotationCalendar = (id: RotationId) => invoke<string>('save_rotation_calendar', { id })
/** Six digits to whoever is reached this way; the method need not be saved yet. */
export const sendCode = (method: Method, name: string) => invoke<TestResult>('send_code', { method, name })
export const confirmCode = (method: MethodId, code: string) => invoke<Instant>('confirm_code', { method, code })
export const triedNumber = (method: MethodId, outcome: CallOutcome) => invoke<void>('tried_number', { method, outcome })
export const undoImport = () => invoke<void>('undo_import')
/** Takes back the removal of a person, service, path or channel; what was taken off stays off. */
export const restore = (id: string) => invoke<void>('restore', { id })

export const saveChannel = (change: ChannelChange) => invoke<ChannelSetup>('save_channel', { change })
/** Fails with `in_use` naming the people; `anyway` takes their methods too. */
export const removeChannel = (id: ChannelId, anyway: boolean) => invoke<void>('remove_channel', { id, anyway })
export const testChannel = (id: ChannelId, address: string) => invoke<TestResult>('test_channel', { id, address })

export const drills = () => invoke<Drills>('drills')
/** Tries these people, or everybody with `null`. */
export const beginDrill = (people: PersonId[] | null) => invoke<DrillId>('begin_drill', { people })
export const endDrill = (id: DrillId) => invoke<void>('end_drill', { id })
/** Somebody told the desk that they received it. */
export const drillReceived = (delivery: DeliveryId) => invoke<void>('drill_received', { delivery })
export const saveDrillSchedule = (schedule: DrillSchedule | null) => invoke<void>('save_drill_schedule', { schedule })
/** Opens it as a PDF, which is kept beside the database. */
export const openDrillReport = (id: DrillId) => invoke<void>('open_drill_report', { id })
/** Reads the files of the desk's own channels anew. */
export const ownChannels = () => invoke<OwnChannels>('own_channels')

/** A new id (UUIDv7) for something about to be saved. */
export const newId = () => invoke<string>('new_id')
export const newDraft = () => invoke<Draft>('new_draft')
export const draft = (id: IncidentId) => invoke<Draft | null>('draft', { id })
/** Answers with the incident that it has become, where it was filed or joined already: then nothing is saved. */
export const saveDraft = (draft: Draft) => invoke<Link | null>('save_draft', { draft })
export const discardDraft = (id: IncidentId) => invoke<void>('discard_draft', { id })
/** Fails with why a file of this size may not come to those that are there; asked before it is read. */
export const mayAttach = (name: string, size: number, beside: Attachment[]) => invoke<void>('may_attach', { name, size, beside })
/** `data` is the whole file in base64. It is looked into and kept; nothing names it yet. */
export const keepFile = (name: string, data: string, beside: Attachment[]) =>
  invoke<Attachment>('keep_file', { name, data, beside })
/** How it is shown in a list. */
export const showFile = (attachment: Attachment) => invoke<FileShown>('show_file', { attachment })
/** Opens a copy in the program the desktop has for it. */
export const openAttachment = (attachment: Attachment) => invoke<void>('open_attachment', { attachment })
export const consider = (draft: Draft) => invoke<Consideration>('consider', { draft })
/** Fills in what is still empty of the draft with what is found in a ticket or a mail; saves nothing. */
export const readTicket = (draft: Draft, text: string) => invoke<TicketRead>('read_ticket', { draft, text })
/** Fills in what is still empty from where a description can begin; saves nothing. */
export const beginWith = (draft: Draft, beginning: Beginning) => invoke<TicketRead>('begin_with', { draft, beginning })
export const escalate = (draft: Draft) => invoke<IncidentId>('escalate', { draft })
export const carryOn = (draft: Draft, minutes: number) => invoke<IncidentId>('carry_on', { draft, minutes })
export const askColleague = (draft: Draft, request: OpinionRequest) => invoke<IncidentId>('ask_colleague', { draft, request })
export const join = (joining: Joining) => invoke<void>('join', { joining })

/** Without a part, all of it. */
export const board = (part?: BoardPart) => invoke<Board>('board', { part: part ?? null })
export const search = (query: string) => invoke<BoardRow[]>('search', { query })
export const incident = (id: IncidentId) => invoke<IncidentView>('incident', { id })
export const insights = (span: Span) => invoke<InsightsView>('insights', { span })
/** Keeps the numbers behind a chart as a table beside the database, and says where. */
export const saveInsights = (span: Span, table: InsightsTable) => invoke<string>('save_insights', { span, table })
/** What happened, for whoever reads of it afterwards. */
export const postIncident = (id: IncidentId) => invoke<PostIncident>('post_incident', { id })
/** Keeps what the desk wrote; null works it out from the events again. */
export const savePostIncident = (id: IncidentId, words: string | null) => invoke<void>('save_post_incident', { id, words })
/** Opens it as a file, which is kept beside the database. */
export const openPostIncident = (id: IncidentId, form: ReportForm) => invoke<void>('open_post_incident', { id, form })
/** Who has the desk, and the sheet for whoever comes next. */
export const handOver = () => invoke<HandOverView>('hand_over')
export const giveDesk = (person: PersonId | null, name: string, note: string) => invoke<void>('give_desk', { person, name, note })
export const acceptDesk = (id: HandOverId) => invoke<void>('accept_desk', { id })
export const declineDesk = (id: HandOverId, why: string) => invoke<void>('decline_desk', { id, why })
export const takeDeskBack = (id: HandOverId) => invoke<void>('take_desk_back', { id })
/** Opens the sheet as a file, which is kept beside the database. */
export const openHandOver = (form: ReportForm) => invoke<void>('open_hand_over', { form })
/** How it stands, in words for a status page or a chat. */
export const statusText = (id: IncidentId, language: StatusLanguage) => invoke<string>('status_text', { id, language })
/** What would come of an edit that began with the facts as they were `opened`. */
export const whatChanges = (id: IncidentId, opened: Facts, facts: Facts) =>
  invoke<EditPreview>('what_changes', { id, opened, facts })
/** Answers with what there is to know of it besides; empty where that is nothing. */
export const act = (id: IncidentId, action: Action) => invoke<string>('act', { id, action })
/** The promise in what is being typed, filled in; it is only offered. */
export const promiseIn = (id: IncidentId, text: string) => invoke<PromiseRead | null>('promise_in', { id, text })
export const link = (one: IncidentId, other: IncidentId) => invoke<void>('link', { one, other })
export const merge = (part: IncidentId, into: IncidentId) => invoke<void>('merge', { part, into })

export const notices = () => invoke<Notice[]>('notices')
export const readNotice = (id: NoticeId) => invoke<void>('read_notice', { id })
/** Where the rest of it is done; null where nothing is left to do. */
export const answerNotice = (id: NoticeId, button: string, word: string | null) =>
  invoke<string | null>('answer_notice', { id, button, word })

/** The desktop's own dialog; `null` where nothing was chosen. */
export const chooseFolder = (title: string) => invoke<string | null>('choose_folder', { title })
export const chooseFile = (title: string) => invoke<string | null>('choose_file', { title })
/** Opens tel: and https: addresses in the program the desktop has for them. */
export const openOutside = (address: string) => invoke<void>('open_outside', { address })

export type Topic = 'incident' | 'directory' | 'channels' | 'settings' | 'notices' | 'drafts'
/** Called whenever something changed; fetch again what is on screen. */
export const onChanged = (then: (change: { topic: Topic; id: string | null }) => void) =>
  listen<{ topic: Topic; id: string | null }>('changed', (event) => then(event.payload))
/** The tray, a notification or a second start wants this screen: "board", "new", "incident/<id>". */
export const onNavigate = (then: (to: string) => void) => listen<string>('navigate', (event) => then(event.payload))

export const isFailure = (error: unknown): error is Failure =>
  typeof error === 'object' && error !== null && 'code' in error && 'message' in error
