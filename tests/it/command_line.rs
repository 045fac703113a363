//! Wrong command lines: exit code 2, before any chain is asked.

use std::process::{Command, Stdio};

use crate::support::{BOB, Run, Stage, command_fails};

/// What the command line's own grammar refuses: usage for people, an object for scripts.
#[test]
fn what_the_grammar_refuses() {
    let stage = Stage::offline();
    for (line, says) in [
        ("", "subtune"),
        ("plna 46", "plna"),
        ("show", "<NETUID>"),
        ("show 46 --colour", "--colour"),
        ("show forty-six", "forty-six"),
        ("show 65536", "65536"),
        ("show -1", "-1"),
        ("show 46 --at soon", "soon"),
        ("show 46 --timeout 0", "0"),
        ("show 46 --timeout 3601", "3601"),
        ("snapshot", "<NETUID>"),
        ("snapshot 46 --force", "--output"),
        ("diff 46", "<RIGHT>"),
        ("plan --profile liquid-alpha", "<NETUID>"),
        ("plan 46 --profile", "--profile"),
        ("plan 46 --set tempo=1 --force", "--output"),
        ("apply --profile liquid-alpha", "<NETUID>"),
        ("apply 46 --plan a.plan", "--plan"),
        ("apply 46 --set tempo=1 --dev-key alice --wallet-name w", "--wallet-name"),
        ("rollback", "<NETUID>"),
        ("rollback 46 --last --to x.yaml", "--to"),
        ("check", "<NAME-or-FILE>"),
        ("plan 46 --set rho=9 --round soon", "--round"),
        ("completions tcsh", "tcsh"),
    ] {
        let run = stage.expect(line, 2);
        assert_eq!(run.stdout, "", "{line}");
        assert!(run.stderr.contains(says), "{line}: {}", run.stderr);
        assert!(line.is_empty() || run.stderr.starts_with("error: "), "{line}: {}", run.stderr);
        // Where there is no command at all, clap shows the help: that is no error to word.
        if !line.is_empty() {
            stage.run(&format!("--format json {line}")).check_json_failure(2, says, "--help");
        }
    }
}

/// The netuid is an argument or an option, as the users of btcli write it.
#[test]
fn the_netuid_is_taken_in_both_forms() {
    let stage = Stage::with_chain();
    for line in ["show", "get", "snapshot", "plan --set immunity_period=9000", "history"] {
        for netuid in ["46", "--netuid 46", "--netuid=46", "46 --netuid 46"] {
            let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
            stage.expect(&format!("{command} {netuid} {rest}"), 0);
        }
        let both = line.replacen(' ', " 46 --netuid 13 ", 1);
        let both = if both == line { format!("{line} 46 --netuid 13") } else { both };
        stage.fails(&both, 2, "two different netuids are given: 46, and --netuid 13", "leave one");
    }
    let dry = "--netuid 46 --set immunity_period=9000 --dry-run";
    stage.expect(&format!("apply {dry}"), 0);
    stage.fails("rollback --netuid 46", 4, "no receipt for subnet 46", "--to");
    stage.fails("undo 46", 4, "no receipt for subnet 46", "--to");
    stage.expect("log --netuid 46", 0);
    let delegate = format!("--delegate {BOB}");
    stage.expect(&format!("proxy setup --netuid 46 {delegate}"), 0);
    stage.fails(&format!("proxy setup {delegate}"), 2, "<NETUID>", "subtune proxy setup 46");
    stage.fails("plan --set tempo=1", 2, "<NETUID>", "subtune plan --netuid 46");
    let run = stage.expect("apply --netuid 46 --plan a.plan", 2);
    assert!(run.stderr.contains("--plan"), "{}", run.stderr);
}

