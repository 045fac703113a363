//! A stage for the tool: a local chain in this process, folders of its own, no environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use subtune_devnet::{Devnet, Options, Seal};

/// A folder for one test, and perhaps a chain.
pub struct Stage {
    pub chain: Option<Devnet>,
    pub folder: tempfile::TempDir,
}

/// What one run of the tool has said.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Stage {
    /// A stage with a chain that makes a block for every transaction.
    pub fn with_chain() -> Self {
        Self::with(Options { seal: Seal::Instant, ..Options::default() })
    }

    /// A stage with a chain.
    pub fn with(options: Options) -> Self {
        let chain = Devnet::start(options).unwrap();
        Self { chain: Some(chain), folder: tempfile::tempdir().unwrap() }
    }

    /// A stage without a chain.
    pub fn offline() -> Self {
        Self { chain: None, folder: tempfile::tempdir().unwrap() }
    }

    /// The chain.
    pub fn chain(&self) -> &Devnet {
        self.chain.as_ref().unwrap()
    }

    /// A path in the folder of this stage.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder of this stage.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Reads a file of the folder of this stage.
    pub fn read(&self, name: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// The tool, with nothing of our own environment, no terminal and no input.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_subtune"));
        command
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.path("home"))
            .env("SUBTUNE_STATE_DIR", self.path("state"))
            .env("SUBTUNE_CACHE_DIR", self.path("cache"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        if let Some(chain) = &self.chain {
            command.env("BT_NETWORK", chain.url());
        }
        command
    }

    /// Runs one command line.
    pub fn run(&self, line: &str) -> Run {
        Run::of(self.command(line).output().unwrap())
    }

    /// Runs one command line that must end with this code.
    #[track_caller]
    pub fn expect(&self, line: &str, code: i32) -> Run {
        let run = self.run(line);
        assert_eq!(run.code, code, "{line}\n{}\n{}", run.stdout, run.stderr);
        run
    }
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The result as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
