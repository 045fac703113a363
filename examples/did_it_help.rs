//! Did it help? The same change on three subnets of a local chain with real epochs: `cargo run --example
//! did_it_help`.
//!
//! On the first the validator that holds most of the stake sleeps: it decides alone, with old weights, until a
//! shorter activity cutoff takes it out of the consensus. On the second nobody sleeps. On the third something else is changed
//! at the same time.

mod stage;

use std::process::ExitCode;

use stage::{Outcome, Stage, says, tell};
use subtune_devnet::population::Population;
use subtune_devnet::{Devnet, Options, Seal};

/// Blocks between two epochs.
const TEMPO: u16 = 20;
/// Blocks between two attempts of a validator to set weights.
const CADENCE: u64 = 100;
/// From this block on miners are worth something else than before.
const SEASON: u64 = 100_800;
/// The validator with the most stake.
const SLEEPER: usize = 0;

fn main() -> ExitCode {
    stage::main(three_times, "It went as told.")
}

fn three_times() -> Outcome {
    tell(
        "The validator with most of the stake sleeps, and decides alone, with old weights. A shorter cutoff ends that.",
    );
    let scene = Scene::new(true)?;
    let stage = &scene.stage;
    let health = stage.run("health 46", 0)?;
    says(&health, "votes with weights")?;
    says(&health, "of the active stake")?;
    scene.change()?;
    scene.blocks(400)?;
    let told = stage.run("watch 46 --since last --epochs 12", 0)?;
    says(&told, "inactive")?;
    let verdict =
        stage.run("evaluate 46 --since last --baseline 45 --goal vtrust.mean>=+10%", 0)?;
    says(&verdict, "Verdict: pass")?;
    stage.run(
        "report 46 --since last --baseline 45 --goal vtrust.mean>=+10% --output report.html",
        0,
    )?;

    tell("Nobody sleeps: the same change does nothing.");
    let scene = Scene::new(false)?;
    scene.change()?;
    scene.blocks(400)?;
    let verdict =
        scene.stage.run("evaluate 46 --since last --baseline 45 --goal vtrust.mean>=+10%", 11)?;
    says(&verdict, "Verdict: fail")?;

    tell(
        "It would help, but root changes kappa at the same time: nobody can tell which of the two it was.",
    );
    let scene = Scene::new(true)?;
    scene.change()?;
    scene.blocks(100)?;
    scene.set("Kappa", &40_000u16.to_le_bytes())?;
    scene.blocks(300)?;
    let verdict =
        scene.stage.run("evaluate 46 --since last --baseline 45 --goal vtrust.mean>=+10%", 12)?;
    says(&verdict, "kappa")?;
    Ok(())
}

/// A subnet whose validators set weights.
struct Scene {
    stage: Stage,
    /// When in a round of blocks the sleeper would wake.
    sleeps_at: Option<u64>,
    population: (Vec<u8>, Option<Vec<u8>>),
}

impl Scene {
    fn new(sleeps: bool) -> Outcome<Self> {
        let population = Population { neurons: 24, disagreement: 500, seed: 11 };
        let options =
            Options { seal: Seal::Instant, population: Some(population), ..Options::default() };
        let chain = Devnet::start(options)?;
        let key = [&b":subtune-devnet:population"[..], &46u16.to_le_bytes()].concat();
        let population = (key.clone(), chain.get_storage(&key));
        let stage = Stage { chain, folder: tempfile::tempdir()? };
        let mut scene = Self { stage, sleeps_at: None, population };
        scene.set("Tempo", &TEMPO.to_le_bytes())?;
        scene.set("ActivityCutoffFactorMilli", &50_000u32.to_le_bytes())?;
        for (name, value) in [("AdminFreezeWindow", 0u16), ("OwnerHyperparamRateLimit", 0)] {
            scene.plant(item(name), &value.to_le_bytes())?;
        }
        // Whoever holds that much of the stake decides alone, as long as it votes.
        let hotkey = scene.stage.chain.get_storage(&[of_46("Keys"), vec![0, 0]].concat());
        let hotkey = hotkey.ok_or("no validator")?;
        let hash = sp_crypto_hashing::blake2_128(&hotkey);
        let key = [&item("TotalHotkeyAlpha")[..], &hash, &hotkey, &46u16.to_le_bytes()].concat();
        let alpha =
            scene.stage.chain.get_storage(&key).and_then(|it| it.first_chunk::<8>().copied());
        let alpha = u64::from_le_bytes(alpha.ok_or("no stake")?);
        scene.plant(key, &(3 * alpha).to_le_bytes())?;
        // Everybody has set weights shortly before miners become worth something else.
        scene.blocks(SEASON - 5 - scene.head())?;
        if sleeps {
            let updated =
                scene.stage.chain.get_storage(&of_46("LastUpdate")).ok_or("no weights")?;
            let last = updated.get(1 + 8 * SLEEPER..).and_then(|rest| rest.first_chunk::<8>());
            scene.sleeps_at = Some(u64::from_le_bytes(*last.ok_or("no weights")?) % CADENCE);
        }
        // More than forty epochs before the change.
        scene.blocks(950)?;
        Ok(scene)
    }

    fn head(&self) -> u64 {
        u64::from(self.stage.chain.head().0)
    }

    /// Lets blocks come; who sleeps sets no weights in any of them.
    fn blocks(&self, count: u64) -> Outcome {
        let (last, (key, value)) = (self.head() + count, &self.population);
        while self.head() < last {
            // A change of the state is a block, too: it comes before the one in which the sleeper would wake.
            if self.sleeps_at == Some((self.head() + 2) % CADENCE) {
                self.stage.chain.set_storage(vec![(key.clone(), None)])?;
                self.stage.chain.new_blocks(1)?;
                self.stage.chain.set_storage(vec![(key.clone(), value.clone())])?;
            } else {
                self.stage.chain.new_blocks(1)?;
            }
        }
        Ok(())
    }

    fn plant(&self, key: Vec<u8>, value: &[u8]) -> Outcome {
        self.stage.chain.set_storage(vec![(key, Some(value.to_vec()))])?;
        Ok(())
    }

    fn set(&self, name: &str, value: &[u8]) -> Outcome {
        self.plant(of_46(name), value)
    }

    /// What the owner does, everywhere the same.
    fn change(&self) -> Outcome {
        self.stage.run("baseline 46 --epochs 45", 0)?;
        self.stage.run("apply 46 --set activity_cutoff_factor=10000 --dev-key alice --yes", 0)?;
        Ok(())
    }
}

/// Where the chain keeps something of its own.
fn item(name: &str) -> Vec<u8> {
    let part = |text: &str| sp_crypto_hashing::twox_128(text.as_bytes());
    [part("SubtensorModule"), part(name)].concat()
}

/// Where the chain keeps something of subnet 46.
fn of_46(name: &str) -> Vec<u8> {
    [item(name), 46u16.to_le_bytes().to_vec()].concat()
}
