//! What cannot be sent is said as it is: not yet or never, with options that the command has.

use crate::support::Stage;

#[test]
fn a_refusal_says_whether_waiting_helps_and_with_which_options() {
    let stage = Stage::with_chain();
    let root = "--set weights_rate_limit=360";
    let line = |command: &str, wishes: &str| format!("{command} 46 {wishes} --dev-key alice --yes");
    let never = "the change cannot be sent: weights_rate_limit (only root may set this)";
    stage.fails(&line("apply", root), 6, never, "there is nothing else to apply");
    let some = line("apply", &format!("{root} --set rho=11"));
    stage.fails(
        &some,
        6,
        "1 of 2 changes cannot be sent: weights",
        "use --skip-blocked to apply the rest",
    );

    stage.expect(&line("apply", "--set max_burn=50TAO"), 0);
    let late = "--set max_burn=60TAO";
    let yet = "the change cannot be sent yet: max_burn (rate limit";
    stage.fails(&line("apply", late), 6, yet, "use --wait to wait");
    stage.fails(&line("apply", &format!("{late} --wait {root}")), 6, "cannot be sent: weights", "");
    stage.fails(&line("rollback", ""), 6, yet, "use --wait to wait");
    let file = format!("plan 46 {late} --unsigned u.json");
    stage.fails(&file, 6, yet, ": write the file again then");
    stage.fails(
        &format!("{file} {root}"),
        6,
        "the changes cannot be sent: max_burn",
        "block 100722",
    );

    // Some has to wait and the rest is never sent: the options that are told do what is told.
    let both = line("apply", &format!("{late} {root}"));
    let hint = "use --skip-blocked with --wait to send what only has to wait";
    stage.fails(&both, 6, "the changes cannot be sent: max_burn (", hint);
    let run = stage.expect(&format!("{both} --skip-blocked --wait --dry-run"), 0);
    assert!(run.stdout.contains("From block 100722"), "{}", run.stdout);

    stage.fails("plan 46 --set rho=10 --call-data", 6, "no call to encode: everything is", "plan");
    let none = format!("plan 46 {late} --call-data");
    stage.fails(&none, 6, "no call to encode: nothing can be sent now", "plan");
}