/// The command line goes before the variable, and what names its subnet itself needs neither.
#[test]
fn a_variable_names_the_subnet_where_nothing_else_does() {
    let stage = Stage::with_chain();
    let run = |line: &str, netuid: &str, code: i32| {
        let mut command = stage.command(line);
        let run = Run::of(command.env("SUBTUNE_NETUID", netuid).output().unwrap());
        assert_eq!(run.code, code, "{line}: {run:?}");
        run
    };
    let set = "--set immunity_period=9000";
    for line in
        ["show", "snapshot --json", &format!("plan {set}"), &format!("apply {set} --dry-run")]
    {
        let run = run(line, "46", 0);
        assert!(run.stdout.contains("46"), "{line}: {}", run.stdout);
    }
    assert_eq!(run("show 46 --json", "99", 0).json()["netuid"], 46);
    assert_eq!(run("show --netuid 46 --json", "99", 0).json()["netuid"], 46);
    run("rollback", "46", 4).check_failure(false, 4, "no receipt for subnet 46", "--to");
    // These look at every subnet, or at none, unless they are told otherwise.
    run("history", "no number", 0);
    run("check subnet13-aligned", "no number", 0);
    let wrong = run("show", "46@5", 2);
    wrong.check_failure(false, 2, "SUBTUNE_NETUID: \"46@5\" is not a netuid", "unset it");
}

/// A block is named beside the subnet or by an option, wherever a subnet is read at a block.
#[test]
fn a_subnet_is_named_at_a_block() {
    let stage = Stage::with_chain();
    stage.chain().new_blocks(3).unwrap();
    let old = stage.chain().head().0 - 2;
    for line in ["show 46", "show --netuid 46", "snapshot 46", "check subnet13-aligned --netuid 46"]
    {
        let at = [
            format!("{line}@{old}"),
            format!("{line} --at-block {old}"),
            format!("{line}@{old} --at {old}"),
        ];
        for line in at {
            let run = stage.run(&format!("{line} --json"));
            assert_eq!(run.json()["block"], old, "{line}: {run:?}");
        }
        let differ = format!("{line}@{old} --at-block {}", old + 1);
        stage.fails(&differ, 2, "two different blocks are given: 46@", "leave one of them out");
    }
    let future = stage.chain().head().0 + 50;
    let set = "--set immunity_period=9000";
    for line in [format!("plan 46@{future} {set}"), format!("plan 46 --at-block {future} {set}")] {
        stage.expect(&line, 0);
    }
    stage.fails(&format!("plan 46@{old} {set}"), 4, "is in the past", "future block");
    stage.fails(&format!("plan 46@{future} {set} --wait"), 2, "the next block", "@BLOCK");
    stage.expect(&format!("diff 46@{old} 46"), 0);
    // What changes a subnet does it now.
    for line in ["apply 46@5 --set rho=9", "rollback 46@5", "history 46@5", "show 46@soon"] {
        assert!(stage.expect(line, 2).stderr.contains("46@"), "{line}");
    }
}

/// The script of a shell proposes the names that an argument takes, files and directories where those
/// are meant, and nothing else.
#[test]
fn a_completion_script_knows_names_and_files() {
    let stage = Stage::offline();
    stage.write("some.yaml", "");
    std::fs::create_dir(stage.path("some")).unwrap();
    stage.write("script", stage.expect("completions bash", 0).stdout);
    let proposed = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        let [.., before, last] = words.as_slice() else { panic!("{line}") };
        let set = format!("COMP_WORDS=({line}); COMP_CWORD={}", words.len() - 1);
        let script = format!(
            "source ./script; {set}; _subtune subtune '{last}' '{before}' 2>/dev/null; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let mut bash = Command::new("bash");
        let run =
            bash.args(["--norc", "-c", &script]).current_dir(stage.path("")).output().unwrap();
        let text = String::from_utf8(run.stdout).unwrap();
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    for (line, names) in [
        ("subtune explain immun", &["immunity_period"][..]),
        ("subtune explain HP11", &["HP110", "HP111", "HP112", "HP113", "HP114", "HP115", "HP116"]),
        ("subtune plan 46 --only immun", &["immunity_period"]),
        ("subtune rollback 46 --without immun", &["immunity_period"]),
        ("subtune apply 46 --set immun", &["immunity_period="]),
        ("subtune profiles liq", &["liquid-alpha"]),
        ("subtune help exi", &["exit-codes"]),
        ("subtune help roll", &["rollback"]),
        ("subtune man sig", &["sign", "signing"]),
        ("subtune show 46 --network loc", &["local"]),
        ("subtune show 46 --format m", &["markdown"]),
        ("subtune show 46 --color al", &["always"]),
        ("subtune history --as not", &["not-applied"]),
        ("subtune plan 46 --profile some.y", &["some.yaml"]),
        ("subtune snapshot 46 --output some.", &["some.yaml"]),
        ("subtune plan 46 --round some", &["some"]),
    ] {
        assert_eq!(proposed(line), names, "{line}");
    }
    // Directories are for the shell itself.
    let script = stage.read("script");
    let directory = script.split("--wallet-path)").nth(1).unwrap();
    assert!(directory[..200].contains("compopt -o plusdirs"), "{}", &directory[..200]);
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = stage.expect(&format!("completions {shell}"), 0).stdout;
        assert!(shell == "elvish" || shell == "powershell" || script.contains("immunity_period="));
        assert!(script.contains("not-applied") || shell == "elvish" || shell == "powershell");
    }
    // What is proposed is not all that is taken, and stands in no help.
    stage.expect("explain TxRateLimitExceeded", 0);
    assert!(!stage.expect("explain --help", 0).stdout.contains("immunity_period,"));
}

