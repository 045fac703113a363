//! Settings beside the command line: one reader for every variable and every path, ours and those of
//! the tools that subtune lives beside.
//!
//! A variable that is empty is not set, line ends at the end of a value go, and a leading `~` is the
//! home directory: the same for each, wherever it is used. `clippy.toml` sees to it that the
//! environment is read nowhere else.
//!
//! What a neighbour says about the same thing counts, too, after everything that is subtune's own:
//! somebody who has set btcli up for the test network must not read finney without being told. The
//! order is option, variable, file, default; whoever decides is named ([`Choice::remarks`]).

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use subtune_model::error::{Error, Result};
use subtune_model::text;

use crate::files::read::{self, Failed};

/// The variable with the network; btcli 11 reads it, too.
pub const NETWORK_VAR: &str = "BT_NETWORK";
/// The variable with more nodes, as `a,b`, or `none`; btcli 11 reads it, too.
pub const FALLBACK_VAR: &str = "BT_FALLBACK_ENDPOINTS";
/// The variable with nodes that keep all states, as `a,b`, or `none`; btcli 11 reads it, too.
pub const ARCHIVE_VAR: &str = "BT_ARCHIVE_ENDPOINTS";
/// The variable with the wallet's name.
pub const WALLET_NAME_VAR: &str = "BT_WALLET_NAME";
/// The variable with the directory that holds the wallets; btcli reads it, too.
pub const WALLET_PATH_VAR: &str = "BT_WALLET_PATH";
/// The variable with the directory for receipts and rollback profiles.
pub const STATE_DIR_VAR: &str = "SUBTUNE_STATE_DIR";
/// The variable with the directory for metadata.
pub const CACHE_DIR_VAR: &str = "SUBTUNE_CACHE_DIR";

/// The variable with the subnet of a command that names none.
pub const NETUID_VAR: &str = "SUBTUNE_NETUID";

/// The network when nobody names one.
pub const DEFAULT_NETWORK: &str = "finney";
/// The name of the wallet when nobody gives one.
pub const DEFAULT_WALLET: &str = "default";
/// The directory that holds the wallets when nobody gives one.
pub const DEFAULT_WALLET_PATH: &str = "~/.bittensor/wallets";

/// Variables of the SDK up to version 10: the endpoint counts before the network.
const SDK_NETWORK_VARS: [&str; 2] = ["BT_SUBTENSOR_CHAIN_ENDPOINT", "BT_SUBTENSOR_NETWORK"];
/// Variables of btcli 11 and of the SDK up to 10 that say where `local` is.
const LOCAL_VARS: [&str; 2] = ["BT_CHAIN_ENDPOINT", "BT_SUBTENSOR_CHAIN_ENDPOINT"];
/// The name of a wallet for btcli 11, also as `WALLET/HOTKEY`.
const BTCLI_WALLET_VAR: &str = "BT_WALLET";
/// Largest configuration file that is read.
const MAX_CONFIG: u64 = 64 << 10;

/// Several nodes, and who has named them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nodes {
    /// Each as it stands there; none where they are switched off.
    pub named: Vec<String>,
    /// The variable or file.
    pub place: String,
}

/// A configuration file of btcli.
struct Config {
    /// The variable that may name another path.
    path_var: &'static str,
    /// Where it is otherwise.
    path: &'static str,
    /// What it calls the network, the wallet and the directory of the wallets.
    keys: [&'static str; 3],
}

/// Of btcli 11, then of btcli 9. JSON is YAML, too, so both are read alike.
const CONFIGS: [Config; 2] = [
    Config {
        path_var: "BTCLI_CONFIG",
        path: "~/.bittensor/btcli.json",
        keys: ["network", "wallet", "wallet_path"],
    },
    Config {
        path_var: "BTCLI_CONFIG_PATH",
        path: "~/.bittensor/config.yml",
        keys: ["network", "wallet_name", "wallet_path"],
    },
];

/// Who has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// An option of the command line.
    Option,
    /// A variable that is subtune's own.
    Ours(&'static str),
    /// A variable or a file of a neighbour.
    Neighbour(String),
    /// Nobody.
    Default,
}

/// What was chosen, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: String,
    by: By,
    warnings: Vec<String>,
}

