//! The owner's guide: its commands are run in their order, and its screens are what they print.

use std::path::PathBuf;

use similar::TextDiff;

use crate::screens::masked;
use crate::support::{Run, Stage};

/// A wallet of the owner of subnet 46, with the seed of the development key.
fn wallet(stage: &Stage) {
    const SEED: &str = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
    let public = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
    let open = format!(
        "\"accountId\":\"{public}\",\"publicKey\":\"{public}\",\"ss58Address\":\"{}\"",
        crate::support::ALICE
    );
    let folder = "home/.bittensor/wallets/owner";
    stage.write(&format!("{folder}/coldkeypub.txt"), format!("{{{open}}}"));
    let key = format!("{{{open},\"secretSeed\":\"{SEED}\"}}");
    let key = stage.write(&format!("{folder}/coldkey"), key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// The guide with each screen as it is now.
fn written(stage: &Stage, guide: &str) -> String {
    let mut text = String::new();
    let mut lines = guide.lines();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        if let Some(count) = line.strip_prefix("<!-- blocks: ") {
            let count = count.trim_end_matches(" -->").parse().unwrap();
            stage.chain().new_blocks(count).unwrap();
        } else if line == "```yaml" {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            let name = block[0].strip_prefix("# ").unwrap();
            stage.write(name, block.join("\n") + "\n");
            text.push_str(&format!("{}\n```\n", block.join("\n")));
        } else if line == "```console" {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            for command in block.iter().filter_map(|line| line.strip_prefix("$ subtune ")) {
                let mut ready = stage.command(command);
                let run = Run::of(ready.env("COLUMNS", "80").output().unwrap());
                assert_eq!(run.code, 0, "{command}: {run:?}");
                text.push_str(&format!("$ subtune {command}\n{}", masked(stage, &run.stdout)));
                commands += 1;
            }
            text.push_str("```\n");
        }
    }
    assert!(commands > 8, "{commands}");
    text
}

/// `SUBTUNE_SCREENS=accept` writes the screens anew.
#[test]
fn the_guide_is_what_happens() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/guide.md");
    let guide = std::fs::read_to_string(&path).unwrap();
    let stage = crate::forecast::populated();
    stage.chain().new_blocks(300).unwrap();
    wallet(&stage);
    let now = written(&stage, &guide);
    if std::env::var_os("SUBTUNE_SCREENS").is_some_and(|what| what == "accept") {
        std::fs::write(&path, now).unwrap();
        return;
    }
    let diff = TextDiff::from_lines(guide.as_str(), now.as_str());
    let diff = diff.unified_diff().header("docs/guide.md", "now").to_string();
    assert!(guide == now, "run `guide::` once with SUBTUNE_SCREENS=accept\n{diff}");
}
