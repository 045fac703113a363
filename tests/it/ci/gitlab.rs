//! GitLab: a runner for `examples/ci/gitlab/.gitlab-ci.yml`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    CHARLIE, another_hand, copy, example, immunity_period, keep, let_ci_sign, list, program,
    release, repository, script, sent, tells_no_secret,
};
use crate::forecast::populated;
use crate::support::Stage;

/// Commits: the last one of the merge request, and the one that it was merged by.
const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const MERGED: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn forge(stage: &Stage) {
    program(stage, "curl", include_str!("curl.sh"));
    program(stage, "apt-get", "#!/bin/sh\n");
    std::fs::create_dir_all(stage.path("forge")).unwrap();
}

/// One job of a pipeline.
struct Job<'a> {
    stage: &'a Stage,
    name: &'a str,
    pipeline: u64,
    number: u64,
    variables: BTreeMap<String, String>,
}

impl<'a> Job<'a> {
    fn new(stage: &'a Stage, name: &'a str, pipeline: u64, number: u64) -> Self {
        let sha256 = release(stage, "0.1.0");
        let variables = [
            ("CI_API_V4_URL", "https://forge/api/v4"),
            ("CI_COMMIT_SHA", MERGED),
            ("CI_JOB_TOKEN", "job"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "5"),
            ("CI_PROJECT_ID", "5"),
            ("SUBTUNE_TOKEN", "token"),
            ("SUBTUNE_VERSION", "0.1.0"),
            ("SUBTUNE_SHA256", &sha256),
            ("SUBTUNE_RELEASES", "https://forge/owner/subtune/releases"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { stage, name, pipeline, number, variables: variables.into() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs it; the artifacts of another job of the pipeline are there when it needs them.
    fn run(mut self) -> (bool, String) {
        let all: Value = serde_yaml::from_str(&example("gitlab/.gitlab-ci.yml")).unwrap();
        let job = &all[self.name];
        let jobs = self.stage.path("jobs");
        let count = std::fs::read_dir(&jobs).map_or(0, Iterator::count);
        let work = jobs.join(count.to_string());
        copy(&self.stage.path("repo"), &work);
        if job["needs"] == json!(["apply"]) {
            copy(&self.stage.path(format!("forge/artifacts/{}", self.number - 1)), &work);
        }
        self.variables.insert("CI_PROJECT_DIR".to_owned(), work.display().to_string());
        self.variables.insert("CI_PIPELINE_ID".to_owned(), self.pipeline.to_string());
        let temporary = self.stage.write("temporary/x", "");
        let temporary = temporary.parent().unwrap().display().to_string();
        self.variables.insert("TMPDIR".to_owned(), temporary);
        if job["environment"] == "production" {
            self.variables.insert("SUBTUNE_KEY".to_owned(), CHARLIE.to_owned());
        }
        for (name, value) in job["variables"].as_object().into_iter().flatten() {
            let mut value = value.as_str().unwrap().to_owned();
            for (name, known) in &self.variables {
                value = value.replace(&format!("${name}"), known);
            }
            assert!(!value.contains('$'), "{value}");
            self.variables.insert(name.clone(), value);
        }
        let lines = |part: &Value| -> String {
            let lines = part.as_array().into_iter().flatten();
            lines.map(|line| format!("{}\n", line.as_str().unwrap())).collect()
        };
        let before = lines(&all["default"]["before_script"]);
        let text = before + &lines(&job["script"]);
        let shell = ["-eo", "pipefail"];
        let run = script(self.stage, &shell, &text, &work, &self.variables);
        let mut said = format!("{}{}", run.stdout, run.stderr);
        if !job["after_script"].is_null() {
            // In a shell of its own, whatever has become of the job.
            self.variables.remove("SUBTUNE_KEY");
            let text = lines(&job["after_script"]);
            let after = script(self.stage, &shell, &text, &work, &self.variables);
            assert_eq!(after.code, 0, "{after:?}");
            said += &after.stderr;
        }
        if run.code == 0 || job["artifacts"]["when"] == "always" {
            for path in job["artifacts"]["paths"].as_array().into_iter().flatten() {
                let path = path.as_str().unwrap();
                if work.join(path).exists() {
                    let to = self.stage.path(format!("forge/artifacts/{}", self.number));
                    copy(&work.join(path), &to.join(path));
                }
            }
        }
        tells_no_secret(self.stage, &said);
        (run.code == 0, said)
    }

    #[track_caller]
    fn passes(self) -> String {
        let (passed, said) = self.run();
        assert!(passed, "{said}");
        said
    }

    #[track_caller]
    fn fails(self, word: &str) {
        let (passed, said) = self.run();
        assert!(!passed && said.contains(word), "{said}");
    }
}

/// Plans on the merge request and merges it.
fn reviewed(stage: &Stage) {
    Job::new(stage, "plan", 1, 11).passes();
    keep(stage, "pipelines", &[json!({ "id": 1, "sha": HEAD, "status": "success" })]);
    keep(stage, "jobs", &[json!({ "id": 11, "pipeline": 1, "name": "plan" })]);
    let merge = json!({
        "iid": 7, "state": "merged", "merge_commit_sha": MERGED, "sha": HEAD,
        "source_project_id": 5, "target_project_id": 5
    });
    keep(stage, "merges", &[merge]);
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn a_change_goes_from_its_merge_request_to_the_chain() {
    let stage = &populated();
    forge(stage);
    let_ci_sign(stage);
    repository(stage, "30h");
    stage.write("repo/profiles/13.yaml", example("fleet/profiles/13.yaml"));
    Job::new(stage, "plan", 1, 10).passes();
    repository(stage, "40h");
    stage.write("repo/profiles/13.yaml", example("fleet/profiles/13.yaml"));
    Job::new(stage, "apply", 2, 12).fails("not merged from exactly one merge request");
    reviewed(stage);
    let notes = list(stage, "notes");
    let [note] = notes.as_slice() else { panic!("{notes:?}") };
    assert_eq!(note["edits"], 1);
    let body = note["body"].as_str().unwrap();
    assert!(body.contains("`12000 (1d 16h)`") && !body.contains("`9000 ("), "{body}");
    // A fork has no token.
    let fork = Job::new(stage, "plan", 1, 14).with("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "6");
    fork.with("SUBTUNE_TOKEN", "").passes();
    assert_eq!(list(stage, "notes"), notes);

    Job::new(stage, "apply", 2, 12).with("SUBTUNE_SHA256", HEAD).fails("checksum");
    assert_eq!(sent(stage, "charlie"), 0);
    Job::new(stage, "apply", 2, 12).passes();
    assert_eq!(
        (immunity_period(stage), sent(stage, "charlie"), sent(stage, "alice")),
        (12_000, 1, 0)
    );
    stage.chain().new_blocks(60).unwrap();
    let (_, said) = Job::new(stage, "watch", 2, 13).run();
    assert!(said.contains("Verdict"), "{said}");

    let drift = || Job::new(stage, "drift", 3, 15);
    drift().passes();
    assert_eq!(list(stage, "issues").len(), 0);
    another_hand(stage, 7_200);
    drift().passes();
    drift().passes();
    let issues = list(stage, "issues");
    assert_eq!((issues.len(), &issues[0]["edits"]), (1, &json!(1)));
    another_hand(stage, 12_000);
    drift().passes();
    assert_eq!(list(stage, "issues")[0]["state"], "closed");
    // A forge that does not answer is no reason for a second issue, or to send anything.
    another_hand(stage, 7_200);
    stage.write("forge/down", "");
    drift().fails("502");
    Job::new(stage, "apply", 2, 16).fails("502");
    assert_eq!((list(stage, "issues").len(), sent(stage, "charlie")), (1, 1));
}

#[test]
#[cfg_attr(not(jq), ignore = "needs jq")]
fn a_job_that_is_cancelled_goes_on_when_it_is_run_again() {
    let stage = &Stage::with_chain();
    forge(stage);
    let_ci_sign(stage);
    repository(stage, "40h");
    reviewed(stage);
    Job::new(stage, "apply", 2, 12).with("SUBTUNE_STOP", "Submitted:1:kill").fails("");
    Job::new(stage, "apply", 2, 13).passes();
    assert_eq!((immunity_period(stage), sent(stage, "charlie")), (12_000, 2));
    // Of another pipeline it is a stale plan.
    let head = stage.chain().head();
    Job::new(stage, "apply", 4, 14).fails("out of date");
    assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
}