impl Choice {
    /// What to tell a person: that something else than subtune's own settings has decided that it is
    /// `shown`, and what could not be read on the way.
    #[must_use]
    pub fn remarks(&self, what: &str, shown: &str) -> Vec<String> {
        let mut remarks = self.warnings.clone();
        if let By::Neighbour(place) = &self.by {
            remarks.push(format!("{what}: {shown}, from {place}"));
        }
        remarks
    }

    /// Whether anybody has named it.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.by != By::Default
    }

    /// An error about the value, with the place that it comes from.
    #[must_use]
    pub fn blame(&self, error: Error) -> Error {
        match &self.by {
            By::Option | By::Default => error,
            By::Ours(variable) => Error { what: format!("{variable}: {}", error.what), ..error },
            By::Neighbour(place) => Error { what: format!("{place}: {}", error.what), ..error },
        }
    }
}

/// Variables and the home directory: those of the process, or of a test.
pub struct Surroundings<'a> {
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    home: Option<PathBuf>,
}

impl Surroundings<'static> {
    /// Those of this process.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one reader of variables")]
    pub fn of_process() -> Self {
        Self { variable: &|name| std::env::var_os(name), home: etcetera::home_dir().ok() }
    }
}

#[cfg(test)]
impl<'a> Surroundings<'a> {
    /// Those of a test, without a home directory.
    pub(crate) const fn of_test(variable: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self { variable, home: None }
    }
}

