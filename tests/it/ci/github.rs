//! GitHub: a runner for `examples/ci/github` and `action.yml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{
    CHARLIE, another_hand, copy, example, immunity_period, keep, let_ci_sign, list, program,
    repository, script, sent, tells_no_secret,
};
use crate::forecast::populated;
use crate::origins::ss58;
use crate::support::{Run, Stage, finish};

const REPOSITORY: &str = "owner/fleet";
/// Commits: the last one of the pull request, and the one that it was merged by.
const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const MERGED: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What is told to a job, by the name under which an expression asks for it.
type Context = BTreeMap<String, String>;

/// One attempt at a workflow.
struct Attempt<'a> {
    stage: &'a Stage,
    run: u64,
    attempt: u64,
    context: Context,
    /// Variables of the machine.
    machine: BTreeMap<String, String>,
}

/// How a job has ended.
#[derive(Debug)]
struct Job {
    passed: bool,
    /// Whether a signal has ended one of its steps.
    killed: bool,
    said: String,
    summary: String,
}

fn forge(stage: &Stage) {
    program(stage, "gh", include_str!("gh.sh"));
    std::fs::create_dir_all(stage.path("forge")).unwrap();
}

impl<'a> Attempt<'a> {
    fn new(stage: &'a Stage, run: u64, attempt: u64) -> Self {
        let context = [
            ("github.token", "token"),
            ("github.repository", REPOSITORY),
            ("github.server_url", "https://forge"),
            ("github.event.pull_request.number", "7"),
            ("github.event.pull_request.head.repo.full_name", REPOSITORY),
            ("github.event.workflow_run.head_sha", MERGED),
            ("github.event.workflow_run.event", "push"),
            ("github.event.workflow_run.conclusion", "success"),
            ("vars.SUBTUNE_VERSION", "0.1.0"),
            ("vars.SUBTUNE_SHA256", ""),
            ("secrets.SUBTUNE_KEY", CHARLIE),
        ];
        let mut context: Context =
            context.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        context.insert("github.run_id".to_owned(), run.to_string());
        context.insert("github.run_attempt".to_owned(), attempt.to_string());
        Self { stage, run, attempt, context, machine: BTreeMap::new() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.context.insert(name.to_owned(), value.to_owned());
        self
    }

    fn machine(mut self, name: &str, value: &str) -> Self {
        self.machine.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs one job of a workflow.
    fn job(&self, workflow: &str, job: &str) -> Job {
        let text = example(&format!("github/{workflow}.yml"));
        let workflow: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(workflow["permissions"], json!({}), "rights are given job by job");
        assert_eq!(workflow["defaults"]["run"]["shell"], "bash");
        let job = &workflow["jobs"][job];
        let mut context = self.context.clone();
        // Every job has a machine of its own.
        let jobs = self.stage.path("jobs");
        let count = std::fs::read_dir(&jobs).map_or(0, Iterator::count);
        let folder = jobs.join(count.to_string());
        std::fs::create_dir_all(folder.join("work")).unwrap();
        let work = folder.join("work").display().to_string();
        context.insert("github.workspace".to_owned(), work);
        if !job["if"].is_null() {
            assert!(holds(job["if"].as_str().unwrap(), &context, false), "the job is not run");
        }
        let mut ended =
            Job { passed: true, killed: false, said: String::new(), summary: String::new() };
        for step in job["steps"].as_array().unwrap() {
            let named = step["if"].as_str().map(|text| holds(text, &context, !ended.passed));
            if !named.unwrap_or(ended.passed) {
                continue;
            }
            let run = match (&step["run"], &step["uses"]) {
                (Value::String(text), Value::Null) => {
                    assert!(!text.contains("${{"), "an expression in a script: {text}");
                    let env = [&job["env"], &step["env"]];
                    self.script(text, env, &mut context, &folder, step["id"].as_str())
                }
                (Value::Null, Value::String(uses)) => {
                    self.action(uses, &step["with"], &context, &folder)
                }
                other => panic!("{other:?}"),
            };
            ended.said += &format!("{}{}", run.stdout, run.stderr);
            ended.passed &= run.code == 0;
            ended.killed |= run.code == -1;
        }
        ended.summary =
            std::fs::read_to_string(folder.join("GITHUB_STEP_SUMMARY")).unwrap_or_default();
        tells_no_secret(self.stage, &ended.said);
        ended
    }

    fn script(
        &self,
        text: &str,
        env: [&Value; 2],
        context: &mut Context,
        folder: &Path,
        id: Option<&str>,
    ) -> Run {
        let mut variables = self.machine.clone();
        for (name, value) in [
            ("GITHUB_REPOSITORY", REPOSITORY.to_owned()),
            ("GITHUB_SHA", MERGED.to_owned()),
            ("GITHUB_RUN_ID", self.run.to_string()),
            ("GITHUB_RUN_ATTEMPT", self.attempt.to_string()),
        ] {
            variables.insert(name.to_owned(), value);
        }
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"] {
            let file = folder.join(name);
            if !file.exists() {
                std::fs::write(&file, "").unwrap();
            }
            variables.insert(name.to_owned(), file.display().to_string());
        }
        for (name, value) in env.iter().filter_map(|env| env.as_object()).flatten() {
            variables.insert(name.clone(), filled(value, context));
        }
        let shell = ["--noprofile", "--norc", "-eo", "pipefail"];
        let run = script(self.stage, &shell, text, &folder.join("work"), &variables);
        let outputs = std::fs::read_to_string(folder.join("GITHUB_OUTPUT")).unwrap();
        std::fs::write(folder.join("GITHUB_OUTPUT"), "").unwrap();
        for line in outputs.lines() {
            let (name, value) = line.split_once('=').unwrap();
            let name = format!("steps.{}.outputs.{name}", id.unwrap());
            context.insert(name, value.to_owned());
        }
        run
    }

    fn action(&self, uses: &str, with: &Value, context: &Context, folder: &Path) -> Run {
        let of = |name: &str| filled(&with[name], context);
        let work = folder.join("work");
        let mut run = Run { code: 0, stdout: String::new(), stderr: String::new() };
        let kept = |name: &str| self.stage.path(format!("forge/artifacts/{}/{name}", self.run));
        match uses {
            "actions/checkout@v4" => {
                assert_eq!(with["persist-credentials"], false);
                copy(&self.stage.path("repo"), &work);
            }
            "OWNER/subtune@VERSION" => assert_eq!(of("version"), "0.1.0"),
            "actions/upload-artifact@v4" => {
                let to = kept(&of("name"));
                for path in of("path").lines() {
                    let from = work.join(path);
                    // The common folder of all paths is left out.
                    let to = if from.is_file() || of("path").lines().count() > 1 {
                        to.join(path)
                    } else {
                        to.clone()
                    };
                    if from.exists() {
                        copy(&from, &to);
                    } else if with["if-no-files-found"] == "error" {
                        run.code = 1;
                    }
                }
            }
            "actions/download-artifact@v4" => match kept(&of("name")) {
                from if from.exists() => copy(&from, &work),
                _ => run.code = 1,
            },
            other => panic!("{other} is none of the actions that are used"),
        }
        run
    }
}

/// A value with its expressions replaced by what they stand for.
fn filled(value: &Value, context: &Context) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut parts = text.split("${{");
    let mut filled = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap();
        filled += &operand(name, context);
        filled += rest;
    }
    filled
}

