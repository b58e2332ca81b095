//! The board with more on it than one looks at: a part at a time, and what of it is looked at.

use baton_core::api::types::{Action, Board, BoardFilter, BoardPart};
use baton_core::domain::directory::Team;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, TeamId};
use baton_core::domain::severity::Severity;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

async fn part(world: &World, filter: Option<BoardFilter>, from: u32, count: u32) -> Board {
    world.desk.board_in_window(BoardPart { filter, from, count }).await.expect("the board")
}

fn ids(board: &Board) -> Vec<IncidentId> {
    board.rows.iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn parts_of_the_board_are_the_whole_and_follow_what_happens() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 30)]).await;
    let mut all = Vec::new();
    for number in 0..12 {
        all.push(world.escalates(&format!("Till {number} fails"), &shop).await);
    }
    let whole = ids(&world.desk.board().await.expect("the board"));
    let mut parts = Vec::new();
    for from in [0, 5, 10, 15] {
        let board = part(&world, None, from, 5).await;
        assert_eq!((board.found, board.open), (12, 12), "each says how many there are in all");
        parts.extend(ids(&board));
    }
    assert_eq!(parts, whole, "in one order, and none twice");

    let how = |board: &Board| board.rows[0].how.clone();
    assert_eq!(how(&world.desk.board().await.expect("the board")), "by itself: Mail", "and how what comes next happens");

    // What is answered, resolved and filed between two looks is on the next one.
    let resolve = || Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] };
    world.act(all[3], resolve()).await;
    world.act(all[4], Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let new = world.escalates("Till 12 fails", &shop).await;
    let now = world.desk.board().await.expect("the board");
    assert_eq!(now.open, 12);
    assert!(ids(&now).contains(&new) && !ids(&now).contains(&all[3]));
    assert_eq!(now.rows.iter().find(|row| row.id == all[4]).expect("it is open").holder, "Marta");

    // What leaves with its events, as a sample does, is off it too, and what comes again is on it.
    world.desk.load_sample().await.expect("the sample loads");
    assert!(world.desk.board().await.expect("the board").open > 12);
    world.desk.remove_sample().await.expect("the sample goes");
    assert_eq!(world.desk.board().await.expect("the board").open, 12);
    world.act(all[3], Action::Reopen { why: "again".into() }).await;
    assert_eq!(world.desk.board().await.expect("the board").open, 13);
}

#[tokio::test]
async fn the_board_is_narrowed_by_mine_team_service_and_severity_and_stays_so_while_baton_runs() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let (shop, mill) = (world.service("Shop", &[(&[&marta], 30)]).await, world.service("Mill", &[(&[&jonas], 30)]).await);
    let databases = Team { id: TeamId::new(world.now()), name: "Databases".into(), people: vec![marta.id], sample: false };
    world.desk.save_team(databases.clone()).await.expect("saved");
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.me = "Ana Ruiz".into();
    world.desk.save_desk(desk.clone()).await.expect("saved");
    let till = world.escalates("Till fails", &shop).await;
    desk.me = "Ben".into();
    world.desk.save_desk(desk).await.expect("saved");
    let belt = world.escalates("Belt stands", &mill).await;
    world.act(belt, Action::ChangeSeverity { severity: Severity::Low, why: "a spare one runs".into() }).await;

    let seen = |filter: BoardFilter| {
        let world = &world;
        async move { ids(&part(world, Some(filter), 0, 100).await) }
    };
    let all = BoardFilter::default;
    assert_eq!(seen(BoardFilter { mine: true, ..all() }).await, [belt], "Ben filed it");
    assert_eq!(seen(BoardFilter { team: Some(databases.id), ..all() }).await, [till], "Marta is being called");
    assert_eq!(seen(BoardFilter { service: Some(mill.id), ..all() }).await, [belt]);
    assert_eq!(seen(BoardFilter { severity: Some(Severity::Low), ..all() }).await, [belt]);
    assert!(seen(BoardFilter { mine: true, service: Some(shop.id), ..all() }).await.is_empty(), "each choice narrows it");
    let tried = world.draft("Printer jams", &shop).await;
    let tried = world.desk.carry_on(tried, 20).await.expect("the desk tries itself");
    assert_eq!(seen(BoardFilter { mine: true, service: Some(shop.id), ..all() }).await, [tried], "what says “you” is mine");
    world.act(tried, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;

    let board = part(&world, Some(BoardFilter { service: Some(shop.id), ..all() }), 0, 100).await;
    assert_eq!((board.found, board.open), (1, 2));
    assert_eq!(board.choices.mine, Some(0), "of the shop's, Ben has none");
    let services: Vec<(&str, u32)> = board.choices.services.iter().map(|one| (one.name.as_str(), one.count)).collect();
    assert_eq!(services, [("Mill", 1), ("Shop", 1)], "what another service would show is said");
    assert_eq!(board.choices.severities.get(&Severity::Low), None);

    let again = part(&world, None, 0, 100).await;
    assert_eq!((again.filter.service, ids(&again)), (Some(shop.id), vec![till]), "a window opened again looks at the same");
    world.act(till, Action::Acknowledge { person: Some(jonas.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    assert!(seen(BoardFilter { team: Some(databases.id), ..all() }).await.is_empty(), "with Jonas it is with no database people");
    world.desk.remove_team(databases.id, true).await.expect("removed");
    let gone = part(&world, Some(BoardFilter { team: Some(databases.id), ..all() }), 0, 100).await;
    assert_eq!((gone.filter.team, gone.found), (None, 2), "a team that is gone hides nothing");
}