impl Surroundings<'_> {
    /// The text that a variable is set to.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = self.raw(name) else { return Ok(None) };
        value.into_string().map(Some).map_err(|_| {
            Error::usage(format!("what {name} is set to is not valid UTF-8"))
                .hint(format!("set {name} to a plain text, or unset it"))
        })
    }

    /// The path that a variable is set to.
    ///
    /// # Errors
    /// When the home directory is needed and not known.
    pub fn path(&self, name: &str) -> Result<Option<PathBuf>> {
        self.raw(name).map(|value| self.expanded(value)).transpose()
    }

    /// Whether a variable is set to anything.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).map(without_line_ends).filter(|value| !value.is_empty())
    }

    fn expanded(&self, value: OsString) -> Result<PathBuf> {
        let path = PathBuf::from(without_line_ends(value));
        let Ok(rest) = path.strip_prefix(OsStr::new("~")) else { return Ok(path) };
        let Some(home) = &self.home else {
            return Err(Error::usage(format!(
                "{} needs the home directory, which is not known",
                path.display()
            ))
            .hint("give the whole path"));
        };
        Ok(if rest.as_os_str().is_empty() { home.clone() } else { home.join(rest) })
    }

    /// The network: an option, [`NETWORK_VAR`], a neighbour's setting, finney. Where that is `local`, a
    /// neighbour may say what `local` is.
    ///
    /// # Errors
    /// When a variable is not UTF-8.
    pub fn network(&self, option: Option<&str>) -> Result<Choice> {
        let choice = self.choose(option, &[NETWORK_VAR], &SDK_NETWORK_VARS, 0, DEFAULT_NETWORK)?;
        if !choice.value.trim().eq_ignore_ascii_case("local") {
            return Ok(choice);
        }
        for name in LOCAL_VARS {
            if let Some(value) = self.text(name)? {
                let by = By::Neighbour(format!("{name}, which says where `local` is"));
                return Ok(Choice { value, by, ..choice });
            }
        }
        Ok(choice)
    }

    /// The subnet that [`NETUID_VAR`] names.
    ///
    /// # Errors
    /// When it is not a netuid.
    pub fn netuid(&self) -> Result<Option<u16>> {
        let Some(text) = self.text(NETUID_VAR)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| {
            Error::usage(format!("{NETUID_VAR}: \"{text}\" is not a netuid"))
                .hint(format!("set {NETUID_VAR} to a number from 0 to 65535, or unset it"))
        })
    }

    /// More nodes: those of a variable, or else of btcli's own file; `None` where nobody says anything.
    ///
    /// # Errors
    /// When the variable is not UTF-8.
    pub fn nodes(&self, variable: &str, key: &str) -> Result<Option<Nodes>> {
        let mut found = self.text(variable)?.map(|value| (value, variable.to_owned()));
        if found.is_none()
            && let [btcli, _] = &CONFIGS
            && let Some(path) = self.config_path(btcli)
            && let Ok(values) = read_config(&path)
        {
            let value = values.get(key).cloned();
            found = value.map(|value| (value, path.display().to_string()));
        }
        Ok(found.map(|(value, place)| Nodes {
            named: match value.trim() {
                off if off.eq_ignore_ascii_case("none") => Vec::new(),
                list => list.split(',').map(|one| one.trim().to_owned()).collect(),
            },
            place,
        }))
    }

    /// The name of the wallet: an option, [`WALLET_NAME_VAR`], a neighbour's setting, `default`.
    ///
    /// # Errors
    /// When a variable is not UTF-8.
    pub fn wallet_name(&self, option: Option<&str>) -> Result<Choice> {
        let own = &[WALLET_NAME_VAR];
        let mut choice = self.choose(option, own, &[BTCLI_WALLET_VAR], 1, DEFAULT_WALLET)?;
        if let (By::Neighbour(_), Some((wallet, _hotkey))) =
            (&choice.by, choice.value.split_once('/'))
        {
            choice.value = wallet.to_owned();
        }
        Ok(choice)
    }

    /// Whether nothing names a wallet or the directory of the wallets, an option aside.
    #[must_use]
    pub fn is_default_wallet(&self) -> bool {
        let defaults = |choice: Result<Choice>| choice.is_ok_and(|choice| choice.by == By::Default);
        defaults(self.wallet_name(None))
            && defaults(self.wallet_path(None).map(|(_, choice)| choice))
    }

    /// The directory that holds the wallets, not made absolute: an option, [`WALLET_PATH_VAR`], a neighbour's setting,
    /// [`DEFAULT_WALLET_PATH`].
    ///
    /// # Errors
    /// When a variable is not UTF-8, or the home directory is needed and not known.
    pub fn wallet_path(&self, option: Option<&str>) -> Result<(PathBuf, Choice)> {
        let choice = self.choose(option, &[WALLET_PATH_VAR], &[], 2, DEFAULT_WALLET_PATH)?;
        let path = self.expanded(OsString::from(&choice.value));
        Ok((path.map_err(|error| choice.blame(error))?, choice))
    }

    /// Who decides: the option, our variables, the neighbours' variables, the key of this number in
    /// their files, the default.
    fn choose(
        &self,
        option: Option<&str>,
        ours: &[&'static str],
        neighbours: &[&'static str],
        key: usize,
        default: &str,
    ) -> Result<Choice> {
        let mut warnings = Vec::new();
        if let Some(value) = option {
            let value = value.trim_end_matches(['\n', '\r']).to_owned();
            return Ok(Choice { value, by: By::Option, warnings });
        }
        for name in ours {
            if let Some(value) = self.text(name)? {
                return Ok(Choice { value, by: By::Ours(name), warnings });
            }
        }
        let mut found = None;
        for name in neighbours {
            match self.text(name) {
                Ok(Some(value)) if found.is_none() => found = Some((value, (*name).to_owned())),
                Ok(_) => {}
                Err(error) => warnings.push(format!("warning: {}", error.what)),
            }
        }
        for config in &CONFIGS {
            if found.is_some() {
                break;
            }
            let Some(path) = self.config_path(config) else { continue };
            match read_config(&path) {
                Ok(values) => {
                    let value = config.keys.get(key).and_then(|key| values.get(*key)).cloned();
                    found = value.map(|value| (value, path.display().to_string()));
                }
                Err(why) => {
                    warnings.push(format!("warning: {} is not read: {why}", path.display()));
                }
            }
        }
        Ok(match found {
            // Who says the same as nobody decides nothing.
            Some((value, place)) if value.trim() != default => {
                Choice { value, by: By::Neighbour(place), warnings }
            }
            Some(_) | None => Choice { value: default.to_owned(), by: By::Default, warnings },
        })
    }

    /// Where a configuration file is, as far as that can be told.
    fn config_path(&self, config: &Config) -> Option<PathBuf> {
        let named = self.path(config.path_var).ok()?;
        let path = named.or_else(|| self.expanded(config.path.into()).ok())?;
        // Never standard input, which `-` alone would be.
        Some(absolute(&path))
    }
}

/// The texts of a configuration file by their keys; none where there is no file.
fn read_config(path: &Path) -> std::result::Result<BTreeMap<String, String>, String> {
    let bytes = match read::bytes(path, MAX_CONFIG) {
        Ok(bytes) => bytes,
        Err(Failed::Missing) => return Ok(BTreeMap::new()),
        Err(failed) => return Err(failed.to_string()),
    };
    let text = text::decode(&bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    let values: BTreeMap<String, serde_yaml::Value> = serde_yaml::from_str(text)
        .map_err(|_| "its content is not a map of settings".to_owned())?;
    let text = |value: serde_yaml::Value| match value {
        serde_yaml::Value::String(text) => Some(text),
        // btcli 9 keeps a network as it was given, as a list.
        serde_yaml::Value::Sequence(list) => {
            list.first().and_then(serde_yaml::Value::as_str).map(str::to_owned)
        }
        _ => None,
    };
    let values = values.into_iter().filter_map(|(key, value)| Some((key, text(value)?)));
    Ok(values.filter(|(_, value)| !value.trim().is_empty()).collect())
}

fn without_line_ends(value: OsString) -> OsString {
    match value.into_string() {
        Ok(text) => text.trim_end_matches(['\n', '\r']).into(),
        Err(bytes) => without_odd_line_ends(bytes),
    }
}

/// The same of what is no text.
#[cfg(unix)]
fn without_odd_line_ends(value: OsString) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = value.into_vec();
    while matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.pop();
    }
    OsString::from_vec(bytes)
}