fn operand(text: &str, context: &Context) -> String {
    let text = text.trim();
    if let Some(text) = text.strip_prefix('\'') {
        return text.strip_suffix('\'').unwrap().to_owned();
    }
    if text.parse::<u64>().is_ok() {
        return text.to_owned();
    }
    // What a step that was not run has not told is nothing.
    let known = context.get(text).cloned();
    known.unwrap_or_else(|| match text.starts_with("steps.") {
        true => String::new(),
        false => panic!("nothing is known of {text}"),
    })
}

/// Whether a condition holds.
fn holds(text: &str, context: &Context, failed: bool) -> bool {
    let text = text.trim().trim_start_matches("${{").trim_end_matches("}}");
    let own = ["always()", "!cancelled()"].iter().any(|name| text.contains(name));
    let part = |part: &str| -> bool {
        let of = |text: &str| operand(text, context);
        match part.trim() {
            "always()" | "!cancelled()" => true,
            part => match (part.split_once("=="), part.split_once("!="), part.split_once('>')) {
                (Some((left, right)), ..) => of(left) == of(right),
                (_, Some((left, right)), _) => of(left) != of(right),
                (.., Some((left, right))) => {
                    of(left).parse::<u64>().unwrap() > of(right).parse::<u64>().unwrap()
                }
                other => panic!("{other:?}"),
            },
        }
    };
    (own || !failed) && text.split("&&").all(part)
}

/// Notes that a run of `plan` has passed, for whoever asks afterwards.
fn planned(stage: &Stage, run: u64, repository: &str) {
    let mut runs = list(stage, "runs");
    runs.push(json!({
        "id": run, "run_number": run, "head_sha": HEAD, "event": "pull_request",
        "conclusion": "success", "head_repository": { "full_name": repository }
    }));
    keep(stage, "runs", &runs);
}

fn merged(stage: &Stage) {
    let pull = json!({
        "number": 7, "merged_at": "2026-01-01T00:00:00Z", "merge_commit_sha": MERGED,
        "head": { "sha": HEAD }
    });
    keep(stage, "pulls", &[pull]);
}

