//! `bridge [PORT] [sample]`: the page in any browser, over a desk of its own that
//! is gone when this ends.

use baton_tests::bridge;
use baton_tests::world::World;

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let port = given.iter().find_map(|word| word.parse().ok()).unwrap_or(0);
    let world = World::now_and_here().await;
    if given.iter().any(|word| word == "sample") {
        world.desk.load_sample().await.expect("the sample loads");
    }
    let page = baton_tests::root().join("ui/dist");
    println!("{}", bridge::serve(&world, &page, port).await);
    tokio::join!(world.engine.clone().listen(), world.engine.clone().run());
}