#[cfg(not(unix))]
fn without_odd_line_ends(value: OsString) -> OsString {
    value
}

/// A path as an option gives it, read as every other.
///
/// # Errors
/// When the home directory is needed and not known.
pub fn path(given: impl Into<OsString>) -> Result<PathBuf> {
    Surroundings::of_process().expanded(given.into())
}

/// A path that means the same from every directory. The file system is not asked.
#[must_use]
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Variables and a home directory of a test.
    struct World {
        variables: BTreeMap<&'static str, OsString>,
        home: tempfile::TempDir,
    }

    impl World {
        fn new(variables: &[(&'static str, &str)]) -> Self {
            let variables = variables.iter().map(|(name, value)| (*name, value.into())).collect();
            Self { variables, home: tempfile::tempdir().unwrap() }
        }

        fn file(self, name: &str, text: &str) -> Self {
            let path = self.home.path().join(".bittensor").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            self
        }

        fn look<T>(&self, look: impl FnOnce(&Surroundings<'_>) -> T) -> T {
            let variable = |name: &str| self.variables.get(name).cloned();
            look(&Surroundings { variable: &variable, home: Some(self.home.path().to_owned()) })
        }

        /// The network, and what is told about it.
        fn network(&self, option: Option<&str>) -> (String, String) {
            let choice = self.look(|all| all.network(option)).unwrap();
            let told = choice.remarks("the network", &choice.value).join("\n");
            (choice.value, told.replace(self.home.path().to_str().unwrap(), "HOME"))
        }
    }

    const V11: &str = r#"{"network": "test", "wallet": "cold/hot", "json": true}"#;
    const V9: &str = "network: archive\nwallet_name: nine\nwallet_path: ~/w\nuse_cache: true\n";

    #[test]
    fn a_variable_is_read_like_every_other() {
        let world = World::new(&[
            ("EMPTY", ""),
            ("LINE", "\n"),
            ("TEXT", "a b \r\n\n"),
            ("HOME_ALONE", "~"),
            ("IN_HOME", "~/x/y\n"),
            ("OTHER", "~other/x"),
            ("PLAIN", "x/~"),
        ]);
        world.look(|all| {
            for unset in ["EMPTY", "LINE", "MISSING"] {
                assert_eq!(all.text(unset).unwrap(), None, "{unset}");
                assert_eq!(all.path(unset).unwrap(), None, "{unset}");
            }
            assert_eq!(all.text("TEXT").unwrap().as_deref(), Some("a b "));
            let home = world.home.path();
            for (name, path) in [
                ("HOME_ALONE", home.to_owned()),
                ("IN_HOME", home.join("x/y")),
                ("OTHER", "~other/x".into()),
                ("PLAIN", "x/~".into()),
            ] {
                assert_eq!(all.path(name).unwrap(), Some(path), "{name}");
            }
        });
        let homeless = Surroundings { variable: &|_| Some("~/x".into()), home: None };
        assert!(homeless.path("ANY").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_text() {
        use std::os::unix::ffi::OsStringExt as _;
        let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        let odd = bytes(b"/x\xff\r\n");
        let all = Surroundings { variable: &|_| Some(odd.clone()), home: None };
        assert_eq!(all.path("ANY").unwrap(), Some(bytes(b"/x\xff").into()));
        assert!(all.text("ANY").unwrap_err().what.contains("ANY"));
    }

    #[test]
    fn the_network_is_chosen_in_one_order_and_told() {
        let all = [
            (NETWORK_VAR, "local"),
            ("BT_SUBTENSOR_CHAIN_ENDPOINT", "ws://127.0.0.1:1"),
            ("BT_SUBTENSOR_NETWORK", "test"),
        ];
        let world = |from: usize| World::new(&all[from..]).file("btcli.json", V11);
        let told = |value: &str, told: &str| (value.to_owned(), told.to_owned());
        assert_eq!(world(0).network(Some("archive")), told("archive", ""));
        let local = "the network: ws://127.0.0.1:1, from BT_SUBTENSOR_CHAIN_ENDPOINT, \
                     which says where `local` is";
        assert_eq!(world(0).network(None), told("ws://127.0.0.1:1", local));
        let endpoint = "the network: ws://127.0.0.1:1, from BT_SUBTENSOR_CHAIN_ENDPOINT";
        assert_eq!(world(1).network(None), told("ws://127.0.0.1:1", endpoint));
        let sdk = "the network: test, from BT_SUBTENSOR_NETWORK";
        assert_eq!(world(2).network(None), told("test", sdk));
        let file = "the network: test, from HOME/.bittensor/btcli.json";
        assert_eq!(world(3).network(None), told("test", file));
        let both = world(3).file("config.yml", V9);
        assert_eq!(both.network(None), told("test", file));
        let nine = World::new(&[]).file("config.yml", V9);
        let file = "the network: archive, from HOME/.bittensor/config.yml";
        assert_eq!(nine.network(None), told("archive", file));
        assert_eq!(World::new(&[]).network(None), told("finney", ""));
        // Whoever says what is so anyway is not worth a word.
        let usual = World::new(&[]).file("btcli.json", r#"{"network": "finney"}"#);
        assert_eq!(usual.network(None), told("finney", ""));
        let local = World::new(&[("BT_CHAIN_ENDPOINT", "ws://127.0.0.1:2")]);
        assert_eq!(local.network(None).0, "finney");
        assert_eq!(local.network(Some("Local")).0, "ws://127.0.0.1:2");
    }

    #[test]
    fn the_subnet_of_a_variable_is_a_netuid() {
        let netuid =
            |value: &'static str| World::new(&[(NETUID_VAR, value)]).look(|all| all.netuid());
        assert_eq!(netuid("").unwrap(), None);
        assert_eq!(netuid("46\n").unwrap(), Some(46));
        for wrong in ["46@5", "-1", "65536", "finney"] {
            let error = netuid(wrong).unwrap_err();
            assert!(error.what.contains(NETUID_VAR) && error.what.contains(wrong), "{error}");
        }
    }

    #[test]
    fn a_config_file_is_where_its_variable_says() {
        let world = World::new(&[("BTCLI_CONFIG", "~/.bittensor/other.json\n")])
            .file("btcli.json", V11)
            .file("other.json", r#"{"network": "archive"}"#);
        assert_eq!(world.network(None).0, "archive");
        let world = World::new(&[("BTCLI_CONFIG_PATH", "~/.bittensor/other.yml")])
            .file("other.yml", "network: [test]\n");
        assert_eq!(world.network(None).0, "test");
    }

    #[test]
    fn a_damaged_file_of_a_neighbour_is_told_and_passed_over() {
        for damaged in ["{", "[1, 2]", "network: test: x", "\u{1}", "a: *x", &"a".repeat(70_000)] {
            let world =
                World::new(&[]).file("btcli.json", damaged).file("config.yml", "network: test\n");
            let (value, told) = world.network(None);
            assert_eq!(value, "test", "{damaged}");
            let [first, second] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
            assert!(first.starts_with("warning: HOME/.bittensor/btcli.json is not read: "));
            assert!(second.ends_with("config.yml"));
        }
        for useless in ["", "\n", "{}", "network:\n", "network: 7\n", "network: []", "other: test"]
        {
            let world = World::new(&[]).file("config.yml", useless);
            assert_eq!(world.network(None), ("finney".to_owned(), String::new()), "{useless}");
        }
        let world = World::new(&[]);
        fs::create_dir_all(world.home.path().join(".bittensor/btcli.json")).unwrap();
        assert!(world.network(None).1.starts_with("warning: "));
        // What was named on the command line needs nobody's file.
        assert_eq!(world.network(Some("test")), ("test".to_owned(), String::new()));
    }

    #[test]
    fn the_wallet_is_chosen_in_the_same_order() {
        let name = |world: &World, option: Option<&str>| {
            let choice = world.look(|all| all.wallet_name(option)).unwrap();
            (choice.value.clone(), choice.remarks("the wallet", &choice.value).len())
        };
        let all = [(WALLET_NAME_VAR, "ours\n"), ("BT_WALLET", "neighbour/hot")];
        let world = |from: usize| World::new(&all[from..]).file("btcli.json", V11);
        assert_eq!(name(&world(0), Some("given")), ("given".to_owned(), 0));
        assert_eq!(name(&world(0), None), ("ours".to_owned(), 0));
        assert_eq!(name(&world(1), None), ("neighbour".to_owned(), 1));
        assert_eq!(name(&world(2), None), ("cold".to_owned(), 1));
        let nine = World::new(&[]).file("config.yml", V9);
        assert_eq!(name(&nine, None), ("nine".to_owned(), 1));
        assert_eq!(name(&World::new(&[]), None), ("default".to_owned(), 0));

        let path = |world: &World, option: Option<&str>| {
            let (path, choice) = world.look(|all| all.wallet_path(option)).unwrap();
            let home = world.home.path().to_str().unwrap();
            let told = choice.remarks("the wallets", "p").len();
            (path.display().to_string().replace(home, "HOME"), told)
        };
        assert_eq!(path(&nine, Some("/given\n")), ("/given".to_owned(), 0));
        assert_eq!(path(&nine, None), ("HOME/w".to_owned(), 1));
        let ours = World::new(&[(WALLET_PATH_VAR, "~/ours/")]).file("config.yml", V9);
        assert_eq!(path(&ours, None), ("HOME/ours".to_owned(), 0));
        let usual = World::new(&[]).file("config.yml", "wallet_path: ~/.bittensor/wallets\n");
        assert_eq!(path(&usual, None), ("HOME/.bittensor/wallets".to_owned(), 0));
    }

    #[test]
    fn an_error_names_the_place_of_the_value() {
        let world = World::new(&[]).file("btcli.json", r#"{"network": "rao"}"#);
        let choice = world.look(|all| all.network(None)).unwrap();
        let error = choice.blame(Error::usage("rao is not a network"));
        assert!(error.what.ends_with("btcli.json: rao is not a network"), "{error}");
        let world = World::new(&[(NETWORK_VAR, "rao")]);
        let choice = world.look(|all| all.network(None)).unwrap();
        assert_eq!(choice.blame(Error::usage("so it is")).what, "BT_NETWORK: so it is");
        let choice = world.look(|all| all.network(Some("rao"))).unwrap();
        assert_eq!(choice.blame(Error::usage("so it is")).what, "so it is");
    }

    #[test]
    fn a_printed_path_means_the_same_everywhere() {
        assert!(absolute(Path::new("x/y")).is_absolute());
        assert_eq!(absolute(Path::new("/x/./y")), Path::new("/x/y"));
    }
}
