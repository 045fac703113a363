//! The profiles that come with the tool, by name.

/// Name and text of every shipped profile.
pub static SHIPPED: &[(&str, &str)] = &[
    ("dust-floor", include_str!("../profiles/dust-floor.yaml")),
    ("liquid-alpha", include_str!("../profiles/liquid-alpha.yaml")),
    ("subnet13-aligned", include_str!("../profiles/subnet13-aligned.yaml")),
    ("subnet46-2025", include_str!("../profiles/subnet46-2025.yaml")),
    ("winner-take-most-48h", include_str!("../profiles/winner-take-most-48h.yaml")),
];

/// The names of the shipped profiles.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The text of a shipped profile.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use subtune_model::value::Value;

    use super::*;
    use crate::profile_yaml::{Names, parse, write};

    #[test]
    fn every_shipped_profile_is_good_and_bears_its_name() {
        for (name, text) in SHIPPED {
            let profile = parse(text, name, Names::Known)
                .unwrap_or_else(|complaints| panic!("{complaints:?}"));
            assert_eq!(profile.name, *name);
            assert_eq!(parse(&write(&profile), name, Names::Known), Ok(profile));
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
        let files = std::fs::read_dir(folder).unwrap().filter(|entry| {
            entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "yaml")
        });
        assert_eq!(files.count(), SHIPPED.len(), "a profile in {folder} is not listed here");
    }

    #[test]
    fn the_shipped_values_are_exact() {
        let values = |name: &str| {
            let profile = parse(shipped(name).unwrap(), name, Names::Known).unwrap();
            profile.hyperparameters.into_iter().collect::<Vec<_>>()
        };
        let is = |pairs: &[(&str, Value)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            values("subnet13-aligned"),
            is(&[
                ("adjustment_alpha", Value::Uint(17_893_341_751_498_264_576)),
                ("immunity_period", Value::Uint(12_000)),
                ("weights_rate_limit", Value::Uint(360)),
            ])
        );
        assert_eq!(
            values("liquid-alpha"),
            is(&[
                ("alpha_high", Value::Uint(58_982)),
                ("alpha_low", Value::Uint(45_875)),
                ("liquid_alpha_enabled", Value::Bool(true)),
            ])
        );
        assert_eq!(
            values("subnet46-2025"),
            is(&[
                ("adjustment_alpha", Value::Uint(14_757_395_258_967_641_292)),
                ("immunity_period", Value::Uint(7_200)),
                ("weights_rate_limit", Value::Uint(100)),
            ])
        );
    }
}
