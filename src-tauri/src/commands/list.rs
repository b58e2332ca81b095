/// Every command of the window, once. The build script allows exactly these, and
/// the program handles exactly these, because both expand this list; a test holds
/// it against `ui/src/ipc.ts`.
macro_rules! every_command {
    ($with:ident) => {
        $with![
            overview,
            save_desk,
            load_sample,
            remove_sample,
            unlock_secrets,
            rules,
            standard_rules,
            save_rules,
            directory,
            save_person,
            remove_person,
            save_team,
            remove_team,
            save_rotation,
            remove_rotation,
            schedule,
            readiness,
            call_sheet,
            open_call_sheet,
            save_service,
            remove_service,
            save_path,
            remove_path,
            restore,
            save_channel,
            remove_channel,
            test_channel,
            new_id,
            new_draft,
            draft,
            save_draft,
            discard_draft,
            consider,
            escalate,
            carry_on,
            ask_colleague,
            board,
            search,
            incident,
            act,
            notices,
            read_notice,
            open_outside
        ]
    };
}