#[track_caller]
fn passes(job: Job) -> Job {
    assert!(job.passed, "{}", job.said);
    job
}

#[track_caller]
fn fails(job: Job, word: &str) -> Job {
    assert!(!job.passed && job.said.contains(word), "{}", job.said);
    job
}

/// A stage whose change is planned, reviewed and merged; the run of the plan is 2.
fn reviewed(stage: &Stage) {
    forge(stage);
    let_ci_sign(stage);
    repository(stage, "40h");
    passes(Attempt::new(stage, 2, 1).job("plan", "plan"));
    planned(stage, 2, REPOSITORY);
    merged(stage);
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn a_change_goes_from_its_pull_request_to_the_chain() {
    let stage = &Stage::with_chain();
    forge(stage);
    let_ci_sign(stage);
    // Somebody else's comment, which only speaks of the mark.
    let theirs = json!({ "id": 1, "issue": 7, "user": { "type": "User" }, "body": "<!-- subtune fleet plan --> is what?" });
    keep(stage, "comments", std::slice::from_ref(&theirs));
    repository(stage, "30h");
    let plan = passes(Attempt::new(stage, 1, 1).job("plan", "plan"));
    assert!(plan.summary.contains("`9000 (1d 6h)`"), "{}", plan.summary);
    // A second commit: the comment is another one, in the same place.
    repository(stage, "40h");
    passes(Attempt::new(stage, 2, 1).job("plan", "plan"));
    let comments = list(stage, "comments");
    let [first, ours] = comments.as_slice() else { panic!("{comments:?}") };
    assert_eq!((first, &ours["edits"]), (&theirs, &json!(1)));
    let body = ours["body"].as_str().unwrap();
    for part in ["`12000 (1d 16h)`", "| 13 | drift |", "proxy (Owner)", "Saved plans: SHA-256"] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("`9000 (1d 6h)`"), "{body}");
    // A fork's proposal is planned, and not commented on: its token could not.
    let fork = "github.event.pull_request.head.repo.full_name";
    passes(Attempt::new(stage, 3, 1).with(fork, "other/fleet").job("plan", "plan"));
    assert_eq!(list(stage, "comments"), comments);

    // What was not reviewed is not applied.
    let apply = Attempt::new(stage, 4, 1);
    fails(apply.job("apply", "reviewed"), "not merged from exactly one pull request");
    merged(stage);
    fails(apply.job("apply", "reviewed"), "no successful plan");
    planned(stage, 3, "other/fleet");
    fails(apply.job("apply", "reviewed"), "no successful plan");
    planned(stage, 1, REPOSITORY);
    planned(stage, 2, REPOSITORY);
    let shown = passes(apply.job("apply", "reviewed"));
    assert!(shown.summary.contains("7200 (1d) → 12000 (1d 16h)"), "{}", shown.summary);
    assert_eq!(sent(stage, "charlie"), 0);
    let done = passes(apply.job("apply", "apply"));
    assert!(done.summary.contains("| 46 | done | applied |"), "{}", done.summary);
    assert_eq!(
        (immunity_period(stage), sent(stage, "charlie"), sent(stage, "alice")),
        (12_000, 2, 0)
    );
    // Receipts and rollback profiles are kept.
    let records = stage.path("forge/artifacts/4/subtune-state-1");
    let mut history = stage.command("history 46 --json");
    let history = finish(history.env("SUBTUNE_STATE_DIR", records));
    let receipt = &history.json()["receipts"][0];
    assert_eq!(
        (&receipt["outcome"], &receipt["signer"]),
        (&json!("applied"), &json!(ss58("charlie")))
    );
    assert_eq!(receipt["signing_mode"]["proxy_type"], "Owner");

    // Drift: nothing, somebody else's change, the same still, and gone.
    let drift = || Attempt::new(stage, 5, 1).job("drift", "drift");
    passes(drift());
    assert_eq!(list(stage, "issues").len(), 0);
    another_hand(stage, 7_200);
    passes(drift());
    another_hand(stage, 7_300);
    let again = passes(drift());
    assert!(again.summary.contains("`7300"), "{}", again.summary);
    let issues = list(stage, "issues");
    let [issue] = issues.as_slice() else { panic!("{issues:?}") };
    assert_eq!((&issue["state"], &issue["edits"]), (&json!("open"), &json!(1)));
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("`7300") && !body.contains("`7200 ("), "{body}");
    // Who cannot tell leaves the issue alone.
    let fleet = stage.read("repo/fleet.yaml");
    stage.write("repo/fleet.yaml", fleet.replace(&stage.url().unwrap(), "ws://127.0.0.1:1"));
    fails(drift(), "cannot be reached");
    stage.write("repo/fleet.yaml", fleet);
    assert_eq!(list(stage, "issues"), issues);
    another_hand(stage, 12_000);
    passes(drift());
    assert_eq!(list(stage, "issues")[0]["state"], "closed");
    passes(drift());
    another_hand(stage, 7_200);
    // A forge that does not answer is no reason for a second issue.
    stage.write("forge/down", "");
    fails(drift(), "the forge cannot be reached");
    std::fs::remove_file(stage.path("forge/down")).unwrap();
    passes(drift());
    assert_eq!(list(stage, "issues").len(), 2, "a new drift is a new issue");
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn a_plan_that_fails_is_told_on_the_pull_request() {
    let stage = &Stage::with_chain();
    forge(stage);
    repository(stage, "40h");
    stage.write("repo/profiles/46.yaml", "hyperparameters: {immunity_perod: 7}\n");
    fails(Attempt::new(stage, 1, 1).job("plan", "plan"), "");
    let comments = list(stage, "comments");
    let body = comments[0]["body"].as_str().unwrap();
    assert!(body.starts_with("<!-- subtune fleet plan -->\n"), "{body}");
    assert!(body.contains("profiles/46.yaml"), "{body}");
    assert!(!stage.path("forge/artifacts/1").exists());
    // Nothing of the file can be read.
    stage.write("repo/fleet.yaml", "format_version: 1\nsubnets: { 46: { profil: x } }\n");
    fails(Attempt::new(stage, 2, 1).job("plan", "plan"), "fleet.yaml:2");
    let comments = list(stage, "comments");
    let body = comments[0]["body"].as_str().unwrap();
    assert!(body.contains("## No plan\n\n    error: fleet.yaml:2"), "{body}");
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn a_stale_plan_is_refused_and_nothing_is_sent() {
    let stage = &Stage::with_chain();
    reviewed(stage);
    let apply = Attempt::new(stage, 4, 1);
    passes(apply.job("apply", "reviewed"));
    // Between the review and the approval.
    another_hand(stage, 7_300);
    let head = stage.chain().head();
    fails(apply.job("apply", "apply"), "out of date");
    fails(apply.job("apply", "reviewed"), "out of date");
    let again = Attempt::new(stage, 4, 2);
    fails(again.job("apply", "apply"), "out of date");
    assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
    assert_eq!((immunity_period(stage), sent(stage, "charlie")), (7_300, 0));
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn a_run_that_is_cancelled_goes_on_in_the_next_attempt() {
    for step in ["RollbackWritten:2", "Submitted:1", "Submitted:2", "Ended:1"] {
        let stage = &Stage::with_chain();
        reviewed(stage);
        let first = Attempt::new(stage, 4, 1).machine("SUBTUNE_STOP", &format!("{step}:kill"));
        passes(first.job("apply", "reviewed"));
        assert!(first.job("apply", "apply").killed, "{step} was not reached");
        assert!(stage.path("forge/artifacts/4/subtune-state-1").exists(), "{step}");
        let second = Attempt::new(stage, 4, 2);
        passes(second.job("apply", "reviewed"));
        passes(second.job("apply", "apply"));
        assert_eq!((immunity_period(stage), sent(stage, "charlie")), (12_000, 2), "{step}");
        passes(Attempt::new(stage, 5, 1).job("drift", "drift"));
        assert_eq!(list(stage, "issues").len(), 0);
    }
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn the_epochs_after_a_change_are_watched_and_judged() {
    let stage = &populated();
    forge(stage);
    let_ci_sign(stage);
    repository(stage, "40h");
    // Of the other subnet nothing is sent, so that nobody waits for its epochs.
    stage.write("repo/profiles/13.yaml", example("fleet/profiles/13.yaml"));
    passes(Attempt::new(stage, 2, 1).job("plan", "plan"));
    planned(stage, 2, REPOSITORY);
    merged(stage);
    let apply = Attempt::new(stage, 4, 1);
    passes(apply.job("apply", "reviewed"));
    passes(apply.job("apply", "apply"));
    stage.chain().new_blocks(60).unwrap();
    let watch = Attempt::new(stage, 6, 1).with("github.event.workflow_run.id", "4");
    let told = watch.job("watch", "watch");
    assert!(told.summary.contains("Verdict"), "{told:?}");
    let epochs = stage.read("forge/artifacts/6/subtune-watched-1/epochs.jsonl");
    assert!(epochs.lines().count() >= 3, "{epochs}");
    // Of a run that has sent nothing there is nothing to watch.
    let none = Attempt::new(stage, 8, 1).with("github.event.workflow_run.id", "7");
    assert_eq!(passes(none.job("watch", "watch")).summary, "");
}
