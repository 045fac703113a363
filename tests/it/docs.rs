//! What the documents say, held against what is: commands, links, fields, a plan.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{Run, Stage};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every document of the repository, by its path from the root.
fn documents() -> Vec<String> {
    let mut names: Vec<String> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "devnet/README.md", "fuzz/README.md"]
            .map(str::to_owned)
            .into();
    for file in std::fs::read_dir(root().join("docs")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            names.push(format!("docs/{name}"));
        }
    }
    names.sort();
    names
}

/// The lines in the fenced blocks of a document that are commands of a shell, without their comments.
fn shell(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut inside: Option<&str> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(language), None) => inside = Some(language),
            (Some(_), Some(_)) => inside = None,
            (None, Some(language)) => {
                let command = match language {
                    "sh" => Some(line),
                    "console" => line.strip_prefix("$ "),
                    _ => None,
                };
                let command = command.map(|line| line.split(" #").next().unwrap_or(line).trim());
                lines.extend(command.filter(|line| !line.is_empty()).map(str::to_owned));
            }
            (None, None) => {}
        }
    }
    lines
}

#[test]
fn what_a_fresh_clone_is_told_to_run_is_what_is_run() {
    let readme = read("README.md");
    let run = read(".ci/run");
    let mut told = Vec::new();
    for line in shell(&readme) {
        if line.starts_with("cargo test") || line.contains("--example") {
            assert!(
                run.lines().any(|ran| ran == line || ran.starts_with(&format!("{line} "))),
                "README.md says `{line}`, and .ci/run does not run that"
            );
            told.push(line);
        }
    }
    assert_eq!(told.len(), 2, "{told:?}");
    let rust = format!("Rust {} or newer", env!("CARGO_PKG_RUST_VERSION"));
    assert!(readme.contains(&rust), "README.md does not say {rust}");
}

/// Every command line that is shown is read: what then fails is the node, a file or a wallet.
#[test]
fn every_command_that_is_shown_can_be_typed() {
    let stage = Stage::offline();
    let mut count = 0;
    for name in documents() {
        for line in shell(&read(&name)) {
            let line = line.split(" && ").next().unwrap_or(&line);
            let line = line.split(" > ").next().unwrap_or(line);
            let Some(line) = line.strip_prefix("subtune ") else { continue };
            let words = shlex::split(line).unwrap_or_else(|| panic!("{name}: {line}"));
            let mut command = stage.command("");
            command.args(words).env("BT_NETWORK", "ws://127.0.0.1:1");
            let run = Run::of(command.output().unwrap());
            assert_ne!(run.code, 2, "{name}: subtune {line}\n{run:?}");
            count += 1;
        }
    }
    assert!(count > 20, "{count} commands were found");
}

/// The page lists the variables as the tool itself does.
#[test]
fn every_variable_is_on_its_page() {
    let json = Stage::offline().expect("help environment --json", 0).json();
    let page = read("docs/environment.md");
    let rows = json["blocks"][0]["rows"].as_array().unwrap();
    assert!(rows.len() > 10, "{json}");
    for row in rows {
        let line = format!(
            "| `{}` | {} |\n",
            row["name"].as_str().unwrap(),
            row["text"].as_str().unwrap()
        );
        assert!(page.contains(&line), "docs/environment.md lacks {line}");
    }
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for name in documents() {
        let text = read(&name);
        let path = root().join(&name);
        for part in text.split("](").skip(1) {
            let Some((link, _)) = part.split_once(')') else { continue };
            if link.starts_with("https://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => clean(&path.parent().unwrap().join(file)),
            };
            count += 1;
            assert!(target.exists(), "{name}: {link} leads nowhere");
            if !heading.is_empty() {
                let there = std::fs::read_to_string(&target).unwrap();
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                assert!(
                    headings.any(|line| anchor(line.trim_start_matches('#').trim()) == heading),
                    "{name}: there is no heading {link}"
                );
            }
        }
    }
    assert!(count > 40, "{count} links were found");
}

