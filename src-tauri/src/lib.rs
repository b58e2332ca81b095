pub mod home;
pub mod log;
pub mod secrets;
pub fn run() { let _ = tauri::Builder::default().build(tauri::generate_context!("tauri.conf.json")); }
