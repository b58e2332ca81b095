//! What the peers want installed, for `cargo xtask test peers` to read: a line each of kind,
//! peer or package, and the rest, with tabs between them.

#[cfg(unix)]
fn main() {
    for wanted in baton_tests::peers::ALL {
        for (package, why) in wanted.packages {
            println!("package\t{package}\t{why}");
        }
        for answer in wanted.answers {
            println!("answer\t{}\t{answer}", wanted.name);
        }
        for wheel in wanted.wheels {
            println!("wheel\t{}\t{wheel}", wanted.name);
        }
    }
}

#[cfg(not(unix))]
fn main() {}