/// A path without `..`.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// The words between backticks of a document.
fn code_words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for line in text.lines() {
        for code in line.split('`').skip(1).step_by(2) {
            let parts = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            words.extend(parts.map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_field_of_an_object_is_described() {
    let described = code_words(&read("docs/output.md"));
    let mut missing = BTreeSet::new();
    for line in read("tests/screens/fields.txt").lines().filter(|line| line.starts_with('.')) {
        let path = line.split(':').next().unwrap_or_default();
        let mut parts = path.split('.').skip(1).map(|part| part.trim_end_matches("[]"));
        while let Some(part) = parts.next() {
            if part != "NAME" && !described.contains(part) {
                missing.insert(format!("{part} in {path}"));
            }
            // Below these the names are the chain's own.
            if matches!(part, "unknown" | "globals") {
                parts.next();
            }
        }
    }
    assert!(missing.is_empty(), "docs/output.md does not say what these are: {missing:#?}");
}

/// A block below `<!-- screen: NAME -->` is that screen; `SUBTUNE_SCREENS=accept` takes it from there.
#[test]
fn every_screen_that_is_shown_is_a_real_one() {
    let accept = std::env::var_os("SUBTUNE_SCREENS").is_some_and(|what| what == "accept");
    let mut count = 0;
    for name in documents() {
        let text = read(&name);
        let mut now = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            now.push_str(&format!("{line}\n"));
            let Some(screen) = line.strip_prefix("<!-- screen: ") else { continue };
            let screen = read(&format!("tests/screens/{}.txt", screen.trim_end_matches(" -->")));
            let (screen, _) = screen.split_once("--- ").unwrap();
            assert_eq!(lines.next(), Some("```console"), "{name}: {line}");
            lines.by_ref().find(|line| *line == "```").unwrap();
            now.push_str(&format!("```console\n{screen}```\n"));
            count += 1;
        }
        if accept && now != text {
            std::fs::write(root().join(&name), now).unwrap();
        } else {
            assert_eq!(
                text, now,
                "{name} shows another screen; run `docs::` once with SUBTUNE_SCREENS=accept"
            );
        }
    }
    assert!(count > 1, "{count}");
}

/// What a message is said to be is in a message of the tool.
#[test]
fn every_message_that_is_explained_is_one() {
    fn sources(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "yaml") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut all = String::new();
    for folder in ["src", "crates/model", "crates/wallet/src", "crates/chain/src"] {
        sources(&root().join(folder), &mut all);
    }
    // A text of several lines in the source is one line of a message.
    let all = all.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\ ", "");
    let mut count = 0;
    for line in read("docs/troubleshooting.md").lines() {
        let Some(message) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) else {
            continue;
        };
        assert!(all.contains(message), "no message says «{message}»");
        count += 1;
    }
    assert!(count > 20, "{count}");
}

/// `SUBTUNE_SCREENS=accept` takes it from the screen, as it writes the screens.
#[test]
fn the_plan_that_is_shown_is_a_real_one() {
    const BEGINNING: &str = "```console\n$ subtune plan 46 --profile subnet13-aligned\n";
    let screen = read("tests/screens/plan-story.txt").replace("<TIME>", "2026-11-26 22:30");
    let (screen, _) = screen.split_once("--- exit code 0").unwrap();
    let (_, screen) = screen.split_once('\n').unwrap();
    let text = read("docs/output.md");
    let (before, rest) = text.split_once(BEGINNING).unwrap();
    let (shown, after) = rest.split_once("```").unwrap();
    if std::env::var_os("SUBTUNE_SCREENS").is_some_and(|what| what == "accept") {
        let text = format!("{before}{BEGINNING}{screen}```{after}");
        std::fs::write(root().join("docs/output.md"), text).unwrap();
        return;
    }
    assert_eq!(
        shown, screen,
        "docs/output.md shows another plan; run `docs::` once with SUBTUNE_SCREENS=accept"
    );
}