/// A topic is a page for people, an object for scripts, and a manual page.
#[test]
fn a_topic_is_shown_in_every_form() {
    let stage = Stage::offline();
    for name in ["environment", "exit-codes", "profiles", "units", "signing"] {
        let mut command = stage.command(&format!("help {name}"));
        let text = Run::of(command.env("COLUMNS", "80").output().unwrap()).stdout;
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let json = stage.expect(&format!("help {name} --json"), 0).json();
        assert_eq!(json["topic"], name);
        assert!(!json["blocks"].as_array().unwrap().is_empty(), "{json}");
        let page = stage.expect(&format!("man {name}"), 0).stdout;
        assert!(page.contains(&format!(".TH subtune-{name} 1")), "{page}");
    }
    let run = stage.expect("help environments", 2);
    assert!(run.stderr.contains("unrecognized subcommand 'environments'"), "{}", run.stderr);
}

/// A command of btcli ends in ours, not in a message of the parser.
#[test]
fn a_command_of_btcli_is_told_with_ours() {
    let stage = Stage::offline();
    for (line, hint) in [
        ("sudo get --netuid 46", "`subtune show 46`"),
        ("sudo set --netuid 46 --param tempo --value 400", "`subtune plan 46 --set tempo=400`"),
        ("hparams get --netuid 46", "`subtune show 46`"),
        ("hparams set --netuid 46 --name tempo --value 400", "`subtune plan 46 --set tempo=400`"),
        ("subnets hyperparameters --netuid 46", "`subtune show 46`"),
        ("set 46 tempo 400", "`subtune plan 46 --set tempo=400`"),
        ("list", "`subtune profiles`"),
    ] {
        stage.fails(line, 2, "is a command of btcli, not of subtune", hint);
    }
}

#[test]
fn a_format_that_is_none_is_refused_in_words() {
    let run = Stage::offline().expect("show 46 --format xml", 2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("text, json, yaml, markdown"), "{}", run.stderr);
}

#[test]
fn networks_that_are_none() {
    let stage = Stage::offline();
    let known = "finney, test, archive, devnet, local";
    stage.fails("show 46 --network finny", 2, "finny", known);
    stage.fails("show 46 --network http://127.0.0.1:9944", 2, "http://127.0.0.1:9944", known);
    stage.fails("show 46 --network 192.0.2.2:9944", 2, "192.0.2.2:9944", known);
    let from_environment = || {
        let mut command = stage.command("show 46");
        command.env("BT_NETWORK", "finny");
        command
    };
    command_fails(&from_environment, 2, "finny", known);
}

