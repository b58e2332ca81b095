//! The built page over HTTP on loopback, with every command handed to a real
//! desk: for looking at the page in any browser. Only Tauri's transport is
//! replaced.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path as Segment, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use baton_core::api::types::BoardPart;
use baton_core::api::{Answer, Answered, Desk};
use baton_core::error::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

use crate::world::{Window, World};

/// What the page finds instead of Tauri.
const TRANSPORT: &str = r"
const callbacks = new Map(); let next = 1;
window.__TAURI_INTERNALS__ = {
  transformCallback: (callback) => { callbacks.set(next, callback); return next++ },
  unregisterCallback: (id) => callbacks.delete(id),
  invoke: async (command, args) => {
    if (command === 'plugin:event|listen') {
      if (args.event === 'changed') {
        new EventSource('/events').onmessage = (message) =>
          callbacks.get(args.handler)?.({ event: 'changed', id: args.handler, payload: JSON.parse(message.data) })
      }
      return args.handler
    }
    if (command.startsWith('plugin:')) return null
    const answer = await fetch('/ipc/' + command, { method: 'POST', body: JSON.stringify(args ?? {}) })
    const body = await answer.json()
    if (!answer.ok) throw body
    return body
  },
}
window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => {} }
";

/// The page of a desk, served until the process ends. Returns its address.
pub async fn serve(world: &World, page: &Path, port: u16) -> String {
    let state = Served { desk: world.desk.clone(), window: world.window.clone(), page: page.to_path_buf() };
    let routes = Router::new()
        .route("/ipc/{command}", post(command))
        .route("/events", get(events))
        .route("/transport.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], TRANSPORT) }))
        .fallback(get(file))
        .layer(DefaultBodyLimit::disable())
        .with_state(state);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await.expect("a port on loopback");
    let address = listener.local_addr().expect("the port just bound");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}/")
}

#[derive(Clone)]
struct Served {
    desk: Arc<Desk>,
    window: Arc<Window>,
    page: PathBuf,
}

async fn command(State(served): State<Served>, Segment(name): Segment<String>, body: Bytes) -> Response {
    let given = serde_json::from_slice(&body).unwrap_or(Value::Null);
    match dispatch(&served.desk, &name, &given).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(failure) => (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(failure)).into_response(),
    }
}

