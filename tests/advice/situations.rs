//! The standard policy, held to what ITIL, PagerDuty, Atlassian and the guide call
//! right. `cargo test -p baton-tests --test advice -- --nocapture` prints the table.

use std::fs;

use baton_core::domain::advice::{Factor, Verdict, advise};
use baton_core::domain::assessment::Answers;
use baton_core::domain::policy::Policy;
use baton_core::domain::severity::Severity;
use baton_core::domain::time::Instant;
use baton_tests::root;
use serde::Deserialize;

const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

#[derive(Deserialize)]
struct Sheet {
    situation: Vec<Situation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Situation {
    source: String,
    what: String,
    answers: Answers,
    severity: Severity,
    advice: Advised,
    /// Where Baton's answer is more than its source asks for.
    why: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Advised {
    Open,
    Escalate,
    Ask,
    CarryOn,
}

const fn advised(verdict: &Verdict) -> Advised {
    match verdict {
        Verdict::Open {} => Advised::Open,
        Verdict::Escalate {} => Advised::Escalate,
        Verdict::AskColleague {} => Advised::Ask,
        Verdict::CarryOn { .. } => Advised::CarryOn,
    }
}

#[test]
fn each_situation_gets_the_advice_that_is_right_for_it() {
    let text = fs::read_to_string(root().join("tests/fixtures/situations.toml")).expect("the situations");
    let situations = toml::from_str::<Sheet>(&text).expect("a sheet of situations").situation;
    assert!(situations.len() >= 40, "forty situations, not {}", situations.len());
    for source in ["ITIL", "PagerDuty", "Atlassian", "guide"] {
        assert!(situations.iter().any(|one| one.source == source), "{source} has its say");
    }
    let mut wrong = Vec::new();
    println!("{:<10} {:<9} {:<9} situation, and what weighed most", "source", "severity", "advice");
    for one in &situations {
        let advice = advise(&Policy::standard(), &one.answers, NOW, chrono_tz::Europe::Berlin);
        let got = (advice.severity, advised(&advice.verdict));
        let weight = |factor: &Factor| if factor.decisive { "reason enough".into() } else { format!("{:+}", factor.points) };
        let weighed = advice.factors.iter().take(3).map(|factor| format!("{}: {}", factor.words, weight(factor)));
        let mark = if got == (one.severity, one.advice) { ' ' } else { '!' };
        let (severity, verdict) = (got.0.word(), format!("{:?}", got.1));
        println!("{:<10}{mark}{severity:<9} {verdict:<9} {}", one.source, one.what);
        println!("{:<30} {}", "", weighed.chain(one.why.clone()).collect::<Vec<_>>().join(" · "));
        if mark == '!' {
            wrong.push(format!("{}: {got:?}, and right is {:?}", one.what, (one.severity, one.advice)));
        }
    }
    println!("{} situations, {} wrong", situations.len(), wrong.len());
    assert_eq!(wrong, Vec::<String>::new(), "the advice is the right one");
}
