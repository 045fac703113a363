//! One error type: what happened, and what to do next.

use std::fmt;

use crate::exit;

/// What sort of failure it was; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The command line is wrong.
    Usage,
    /// A file, a name or a netuid is wrong.
    Input,
    /// The chain is unreachable or not the expected one.
    Chain,
    /// A rule, a stale plan or a missing confirmation forbids it.
    Refused,
    /// Wallet or password.
    Wallet,
    /// Some changes landed, others did not.
    Partial,
    /// Sent, but the fate is not known.
    Unknown,
    /// Stopped by the user.
    Interrupted,
    /// Anything else: a full disk, a bug.
    Other,
}

impl Kind {
    /// The exit code of this kind of failure.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => exit::USAGE,
            Self::Input => exit::INPUT,
            Self::Chain => exit::CHAIN,
            Self::Refused => exit::REFUSED,
            Self::Wallet => exit::WALLET,
            Self::Partial => exit::PARTIAL,
            Self::Unknown => exit::UNKNOWN,
            Self::Interrupted => exit::INTERRUPTED,
            Self::Other => exit::OTHER,
        }
    }

    /// What to do next where the error itself has nothing better to say.
    const fn usual_hint(self) -> &'static str {
        match self {
            Self::Usage => "see `subtune --help`",
            Self::Input => "check the names and files on the command line",
            Self::Chain => "use another node with --network; -v shows the cause",
            Self::Refused => "run `subtune plan` again, and review it before you retry",
            Self::Wallet => "check --wallet-name and --wallet-path",
            Self::Partial | Self::Unknown => "`subtune history --refresh` asks the chain",
            Self::Interrupted => "run the command again",
            Self::Other => "run it again with -v, which shows the cause",
        }
    }
}

/// A failure as a person reads it: a full sentence, and a hint.
#[derive(Debug)]
pub struct Error {
    /// What sort of failure.
    pub kind: Kind,
    /// What happened, one sentence without a final full stop.
    pub what: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The chain of causes, shown with `-v`.
    pub source: Option<anyhow::Error>,
}

/// The result type of the whole crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says `what` happened.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), hint: None, source: None }
    }

    /// A wrong command line.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    /// A wrong file, name or netuid.
    pub fn input(what: impl Into<String>) -> Self {
        Self::new(Kind::Input, what)
    }

    /// A chain that cannot be reached, or the wrong one.
    pub fn chain(what: impl Into<String>) -> Self {
        Self::new(Kind::Chain, what)
    }

    /// Something that a rule forbids.
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(Kind::Refused, what)
    }

    /// Wallet or password trouble.
    pub fn wallet(what: impl Into<String>) -> Self {
        Self::new(Kind::Wallet, what)
    }

    /// Anything else.
    pub fn other(what: impl Into<String>) -> Self {
        Self::new(Kind::Other, what)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What to do next, for every error.
    #[must_use]
    pub fn next_step(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.kind.usual_hint())
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(AsRef::as_ref)
    }
}