async fn events(State(served): State<Served>) -> Response {
    let changes = BroadcastStream::new(served.window.0.subscribe()).filter_map(Result::ok).map(|change| {
        let (topic, id) = change.topic();
        Ok::<_, std::convert::Infallible>(format!("data: {}\n\n", serde_json::json!({ "topic": topic, "id": id })))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(changes)).into_response()
}

async fn file(State(served): State<Served>, at: axum::http::Uri) -> Response {
    let wanted = at.path().trim_start_matches('/');
    let inside = !wanted.contains("..") && !wanted.is_empty();
    let (name, bytes) = match std::fs::read(served.page.join(wanted)) {
        Ok(bytes) if inside => (wanted, bytes),
        _ => {
            let page = std::fs::read_to_string(served.page.join("index.html")).expect("the page was built");
            ("index.html", page.replacen("<head>", "<head><script src=\"/transport.js\"></script>", 1).into_bytes())
        }
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// Every command of the window by its name.
pub async fn dispatch(desk: &Desk, name: &str, given: &Value) -> Answer<Value> {
    match name {
        "overview" => reply(desk.overview().await),
        "save_desk" => reply(desk.save_desk(argument(given, "settings")?).await),
        "load_sample" => reply(desk.load_sample().await),
        "remove_sample" => reply(desk.remove_sample().await),
        "unlock_secrets" => reply(desk.unlock_secrets(argument(given, "passphrase")?).await),
        "rules" => reply(desk.rules().await),
        "standard_rules" => reply(Ok(desk.standard_rules())),
        "save_rules" => reply(desk.save_rules(argument(given, "rules")?).await),
        "heartbeat" => reply(desk.heartbeat().await),
        "save_heartbeat" => reply(desk.save_heartbeat(argument(given, "settings")?, argument(given, "address")?).await),
        "try_heartbeat" => reply(desk.try_heartbeat().await),
        "sound" => reply(desk.sound().await),
        "mute" => reply(desk.mute(argument(given, "wanted")?).await),
        // No desktop starts anything when somebody logs in.
        "autostart" => Ok(Value::Bool(false)),
        "backups" => reply(desk.backups().await),
        "save_backup_settings" => reply(desk.save_backup_settings(argument(given, "settings")?).await),
        "back_up_now" => reply(desk.back_up_now().await),
        "restore_preview" => reply(desk.restore_preview(argument(given, "file")?).await),
        // There is no program to start anew.
        "restore_backup" => reply(desk.restore_backup(argument(given, "file")?).await),
        "retention" => reply(desk.retention().await),
        "save_retention" => reply(desk.save_retention(argument(given, "rules")?).await),
        "retention_preview" => reply(desk.retention_preview(argument(given, "rules")?).await),
        "remove_old" => reply(desk.remove_old().await),
        "export_everything" => reply(desk.export_everything().await),
        "person_data" => reply(desk.person_data(argument(given, "id")?).await),
        "save_person_data" => reply(desk.save_person_data(argument(given, "id")?).await),
        "forget_person" => reply(desk.forget_person(argument(given, "id")?, argument(given, "anyway")?).await),
        "policy_preview" => reply(desk.policy_preview(argument(given, "policy")?).await),
        "directory" => reply(desk.directory().await),
        "save_person" => reply(desk.save_person(argument(given, "person")?).await),
        "remove_person" => reply(desk.remove_person(argument(given, "id")?, argument(given, "anyway")?).await),
        "save_service" => reply(desk.save_service(argument(given, "service")?).await),
        "remove_service" => reply(desk.remove_service(argument(given, "id")?).await),
        "save_path" => reply(desk.save_path(argument(given, "path")?).await),
        "save_team" => reply(desk.save_team(argument(given, "team")?).await),
        "remove_team" => reply(desk.remove_team(argument(given, "id")?, argument(given, "anyway")?).await),
        "save_rotation" => reply(desk.save_rotation(argument(given, "rotation")?).await),
        "remove_rotation" => reply(desk.remove_rotation(argument(given, "id")?, argument(given, "anyway")?).await),
        "schedule" => reply(desk.schedule(argument(given, "rotation")?, argument(given, "from")?, argument(given, "to")?).await),
        "call_sheet" => reply(desk.call_sheet(argument(given, "incident")?).await),
        // There is no desktop to open it on.
        "open_call_sheet" => reply(desk.write_call_sheet(argument(given, "incident")?).await.map(drop)),
        "save_directory_file" => reply(desk.save_directory_file().await),
        "import_directory" => reply(desk.import_directory(argument(given, "text")?, argument(given, "tryOnly")?).await),
        "open_people_file" => reply(desk.open_people_file(argument(given, "data")?, argument(given, "firstIsPerson")?).await),
        "import_people" => {
            reply(desk.import_people(argument(given, "data")?, argument(given, "columns")?, argument(given, "tryOnly")?).await)
        }
        "save_people_files" => reply(desk.save_people_files().await),
        "absences_from_calendar" => reply(desk.absences_from_calendar(argument(given, "text")?, argument(given, "name")?).await),
        "shifts_from_calendar" => reply(desk.shifts_from_calendar(argument(given, "text")?).await),
        "save_rotation_calendar" => reply(desk.save_rotation_calendar(argument(given, "id")?).await),
        "send_code" => reply(desk.send_code(argument(given, "method")?, argument(given, "name")?).await),
        "confirm_code" => reply(desk.confirm_code(argument(given, "method")?, argument(given, "code")?).await),
        "tried_number" => reply(desk.tried_number(argument(given, "method")?, argument(given, "outcome")?).await),
        "undo_import" => reply(desk.undo_import().await),
        "readiness" => reply(desk.readiness().await),
        "remove_path" => reply(desk.remove_path(argument(given, "id")?, argument(given, "anyway")?).await),
        "restore" => reply(desk.restore(argument(given, "id")?).await),
        "save_channel" => reply(desk.save_channel(argument(given, "change")?).await),
        "remove_channel" => reply(desk.remove_channel(argument(given, "id")?, argument(given, "anyway")?).await),
        "test_channel" => reply(desk.test_channel(argument(given, "id")?, argument(given, "address")?).await),
        "drills" => reply(desk.drills().await),
        "begin_drill" => reply(desk.begin_drill(argument(given, "people")?).await),
        "end_drill" => reply(desk.end_drill(argument(given, "id")?).await),
        "drill_received" => reply(desk.drill_received(argument(given, "delivery")?).await),
        "save_drill_schedule" => reply(desk.save_drill_schedule(argument(given, "schedule")?).await),
        "open_drill_report" => reply(desk.write_drill_report(argument(given, "id")?).await.map(drop)),
        "own_channels" => reply(desk.own_channels().await),
        "new_id" => reply(Ok(desk.new_id())),
        "new_draft" => reply(desk.new_draft().await),
        "draft" => reply(desk.draft(argument(given, "id")?).await),
        "save_draft" => reply(desk.save_draft(argument(given, "draft")?).await),
        "discard_draft" => reply(desk.discard_draft(argument(given, "id")?).await),
        "may_attach" => reply(desk.may_attach(argument(given, "name")?, argument(given, "size")?, argument(given, "beside")?).await),
        "keep_file" => reply(desk.keep_file(argument(given, "name")?, argument(given, "data")?, argument(given, "beside")?).await),
        "show_file" => reply(desk.show_file(argument(given, "attachment")?).await),
        // There is no desktop to open it on.
        "open_attachment" => reply(desk.copy_attachment(argument(given, "attachment")?).await.map(drop)),
        "consider" => reply(desk.consider(argument(given, "draft")?).await),
        "read_ticket" => reply(desk.read_ticket(argument(given, "draft")?, argument(given, "text")?).await),
        "begin_with" => reply(desk.begin_with(argument(given, "draft")?, argument(given, "beginning")?).await),
        "escalate" => reply(desk.escalate(argument(given, "draft")?).await),
        "carry_on" => reply(desk.carry_on(argument(given, "draft")?, argument(given, "minutes")?).await),
        "ask_colleague" => reply(desk.ask_colleague(argument(given, "draft")?, argument(given, "request")?).await),
        "join" => reply(desk.join(argument(given, "joining")?).await),
        "board" => reply(desk.board_in_window(argument::<Option<BoardPart>>(given, "part")?.unwrap_or_default()).await),
        "search" => reply(desk.search(argument(given, "query")?).await),
        "promise_in" => reply(desk.promise_in(argument(given, "id")?, argument(given, "text")?).await),
        "incident" => reply(desk.incident(argument(given, "id")?).await),
        "hand_over" => reply(desk.hand_over().await),
        "give_desk" => reply(desk.give_desk(argument(given, "person")?, argument(given, "name")?, argument(given, "note")?).await),
        "accept_desk" => reply(desk.accept_desk(argument(given, "id")?).await),
        "decline_desk" => reply(desk.decline_desk(argument(given, "id")?, argument(given, "why")?).await),
        "take_desk_back" => reply(desk.take_desk_back(argument(given, "id")?).await),
        "open_hand_over" => reply(desk.write_hand_over(argument(given, "form")?).await),
        "status_text" => reply(desk.status_text(argument(given, "id")?, argument(given, "language")?).await),
        "what_changes" => reply(desk.what_changes(argument(given, "id")?, argument(given, "opened")?, argument(given, "facts")?).await),
        "act" => reply(desk.act(argument(given, "id")?, argument(given, "action")?).await),
        "insights" => reply(desk.insights(argument(given, "span")?).await),
        "save_insights" => reply(desk.save_insights(argument(given, "span")?, argument(given, "table")?).await),
        "post_incident" => reply(desk.post_incident(argument(given, "id")?).await),
        "save_post_incident" => reply(desk.save_post_incident(argument(given, "id")?, argument(given, "words")?).await),
        "open_post_incident" => reply(desk.write_post_incident(argument(given, "id")?, argument(given, "form")?).await),
        "link" => reply(desk.link(argument(given, "one")?, argument(given, "other")?).await),
        "merge" => reply(desk.merge(argument(given, "part")?, argument(given, "into")?).await),
        "notices" => reply(desk.notices().await),
        "answer_notice" => {
            let (button, word): (String, Option<String>) = (argument(given, "button")?, argument(given, "word")?);
            reply(desk.answer_notice(argument(given, "id")?, &button, word).await.map(Answered::address))
        }
        "read_notice" => reply(desk.read_notice(argument(given, "id")?).await),
        // A browser has its own way of opening addresses, and nobody is at a desktop to choose a file or to log in.
        "open_outside" | "choose_folder" | "choose_file" | "set_autostart" => Ok(Value::Null),
        unknown => Err(Failure::other(format!("there is no command {unknown}"))),
    }
}

fn argument<T: DeserializeOwned>(given: &Value, name: &str) -> Answer<T> {
    serde_json::from_value(given[name].clone()).map_err(|error| Failure::invalid(name, format!("{name}: {error}")))
}

fn reply<T: Serialize>(answer: Answer<T>) -> Answer<Value> {
    serde_json::to_value(answer?).map_err(|error| Failure::other(error.to_string()))
}
