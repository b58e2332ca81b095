//! `escalates FOLDER HOOK`: escalates one incident at the desk in FOLDER to the
//! webhook at HOOK, says "filed" once it is, and then waits to be killed.

use baton_tests::world::World;

#[tokio::main]
async fn main() {
    let mut given = std::env::args().skip(1);
    let (Some(folder), Some(hook)) = (given.next(), given.next()) else { panic!("escalates FOLDER HOOK") };
    let world = World::at(folder.as_ref()).await;
    let settings = [("allow_private", "yes"), ("allow_plain", "yes")];
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let hook =
        world.channel("webhook", "Hook", &settings, &[("url", &hook), ("signing_secret", secret)]).await.expect("the webhook is accepted");
    let marta = world.person("Marta", &[(hook, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    // What the window says is true from here on, whatever happens to this process.
    println!("filed");
    std::future::pending::<()>().await;
}