#[test]
fn plain_ws_to_another_host_needs_a_flag() {
    let stage = Stage::offline();
    for command in ["show 46", "plan 46 --profile liquid-alpha", "apply 46 --set tempo=1 --yes"] {
        let line = format!("{command} --network ws://user:secret@node.invalid:9944/key");
        stage.fails(&line, 2, "ws://node.invalid:9944/… is not encrypted", "--allow-insecure");
        let run = stage.run(&line);
        assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    }
    // With the flag it goes on, to a host that is not there.
    // A browser and the client see a host before the backslash, a simple reader one after the @.
    let line = r"show 46 --network ws://192.0.2.2:20002\@localhost";
    stage.fails(line, 2, "ws://192.0.2.2:20002/… is not encrypted", "--allow-insecure");
    let line = "show 46 --network ws://node.invalid:9944 --allow-insecure";
    stage.fails(line, 5, "ws://node.invalid:9944 cannot be reached", "--network");
}

#[test]
fn settings_that_are_none() {
    let stage = Stage::offline();
    stage.fails("plan 46", 2, "no changes requested", "--set NAME=VALUE");
    stage.fails("apply 46 --yes", 2, "no changes requested", "--profile");
    stage.fails("plan 46 --set immunity_period", 2, "has no value", "NAME=VALUE");
    // What a shell leaves of a value is the value: no comment, no YAML.
    for (setting, says, hint) in [
        ("max_burn=7777 # 12000", "\"7777 # 12000\" is not an amount", "0.5 TAO"),
        ("max_burn=2.0", "ambiguous: 2, or 2000000000 (2 TAO)", "2 or 2000000000"),
        ("kappa=0.5", "cannot be stored exactly", "32767 or 32768"),
        ("kappa=90%", "cannot be stored exactly", "58981 or 58982"),
    ] {
        let command = || {
            let mut command = stage.command("plan 46 --set");
            command.arg(setting);
            command
        };
        command_fails(&command, 4, says, hint);
    }
    stage.fails("plan 46 --set max_burn=", 2, "has no value", "NAME=VALUE");
    stage.fails("plan 46 --set rho=1 --set rho=2", 2, "names rho twice", "keep one");
    let two_lines = || {
        let mut command = stage.command("plan 46 --set");
        command.arg("immunity_period=1\n  tempo: 2");
        command
    };
    command_fails(&two_lines, 2, "a control character", "one line");
}

/// Whatever a person pastes, a message is one line and moves no cursor.
#[test]
fn hostile_names_stay_one_harmless_line() {
    let stage = Stage::offline();
    let hostile = "two\nlines\u{1b}[2J\u{202e}";
    for (line, code) in
        [("explain", 4), ("profiles", 4), ("diff liquid-alpha", 4), ("show 46 --network", 2)]
    {
        let run = Run::of(stage.command(line).arg(hostile).output().unwrap());
        run.check_failure(false, code, "two", "");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let stage = Stage::with_chain();
    for line in ["show 46", "explain", "show 46 --format json", "man", "--help", "plan 99"] {
        let mut child =
            stage.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().unwrap());
        let missing = line == "plan 99";
        assert_eq!(run.code, if missing { 2 } else { 0 }, "{line}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{line}: {}", run.stderr);
        assert!(missing || run.stderr.is_empty(), "{line}: {}", run.stderr);
    }
}

#[test]
fn a_full_stdout_is_told() {
    let stage = Stage::offline();
    let make = |line: &str| -> Command { stage.after("exec >/dev/full", line) };
    let run = Run::of(make("explain").output().unwrap());
    run.check_failure(false, 1, "cannot be written to stdout", "free space");
}

/// Every page once, into a directory with nothing in it; a page for each command and topic.
#[test]
fn the_manual_is_written_whole() {
    let stage = Stage::offline();
    std::fs::create_dir(stage.path("man1")).unwrap();
    let written = stage.expect("man --dir man1 --format json", 0).json();
    let mut told: Vec<_> =
        written["pages"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    told.sort_unstable();
    let mut found: Vec<_> = std::fs::read_dir(stage.path("man1"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort_unstable();
    assert_eq!(told, found);
    // The command and the topic of one name.
    let page = stage.read("man1/subtune-profiles.1");
    assert!(page.contains("List the built") && page.contains("format_version"), "{page}");
    assert!(found.iter().any(|name| name == "subtune-signing.1"), "{found:?}");
}
