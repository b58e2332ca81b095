//! Stories of a desk, told with a clock that is turned by hand and servers that
//! really listen. Each reads: this is so, this is done, this is expected.

#[path = "stories/alike.rs"]
mod alike;
#[path = "stories/answering.rs"]
mod answering;
#[path = "stories/answering_call.rs"]
mod answering_call;
#[path = "stories/answering_jsm.rs"]
mod answering_jsm;
#[path = "stories/answering_mail.rs"]
mod answering_mail;
#[path = "stories/answering_matrix.rs"]
mod answering_matrix;
#[path = "stories/answering_modem.rs"]
mod answering_modem;
#[path = "stories/answering_ntfy.rs"]
mod answering_ntfy;
#[path = "stories/answering_pagerduty.rs"]
mod answering_pagerduty;
#[path = "stories/answering_pushover.rs"]
mod answering_pushover;
#[path = "stories/answering_slack.rs"]
mod answering_slack;
#[path = "stories/answering_text.rs"]
mod answering_text;
#[path = "stories/answering_which.rs"]
mod answering_which;
#[path = "stories/asking.rs"]
mod asking;
#[path = "stories/asleep.rs"]
mod asleep;
#[path = "stories/attaching.rs"]
mod attaching;
#[path = "stories/attaching_chats.rs"]
mod attaching_chats;
#[path = "stories/backups.rs"]
mod backups;
#[path = "stories/board.rs"]
mod board;
#[path = "stories/bridges.rs"]
mod bridges;
#[path = "stories/calendars.rs"]
mod calendars;
#[path = "stories/call_sheet.rs"]
mod call_sheet;
#[path = "stories/calm.rs"]
mod calm;
#[path = "stories/check_ins.rs"]
mod check_ins;
#[path = "stories/clock.rs"]
mod clock;
#[path = "stories/commitments.rs"]
mod commitments;
#[path = "stories/describing.rs"]
mod describing;
#[path = "stories/drills.rs"]
mod drills;
#[path = "stories/escalating.rs"]
mod escalating;
#[path = "stories/exchange.rs"]
mod exchange;
#[path = "stories/exporting.rs"]
mod exporting;
#[path = "stories/failing.rs"]
mod failing;
#[path = "stories/filing.rs"]
mod filing;
#[path = "stories/following_up.rs"]
mod following_up;
#[path = "stories/hand_over.rs"]
mod hand_over;
#[path = "stories/heartbeat.rs"]
mod heartbeat;
#[path = "stories/insights.rs"]
mod insights;
#[path = "stories/insights_recount.rs"]
mod insights_recount;
#[path = "stories/keeping.rs"]
mod keeping;
#[path = "stories/levels.rs"]
mod levels;
#[path = "stories/names.rs"]
mod names;
#[path = "stories/no_progress.rs"]
mod no_progress;
#[path = "stories/nudging.rs"]
mod nudging;
#[path = "stories/on_call.rs"]
mod on_call;
#[path = "stories/own_channels.rs"]
mod own_channels;
#[path = "stories/people_file.rs"]
mod people_file;
#[path = "stories/person_data.rs"]
mod person_data;
#[path = "stories/policy.rs"]
mod policy;
#[path = "stories/post_incident.rs"]
mod post_incident;
#[path = "stories/proving.rs"]
mod proving;
#[path = "stories/reaching.rs"]
mod reaching;
#[path = "stories/readiness.rs"]
mod readiness;
#[path = "stories/retention.rs"]
mod retention;
#[path = "stories/rooms.rs"]
mod rooms;
#[path = "stories/rooms_matrix.rs"]
mod rooms_matrix;
#[path = "stories/self_check.rs"]
mod self_check;
#[path = "stories/setting_up.rs"]
mod setting_up;
#[path = "stories/severity.rs"]
mod severity;
#[path = "stories/sound.rs"]
mod sound;
#[path = "stories/stakeholders.rs"]
mod stakeholders;
#[path = "stories/tasks.rs"]
mod tasks;
#[path = "stories/tickets.rs"]
mod tickets;
#[path = "stories/unreadable.rs"]
mod unreadable;
#[path = "stories/ways_in.rs"]
mod ways_in;
