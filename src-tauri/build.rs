//! Tells Tauri which commands there are and who may call them.

use std::path::Path;

include!("src/commands/list.rs");

macro_rules! names {
    ($($name:ident),+) => { &[$(stringify!($name)),+] };
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");

    // The page is embedded, so a new page is a new program. Where it was never
    // built, an empty folder lets the Rust be checked without Node.
    let page = root.join("ui/dist");
    if !page.join("index.html").exists() {
        std::fs::create_dir_all(&page).expect("ui/dist can be made");
        println!("cargo::warning=The page is not built: the window will be empty. Run `npm run build` in ui/.");
    }
    for watched in ["ui/dist", "tauri.conf.json", "src-tauri/capabilities", "src-tauri/icons", "src-tauri/src/commands/list.rs"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }

    // Tauri writes its schemas and permission files into the working folder; they
    // are made anew by every build, so they belong where a build's things belong.
    // It looks for the manifest there too.
    std::fs::copy(root.join("Cargo.toml"), Path::new(&out).join("Cargo.toml")).expect("OUT_DIR can be written to");
    std::env::set_current_dir(out).expect("OUT_DIR exists");
    let attributes = tauri_build::Attributes::new()
        .config_path(root.join("tauri.conf.json"))
        .capabilities_path_pattern(concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/capabilities/*.json"))
        .app_manifest(tauri_build::AppManifest::new().commands(every_command!(names)))
        .windows_attributes(tauri_build::WindowsAttributes::new().window_icon_path(root.join("src-tauri/icons/icon.ico")));
    tauri_build::try_build(attributes).expect("Tauri accepts its configuration and capabilities");
}
